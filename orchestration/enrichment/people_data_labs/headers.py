"""What the headers of an answer say: credits spent, the account's meter, the rate limit."""

import ast
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import ceil, floor

_CLOCKS_AGREE = 2.0
"""Seconds by which ``Date``, which has whole seconds only, may differ from this machine's clock."""

_LONGEST_WINDOW = timedelta(days=32).total_seconds()
_LARGEST = 2**53


@dataclass(frozen=True)
class Reading:
    """The headers of one answer, null where they do not say.

    Attributes
    ----------
    spent : credits that the call cost
    account_left : credits left on the account, after the call
    limit, remaining : of the tightest rate limit
    resets_at : when its window ends, by the provider's clock (seconds since 1970)
    clock_ahead : seconds by which the provider's clock is ahead of this machine's
    """

    spent: int | None = None
    account_left: int | None = None
    limit: int | None = None
    remaining: int | None = None
    resets_at: float | None = None
    clock_ahead: float = 0.0


def read_headers(headers: Mapping[str, str]) -> Reading:
    """Read what can be read; anything else is null."""
    limits = _by_period(headers.get("x-ratelimit-limit", ""))
    remaining = _by_period(headers.get("x-ratelimit-remaining", ""))
    tightest = min(remaining, key=remaining.__getitem__, default="minute")
    ahead = _clock_ahead(headers)
    return Reading(
        # A part of a credit counts as one.
        spent=_not_negative(whole_number(headers.get("x-call-credits-spent"), ceil)),
        account_left=whole_number(headers.get("x-totallimit-remaining")),
        limit=limits.get(tightest),
        remaining=remaining.get(tightest),
        resets_at=_reset(headers, time.time() + ahead),
        clock_ahead=ahead,
    )


def whole_number(value: object, rounded: Callable[[float], int] = floor) -> int | None:
    """Return a count or likelihood however it was written, null for anything else.

    >>> whole_number("8"), whole_number(8.0), whole_number(True), whole_number("1e300")
    (8, 8, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = rounded(float(value))
    except (ValueError, OverflowError):
        return None
    # More than that is no count of anything, and no table holds it.
    return number if abs(number) < _LARGEST else None


def _not_negative(number: int | None) -> int | None:
    return None if number is None or number < 0 else number


def _by_period(text: str) -> dict[str, int]:
    """Read a Python dict as text, such as ``{'minute': 1200, 'day': None}``, or a plain number."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return {}
    periods = value if isinstance(value, dict) else {"minute": value}
    numbers = {str(period): whole_number(number) for period, number in periods.items()}
    return {period: number for period, number in numbers.items() if number is not None}


def _reset(headers: Mapping[str, str], now: float) -> float | None:
    try:
        reset = datetime.fromisoformat(headers["x-ratelimit-reset"])
    except (KeyError, ValueError):
        # Whatever stands before the provider, such as a gateway, says it the common way.
        seconds = whole_number(headers.get("Retry-After"), ceil) or 0
        return now + seconds if 0 < seconds < _LONGEST_WINDOW else None
    if reset.tzinfo is None:
        reset = reset.replace(tzinfo=UTC)
    # The end of time is some servers' way to say that there is no window.
    return end if (end := reset.timestamp()) < now + _LONGEST_WINDOW else None


def _clock_ahead(headers: Mapping[str, str]) -> float:
    try:
        ahead = parsedate_to_datetime(headers["Date"]).timestamp() - time.time()
    except (KeyError, ValueError):
        return 0.0
    return ahead if abs(ahead) > _CLOCKS_AGREE else 0.0
