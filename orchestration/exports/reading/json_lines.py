"""Newline-delimited JSON: records of any shape as columns of text.

A nested object's values are columns with dotted names, a list is one column that holds JSON.
Numbers keep the spelling of the file.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from orchestration.exports.landing.text import is_text, open_text
from orchestration.exports.reading.rejects import Rejects
from orchestration.exports.refusals import FileRefused

_BATCH_ROWS = 20_000
_MAX_NAMES = 2_000


class _Number(str):
    """A number, as the file spells it."""


class NoRecord(ValueError):  # noqa: N818 - says what the line is
    """A line holds no record; the message says why."""


def names_of(path: Path) -> tuple[str, ...]:
    """Return the names that the records use, by first appearance.

    Raises
    ------
    FileRefused
        If they are more than any table has columns, or no line holds a record with names.
    """
    names: dict[str, None] = {}
    problem = ""
    with open_text(path) as lines:
        for line in lines:
            if line.isspace():
                continue
            try:
                names.update(dict.fromkeys(values_by_name(line)))
            except NoRecord as no_record:
                problem = problem or str(no_record)
                continue
            problem = problem or ("" if names else "the record is empty")
            if len(names) > _MAX_NAMES:
                raise FileRefused(
                    f"has records with more than {_MAX_NAMES:,} different names: it is written in "
                    "another way than read.format and read.records say"
                )
    if problem and not names:
        raise FileRefused(f"holds no record that can be read ({problem}): deliver it again")
    return tuple(names)


class JsonReader:
    """Reads a file with one JSON record on each line into text columns, once.

    Attributes
    ----------
    rejects : lines that hold no record, as far as reading has come
    """

    def __init__(
        self, path: Path, names: tuple[str, ...], schema: pa.Schema, max_rejects: int
    ) -> None:
        self._path, self._names, self._schema = path, names, schema
        self.rejects = Rejects(max_rejects)

    def batches(self) -> pa.RecordBatchReader:
        """Stream the values by name, then the record's line twice: it is the last one too."""
        return pa.RecordBatchReader.from_batches(self._schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        records: list[dict[str, str | None]] = []
        numbers: list[int] = []
        with open_text(self._path) as lines:
            for number, line in enumerate(lines, 1):
                if line.isspace():
                    continue
                try:
                    records.append(values_by_name(line))
                except NoRecord as problem:
                    self.rejects.add(number, str(problem))
                    continue
                numbers.append(number)
                if len(records) == _BATCH_ROWS:
                    yield self._batch(records, numbers)
                    records, numbers = [], []
        if records:
            yield self._batch(records, numbers)

    def _batch(self, records: list[dict[str, str | None]], numbers: list[int]) -> pa.RecordBatch:
        values = [pa.array([r.get(name) for r in records], pa.string()) for name in self._names]
        lines = pa.array(numbers, pa.int64())
        return pa.record_batch([*values, lines, lines], schema=self._schema)


def values_by_name(line: str) -> dict[str, str | None]:
    """Return the values of one line's record by dotted name.

    Raises
    ------
    NoRecord
        If the line holds none.
    """
    try:
        record = _DECODER.decode(line.strip())
    except json.JSONDecodeError as error:
        raise NoRecord(
            f"the record is broken JSON at column {error.colno} ({error.msg})"
        ) from error
    except RecursionError:
        raise NoRecord("the record is nested too deeply") from None
    if not isinstance(record, dict):
        raise NoRecord("the record is no JSON object with names and values")
    flat: dict[str, str | None] = {}
    _flatten(record, "", flat)
    if not is_text(line) or ("\\u" in line and not all(is_text(v) for v in flat.values() if v)):
        raise NoRecord(
            "the record holds characters that are no text, such as NUL: correct read.encoding, "
            "or deliver the file again"
        )
    return flat


def _flatten(record: dict[str, object], prefix: str, flat: dict[str, str | None]) -> None:
    for key, value in record.items():
        name = prefix + key
        if isinstance(value, dict) and value:
            _flatten(value, f"{name}.", flat)
        elif name in flat:
            raise NoRecord(f"the record holds {name} twice")
        else:
            flat[name] = value if value is None or isinstance(value, str) else _as_json(value)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        twice = next(name for name, _ in pairs if sum(other == name for other, _ in pairs) > 1)
        raise NoRecord(f"the record holds {twice} twice")
    return record


def _as_json(value: object) -> str:
    match value:
        case _Number():
            return value
        case list():
            return "[" + ", ".join(map(_as_json, value)) + "]"
        case dict():
            members = (f"{_as_json(name)}: {_as_json(member)}" for name, member in value.items())
            return "{" + ", ".join(members) + "}"
    return json.dumps(value, ensure_ascii=False)


# Tabs and other control characters inside texts are against the standard, and common.
_DECODER = json.JSONDecoder(
    strict=False,
    parse_int=_Number,
    parse_float=_Number,
    parse_constant=_Number,
    object_pairs_hook=_unique,
)
