"""What kind of values each column of a file holds, told from its first rows.

A few dozen rows are enough to see that a column of numbers has become text, and cost a load less
than half a millisecond per file. A few odd values, which quarantine tells of, change no kind.
"""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from pathlib import Path

from orchestration.exports.read_options import ReadOptions
from orchestration.exports.reading.delimited import split
from orchestration.exports.reading.headers import Header

_SAMPLE_BYTES = 1 << 15
_SAMPLE_ROWS = 60
_LEAST_SHARE = 0.75

_DAY = r"\d{4}-\d\d-\d\d"
_CLOCK = r"\d\d:\d\d(?::\d\d(?:[.]\d+)?)?"
_SHAPES = {
    "number": r"[-+]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:[eE][-+]?\d+)?",
    "date": _DAY,
    "time": rf"{_DAY}[T ]{_CLOCK}(?:Z|[-+]\d\d(?::?\d\d)?)?",
    "time of day": _CLOCK,
    "yes or no": r"(?i:true|false|yes|no)",
}
_SHAPE = re.compile("|".join(f"({shape})" for shape in _SHAPES.values()))
_KINDS = (None, *_SHAPES)


def column_kinds(path: Path, header: Header, read: ReadOptions) -> list[str | None]:
    """Return number, date, time, time of day, yes or no, or text for each column of the header.

    That is the kind of three quarters of its values, else text. A column without values in the
    first rows has None.

    Parameters
    ----------
    path
        The file as UTF-8 text.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
        if file.read(1):
            sample = sample[: sample.rfind(b"\n") + 1]
    lines = islice(StringIO(sample.decode(errors="replace"), newline="\n"), header.lines, None)
    records = _json_records(lines, header) if read.is_json else _csv_records(lines, header, read)
    columns = zip(*islice(records, _SAMPLE_ROWS), strict=True)
    nothing = {"", *read.nulls}
    kinds = [_kind([text for text in column if text not in nothing]) for column in columns]
    return kinds or [None] * len(header.names)


def _csv_records(
    lines: Iterable[str], header: Header, read: ReadOptions
) -> Iterator[Sequence[str]]:
    """Yield the records that have as many values as the header has names."""
    records = split(lines, read)
    try:
        for record in records:
            if len(record) == len(header.names):
                yield [text.strip() for text in record]
    except csv.Error:  # broken quotes, which the load itself tells of
        return


def _json_records(lines: Iterable[str], header: Header) -> Iterator[Sequence[str]]:
    for line in lines:
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            return
        if isinstance(record, dict):
            yield [_json_text(record.get(name)) for name in header.keys]


def _json_text(value: object) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _kind(texts: Sequence[str]) -> str | None:
    if not texts:
        return None
    matches = map(_SHAPE.fullmatch, texts)
    counts = Counter(match.lastindex for match in matches if match)
    [(kind, count)] = counts.most_common(1) or [(0, 0)]
    return _KINDS[kind or 0] if count >= _LEAST_SHARE * len(texts) else "text"
