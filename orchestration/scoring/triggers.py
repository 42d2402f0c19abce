"""When a version is trained anew for its age alone."""

from datetime import date

from ml.registry import Record

MAX_AGE_DAYS = 30


def too_old(record: Record, as_of: date, max_age_days: int = MAX_AGE_DAYS) -> str | None:
    """Say that a version is too old, if it is: customers and their habits move on."""
    age = (as_of - record.trained_as_of).days
    return f"trained {age} days ago" if age > max_age_days else None
