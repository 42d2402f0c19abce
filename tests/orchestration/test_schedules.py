from datetime import UTC, datetime

from dagster import build_schedule_context

from orchestration.definitions import build_definitions
from orchestration.partitions import range_tags


def test_the_nightly_schedule_looks_back_a_week_for_files_that_came_late(settings):
    definitions = build_definitions(settings)
    schedule = definitions.resolve_schedule_def("nightly")
    context = build_schedule_context(
        scheduled_execution_time=datetime(2024, 3, 1, 2, tzinfo=UTC),
        repository_def=definitions.get_repository_def(),
    )
    (request,) = schedule.evaluate_tick(context).run_requests
    assert range_tags("2024-02-23", "2024-02-29").items() <= request.tags.items()


def test_the_nightly_schedule_runs_the_daily_job(settings):
    schedule = build_definitions(settings).resolve_schedule_def("nightly")
    assert (schedule.job_name, schedule.cron_schedule) == ("daily", "0 2 * * *")


def test_third_parties_are_asked_on_mondays_before_the_nightly_run_for_the_week_that_begins(
    settings,
):
    definitions = build_definitions(settings)
    schedule = definitions.resolve_schedule_def("weekly")
    context = build_schedule_context(
        scheduled_execution_time=datetime(2024, 3, 4, 1, tzinfo=UTC),
        repository_def=definitions.get_repository_def(),
    )
    (request,) = schedule.evaluate_tick(context).run_requests
    assert (schedule.job_name, request.partition_key) == ("weekly_enrichment", "2024-03-04")


def test_counties_are_completed_each_month_in_the_year_that_began_in_march(settings):
    definitions = build_definitions(settings)
    schedule = definitions.resolve_schedule_def("census")
    context = build_schedule_context(
        scheduled_execution_time=datetime(2026, 2, 1, 1, 30, tzinfo=UTC),
        repository_def=definitions.get_repository_def(),
    )
    (request,) = schedule.evaluate_tick(context).run_requests
    assert (schedule.job_name, request.partition_key) == ("yearly_census", "2025-03-01")
