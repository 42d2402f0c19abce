"""Exports are partitioned by export date, a day each; questions to third parties by week."""

from datetime import date

from dagster import (
    DailyPartitionsDefinition,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
)
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)

FIRST_CENSUS = "2024-03-01"


def daily_partitions(first_export_date: date) -> DailyPartitionsDefinition:
    """Return one partition per day, from the first export date to today.

    Today is included, because a file that bears today's date is loaded when it arrives.
    """
    return DailyPartitionsDefinition(start_date=first_export_date.isoformat(), end_offset=1)


def weekly_partitions(first_export_date: date) -> WeeklyPartitionsDefinition:
    """Return one partition per week from Monday, up to the week that today is in."""
    return WeeklyPartitionsDefinition(
        start_date=first_export_date.isoformat(), day_offset=1, end_offset=1
    )


def census_partitions() -> TimeWindowPartitionsDefinition:
    """Return one partition per year from March, up to the year that today is in.

    In March the survey's newest vintage is published. Tracts of the vintages before the first one
    were drawn otherwise than those that addresses are placed in today.
    """
    return TimeWindowPartitionsDefinition(
        start=FIRST_CENSUS, fmt="%Y-%m-%d", cron_schedule="0 0 1 3 *", end_offset=1
    )


def range_tags(first: str, last: str) -> dict[str, str]:
    """Return the tags that make a run one over a range of partitions."""
    return {ASSET_PARTITION_RANGE_START_TAG: first, ASSET_PARTITION_RANGE_END_TAG: last}
