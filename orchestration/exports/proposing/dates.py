"""In which format a column writes its days and times, and whether the values prove it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import duckdb
import pyarrow as pa

from orchestration.exports.proposing.date_orders import (
    Order,
    decided,
    in_every_order,
    is_mixed,
    is_sorted,
    of_like_years,
    order_of,
    reads_as_much,
)

_ISO = re.compile(
    r"\d{4}[-/]\d\d?[-/]\d\d?([T ]\d\d?:\d\d(:\d\d(\.\d+)?)?(\s*(Z|z|UTC|GMT|[+-]\d\d(:?\d\d)?))?)?"
)
_EPOCH = re.compile(r"1\d{9}(\.\d+)?|1\d{12}|1\d{15}")
_DAYS = [
    *(f"{order}" for s in "/.-" for order in (f"%d{s}%m{s}%Y", f"%m{s}%d{s}%Y")),
    *(f"{order}" for s in "/.-" for order in (f"%d{s}%m{s}%y", f"%m{s}%d{s}%y")),
    "%Y.%m.%d", "%Y%m%d", "%y/%m/%d", "%y-%m-%d", "%y.%m.%d", "%Y-%m-%d", "%Y/%m/%d",
    *(f"%d{s}{m}{s}{y}" for s in "- /" for m in ("%b", "%B") for y in ("%Y", "%y")),
    *(f"{m} %d, {y}" for m in ("%b", "%B") for y in ("%Y", "%y")),
    "%b %d %Y", "%B %d %Y", "%d. %B %Y", "%d. %b %Y", "%b-%d-%Y",
]  # fmt: skip
_WEEKDAYS = ["", "%a ", "%a, ", "%A, ", "%A "]
_TIMES = [
    "", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", " %I:%M%p",
    " %I:%M:%S%p", ", %H:%M", ", %I:%M %p", ", %H:%M:%S", ", %I:%M:%S %p", "T%H:%M:%S", "T%H:%M",
    " at %I:%M %p", " - %H:%M", " %H.%M", " %I %p", " %I%p", "%H%M%S", " %H%M",
]  # fmt: skip
_CLOCKS = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I:%M:%S %p", "%H.%M", "%I %p", "%I%p"]
_NEARLY_ALL, _SOME = 0.98, 0.4
_PROBE = 60
_MOST_VALUES = 20_000
_A_MOMENT = datetime(2024, 12, 31, 23, 59, 58)
_PARSED = "try_strptime(v, ?)"


@dataclass(frozen=True)
class Moments:
    """How a column writes days or times.

    Attributes
    ----------
    formats : strptime formats that read nearly all values; several where the order of day and
        month is open; none for ISO 8601 and Unix times
    share : of the values that the first format reads, 0 to 1
    has_days, has_times : whether a value tells the day, and the time of day
    is_epoch : whether values count seconds (or their thousandths) since 1970
    is_mixed : whether some values fit only one order and some only another
    reason : what proves the order of day and month, or why nothing does; empty where it is plain
    """

    formats: tuple[str, ...]
    share: float
    has_days: bool = True
    has_times: bool = True
    is_epoch: bool = False
    reason: str = ""
    is_proven: bool = True
    is_mixed: bool = False

    @property
    def is_undecided(self) -> bool:
        """Whether day and month cannot be told apart."""
        return len(self.formats) > 1

    @property
    def order(self) -> Order | None:
        """The order of day and month in numeric dates, where it is known and matters."""
        return None if self.is_undecided or not self.formats else order_of(self.formats[0])


def read_moments(
    connection: duckdb.DuckDBPyConnection, values: Sequence[str], export_day: date | None
) -> Moments | None:
    """Tell how a column's values, in the order of the file, write days or times.

    Returns
    -------
    None where they are neither.
    """
    distinct = list(dict.fromkeys(values))
    distinct = distinct[:: max(1, len(distinct) // _MOST_VALUES)]
    if not distinct:
        return None
    if (share := _share(_ISO, distinct)) >= _NEARLY_ALL:
        return Moments((), share, has_times=":" in distinct[0])
    if (share := _share(_EPOCH, distinct)) >= _NEARLY_ALL:
        return Moments((), share, is_epoch=True)
    probe = distinct[:: max(1, len(distinct) // _PROBE)]
    reading = _reading(connection, _candidates(probe), distinct, _SOME)
    if not reading:
        return None
    first = next(iter(reading))
    if first in _CLOCKS:
        is_clock = reading[first] >= _NEARLY_ALL
        return Moments((first,), reading[first], has_days=False) if is_clock else None
    spread = values[:: max(1, len(values) // _MOST_VALUES)]
    moments = _settled(connection, reading, spread, export_day)
    return moments if moments.share >= _NEARLY_ALL or moments.is_mixed else None


def _share(pattern: re.Pattern[str], values: list[str]) -> float:
    return sum(1 for value in values if pattern.fullmatch(value)) / len(values)


def _candidates(values: list[str]) -> list[str]:
    """Return the formats whose punctuation is that of most values."""
    shapes = Counter(map(_shape, values))
    usual = {shape for shape, count in shapes.items() if count > len(values) / _PROBE}
    return [format_ for shape in sorted(usual) for format_ in _formats_by_shape().get(shape, ())]


def _shape(text: str) -> str:
    """Reduce a text to its punctuation: ``3/14/2024 9:05 PM`` to ``9/9/9 9:9 a``."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", " ".join(text.split())))


