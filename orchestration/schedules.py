"""When the pipeline runs by itself: every night."""

from datetime import timedelta

from dagster import RunRequest, ScheduleDefinition, ScheduleEvaluationContext, schedule
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
