"""Which of day, month and year a numeric date writes first, and what can prove it."""

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any

_DAYS_THAT_PROVE = 5
_MANY_YEARS = 3650
_DAYS_BEFORE_THE_EXPORT = 40
_OPEN = "no value has a day above 12, so day and month cannot be told apart"


class Order(StrEnum):
    """Which part of a numeric date comes first."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"
    YEAR_FIRST = "year first"


# What each order makes of the values; None where it cannot read one.
Days = dict[Order, list[date | None]]

_ORDERS = {
    Order.DAY_FIRST: r"%d\W%m\W%[yY]",
    Order.MONTH_FIRST: r"%m\W%d\W%[yY]",
    Order.YEAR_FIRST: r"%y\W%m\W%d",
}


def order_of(format_: str) -> Order | None:
    """Return the order of a format of numbers that could be mistaken; None where none can."""
    for order, pattern in _ORDERS.items():
        if re.search(pattern, format_):
            return order
    return None


def in_every_order(format_: str) -> dict[Order, str]:
    """Return a numeric format in each order in which its values could be meant."""
    year = "%Y" if "%Y" in format_ else "%y"
    numbers = re.search(rf"%[dm{year[1]}](\W)%[dm]\1%[dm{year[1]}]", format_)
    assert numbers is not None
    mark = numbers[1]
    orders = {Order.DAY_FIRST: ("%d", "%m", year), Order.MONTH_FIRST: ("%m", "%d", year)}
    if year == "%y":
        orders[Order.YEAR_FIRST] = (year, "%m", "%d")
    return {order: format_.replace(numbers[0], mark.join(parts)) for order, parts in orders.items()}


def is_mixed(days: Days, own: Order) -> bool:
    """Whether another order reads a value that the best one cannot."""
    others = [read for order, read in days.items() if order is not own]
    return any(
        day is not None and best is None
        for read in others
        for day, best in zip(read, days[own], strict=True)
    )


def reads_as_much(read: list[date | None], best: list[date | None]) -> bool:
    """Whether every value that the best order reads is read by another one too."""
    return all(day is not None for day, own in zip(read, best, strict=True) if own is not None)


def of_like_years(days: Days, own: Order) -> Days:
    """Leave out readings that take days for years: they spread over decades."""
    spans = {order: _span(read) for order, read in days.items()}
    least = min(spans.values(), default=0)
    return {
        order: read
        for order, read in days.items()
        if order is own or spans[order] < _MANY_YEARS or spans[order] < 10 * least
    }


def _span(read: list[date | None]) -> int:
    days = [day for day in read if day]
    return (max(days) - min(days)).days if days else 0


def decided(days: Days, export_day: date | None, *, rows_tell: bool) -> tuple[Order | None, str]:
    """Tell by the order of the rows or by the day of the export, where just one order fits it."""
    read = {order: [day for day in own if day] for order, own in days.items()}
    if min(len(set(own)) for own in read.values()) < _DAYS_THAT_PROVE:
        return None, _OPEN
    in_sequence = [order for order, own in read.items() if is_sorted(own)]
    if rows_tell and len(in_sequence) == 1:
        order = in_sequence[0]
        return order, f"{order}: only so the rows are in the order of time"
    if export_day:
        near = [
            order
            for order, own in read.items()
            if all(0 <= (export_day - day).days <= _DAYS_BEFORE_THE_EXPORT for day in own)
        ]
        others_are_late = all(
            any(day > export_day for day in own) for order, own in read.items() if order not in near
        )
        if len(near) == 1 and others_are_late:
            order = near[0]
            return order, (
                f"{order}: only so all days lie in the weeks before the export's own day, "
                f"{export_day}"
            )
    return None, _OPEN


def is_sorted(values: Sequence[date] | Sequence[str]) -> bool:
    """Whether values only rise or only fall."""
    pairs: list[tuple[Any, Any]] = list(pairwise(values))
    return all(a <= b for a, b in pairs) or all(a >= b for a, b in pairs)