@cache
def _formats_by_shape() -> dict[str, list[str]]:
    """Return every known format under the shape of what it writes."""
    shapes: dict[str, list[str]] = {}
    days = (f"{weekday}{day}{time}" for weekday in _WEEKDAYS for day in _DAYS for time in _TIMES)
    for format_ in (*days, *_CLOCKS):
        shapes.setdefault(_shape(_A_MOMENT.strftime(format_)), []).append(format_)
    return shapes


def _reading(
    connection: duckdb.DuckDBPyConnection, formats: list[str], values: list[str], least: float
) -> dict[str, float]:
    """Return, for the formats that read at least this share of the values, which share."""
    if not formats:
        return {}
    table = pa.table({"v": pa.array(values, pa.string())})
    # A year of two digits is no year of this age: %y reads it.
    counts = ", ".join(f"count(*) filter (year({_PARSED}) between 1900 and 2199)" for _ in formats)
    connection.register("moment_values", table)
    [row] = connection.execute(f"select {counts} from moment_values", formats).fetchall()
    connection.unregister("moment_values")
    return {
        format_: count / len(values)
        for format_, count in zip(formats, row, strict=True)
        if count >= least * len(values)
    }


def _settled(
    connection: duckdb.DuckDBPyConnection,
    reading: dict[str, float],
    values: Sequence[str],
    export_day: date | None,
) -> Moments:
    """Choose among the formats that read nearly all values."""
    best = max(reading.values())
    format_ = next(f for f, share in reading.items() if share == best)
    has_times = any(letter in format_ for letter in ("%H", "%I"))
    own = order_of(format_)
    if own is None:
        return Moments((format_,), best, has_times=has_times)
    formats = in_every_order(format_)
    days = {
        order: [moment and moment.date() for moment in _parsed(connection, ordered, values)]
        for order, ordered in formats.items()
    }
    if is_mixed(days, own):
        rivals = tuple(formats[order] for order in days)
        reason = "some values fit only with the day first, and some only with the month first"
        return Moments(
            rivals, 1.0, has_times=has_times, reason=reason, is_proven=False, is_mixed=True
        )
    as_good = {order: read for order, read in days.items() if reads_as_much(read, days[own])}
    equal = of_like_years(as_good, own)
    if len(equal) < 2:  # noqa: PLR2004
        reason = f"{own}: no other order fits all values"
        return Moments((format_,), best, has_times=has_times, reason=reason)
    # Sorted as text, month/day/year looks like the order of time whatever it means.
    order, reason = decided(equal, export_day, rows_tell=not is_sorted(values))
    chosen = (formats[order],) if order else tuple(formats[order] for order in equal)
    return Moments(chosen, best, has_times=has_times, reason=reason, is_proven=False)


def _parsed(
    connection: duckdb.DuckDBPyConnection, format_: str, values: Sequence[str]
) -> list[datetime | None]:
    connection.register("moment_values", pa.table({"v": pa.array(values, pa.string())}))
    rows = connection.execute(f"select {_PARSED} from moment_values", [format_]).fetchall()
    connection.unregister("moment_values")
    return [moment for (moment,) in rows]
