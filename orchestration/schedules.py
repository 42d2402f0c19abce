"""When the pipeline runs by itself: every night, and once a week to ask third parties."""

from datetime import timedelta

from dagster import (
    RunRequest,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
    schedule,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from orchestration.partitions import range_tags

LOOK_BACK_DAYS = 7


def nightly_schedule(job: UnresolvedAssetJobDefinition) -> ScheduleDefinition:
    """Return the schedule that runs `job` at 02:00 UTC for the week that has just ended.

    A day's files may come late, or be still being written: west of Greenwich the day itself has
    not ended by then. Files that are loaded already cost a look at their bytes.
    """

    @schedule(job=job, cron_schedule="0 2 * * *", name="nightly", execution_timezone="UTC")
    def nightly(context: ScheduleEvaluationContext) -> RunRequest:
        """Load the last week's new exports at 02:00 UTC and update every model."""
        yesterday = context.scheduled_execution_time.date() - timedelta(days=1)
        first = yesterday - timedelta(days=LOOK_BACK_DAYS - 1)
        return RunRequest(
            run_key=yesterday.isoformat(),
            tags=range_tags(first.isoformat(), yesterday.isoformat()),
        )

    return nightly


def weekly_schedule(
    job: UnresolvedAssetJobDefinition, weeks: WeeklyPartitionsDefinition
) -> ScheduleDefinition:
    """Return the schedule that runs `job` on Mondays at 01:00 UTC, before the nightly run.

    So that night's tables know already what came.
    """

    @schedule(job=job, cron_schedule="0 1 * * 1", name="weekly", execution_timezone="UTC")
    def weekly(context: ScheduleEvaluationContext) -> RunRequest:
        """Ask third parties for customers who are due, on Mondays at 01:00 UTC."""
        week = weeks.get_partition_key_for_timestamp(context.scheduled_execution_time.timestamp())
        return RunRequest(run_key=week, partition_key=week)

    return weekly


def census_schedule(
    job: UnresolvedAssetJobDefinition, years: TimeWindowPartitionsDefinition
) -> ScheduleDefinition:
    """Return the schedule that runs `job` on the first of each month at 01:30 UTC.

    A vintage comes once a year, but counties in which no customer lived before come any time.
    """

    @schedule(job=job, cron_schedule="30 1 1 * *", name="census", execution_timezone="UTC")
    def census(context: ScheduleEvaluationContext) -> RunRequest:
        """Ask for the tracts of counties that are not there yet, every month at 01:30 UTC."""
        time = context.scheduled_execution_time
        year = years.get_partition_key_for_timestamp(time.timestamp())
        return RunRequest(run_key=time.date().isoformat(), partition_key=year)

    return census
