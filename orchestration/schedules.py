"""When the pipeline runs by itself: every night."""

from datetime import timedelta

from dagster import RunRequest, ScheduleDefinition, ScheduleEvaluationContext, schedule
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition


def nightly_schedule(job: UnresolvedAssetJobDefinition) -> ScheduleDefinition:
    """Return the schedule that runs `job` at 02:00 UTC for the day that has just ended."""

    @schedule(job=job, cron_schedule="0 2 * * *", name="nightly", execution_timezone="UTC")
    def nightly(context: ScheduleEvaluationContext) -> RunRequest:
        """Load yesterday's exports at 02:00 UTC and update every model."""
        yesterday = context.scheduled_execution_time.date() - timedelta(days=1)
        return RunRequest(run_key=yesterday.isoformat(), partition_key=yesterday.isoformat())

    return nightly
