"""Exports are partitioned by export date, one partition per day."""

from datetime import date

from dagster import DailyPartitionsDefinition


def daily_partitions(first_export_date: date) -> DailyPartitionsDefinition:
    """Return one partition per day, from the first export date to today.

    Today is included, because a file that bears today's date is loaded when it arrives.
    """
    return DailyPartitionsDefinition(start_date=first_export_date.isoformat(), end_offset=1)
