"""Exports are partitioned by export date, one partition per day."""

from datetime import date

from dagster import DailyPartitionsDefinition
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
)


def daily_partitions(first_export_date: date) -> DailyPartitionsDefinition:
    """Return one partition per day, from the first export date to today.

    Today is included, because a file that bears today's date is loaded when it arrives.
    """
    return DailyPartitionsDefinition(start_date=first_export_date.isoformat(), end_offset=1)


def range_tags(first: str, last: str) -> dict[str, str]:
    """Return the tags that make a run one over a range of partitions."""
    return {ASSET_PARTITION_RANGE_START_TAG: first, ASSET_PARTITION_RANGE_END_TAG: last}
