from datetime import UTC, datetime

from dagster import build_schedule_context

from orchestration.definitions import build_definitions


def test_the_nightly_schedule_asks_for_the_day_that_has_just_ended(settings):
    definitions = build_definitions(settings)
    schedule = definitions.resolve_schedule_def("nightly")
    context = build_schedule_context(
        scheduled_execution_time=datetime(2024, 3, 1, 2, tzinfo=UTC),
        repository_def=definitions.get_repository_def(),
    )
    (request,) = schedule.evaluate_tick(context).run_requests
    assert request.partition_key == "2024-02-29"


def test_the_nightly_schedule_runs_the_daily_job(settings):
    schedule = build_definitions(settings).resolve_schedule_def("nightly")
    assert (schedule.job_name, schedule.cron_schedule) == ("daily", "0 2 * * *")
