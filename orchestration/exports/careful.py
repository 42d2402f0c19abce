"""The careful reader: record by record, it tells each record's lines and why one cannot be used."""

import csv
import re
from collections.abc import Iterable, Iterator

import pyarrow as pa

from orchestration.exports.fetching import LocalFile
from orchestration.exports.headers import Header, dialect
from orchestration.exports.read_options import ReadOptions
from orchestration.exports.rejects import Rejects
from orchestration.exports.text import is_text, open_text

_BATCH_ROWS = 20_000
_MAX_RECORD = 16 << 20


class CarefulReader:
    """Reads one file of delimited text into text columns and two line numbers, once.

    Attributes
    ----------
    rejects : lines that could not be read, as far as reading has come
    """

    def __init__(
        self,
        local: LocalFile,
        read: ReadOptions,
        header: Header,
        schema: pa.Schema,
        max_rejects: int,
    ) -> None:
        self._local, self._read, self._header, self._schema = local, read, header, schema
        self.rejects = Rejects(max_rejects)

    def batches(self) -> pa.RecordBatchReader:
        """Stream the file's columns, then each record's first and last line."""
        return pa.RecordBatchReader.from_batches(self._schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        rows: list[list[str | int | None]] = []
        for row in self._rows():
            rows.append(row)
            if len(rows) == _BATCH_ROWS:
                yield _batch(rows, self._schema)
                rows = []
        if rows:
            yield _batch(rows, self._schema)

    def _rows(self) -> Iterator[list[str | int | None]]:
        """Yield the values of each good record with its first and last line, and note the others.

        A bad record of several lines mostly means a stray quote: only its first line is given up,
        and reading resumes at its second, so that one quote does not swallow the rest of the file.
        """
        with open_text(self._local.path) as text:
            for _ in range(self._header.lines):
                next(text, "")
            lines = _Lines(text, self._header.lines)
            records = split(lines, self._read)
            while True:
                lines.start()
                first = lines.number + 1
                values: list[str | int | None] = []
                try:
                    values = list(next(records))
                    problem = self._problem(values, lines.current)
                except StopIteration:
                    return
                except _RecordTooLong:
                    self.rejects.problem = (
                        f"has a record from line {first} on of more than {_MAX_RECORD:,} "
                        "characters: a closing quote is probably missing"
                    )
                    return
                except csv.Error as error:
                    problem = _explain(str(error))
                if not problem:
                    yield [*values, first, lines.number]
                elif any(line.strip() for line in lines.current):
                    lines.give_back_all_but_the_first()
                    self.rejects.add(first, problem)
                    records = split(lines, self._read)

    def _problem(self, values: list[str | int | None], lines: list[str]) -> str:
        if problem := fit(values, len(self._header.names), self._read):
            return problem
        if not self._local.is_clean and not all(map(is_text, lines)):
            return (
                "the line holds bytes that are not text in the file's encoding: "
                "correct read.encoding, or deliver the file again"
            )
        return ""


def split(lines: Iterable[str], read: ReadOptions) -> Iterator[list[str]]:
    """Split lines into the values of their records.

    Raises
    ------
    csv.Error
        At a record that breaks the format.
    """
    return csv.reader(
        map(_keep_null_marks, lines) if read.escape == "\\" else lines, **dialect(read)
    )


def fit(values: list[str | int | None], width: int, read: ReadOptions) -> str:
    """Fit a record's values to the columns; return why that cannot be done, else nothing."""
    if len(values) > width and not any(values[width:]):
        del values[width:]  # delimiters at the end of the line hold nothing
    if 0 < len(values) < width and read.short_lines == "pad":
        values.extend([None] * (width - len(values)))
    if len(values) == width:
        return ""
    has, wants = _count(len(values), "value"), _count(width, "column")
    return f"the line has {has} where the header has {wants}"


class _RecordTooLong(Exception):  # noqa: N818 - says what the record is
    """A record goes on over more lines than any record does."""


class _Lines:
    """Lines of a text, counted, of which those of the current record can be given back."""

    def __init__(self, lines: Iterator[str], number: int) -> None:
        self._lines = lines
        self._given_back: list[str] = []
        self._length = 0
        self.number = number
        self.current: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._length > _MAX_RECORD:
            raise _RecordTooLong
        line = self._given_back.pop() if self._given_back else next(self._lines)
        self.number += 1
        self._length += len(line)
        self.current.append(line)
        return line

    def start(self) -> None:
        """Let the next line begin a record."""
        self.current.clear()
        self._length = 0

    def give_back_all_but_the_first(self) -> None:
        """Let the record's other lines come again."""
        self._given_back.extend(reversed(self.current[1:]))
        self.number -= len(self.current) - 1


# Outside quotes a backslash is no escape: \N stands for nothing in MySQL's files.
_NULL_MARK = re.compile(r"(?<![^\t,;|])\\N(?![^\t,;|\r\n])")


def _keep_null_marks(line: str) -> str:
    return _NULL_MARK.sub(r"\\\\N", line)


def _batch(rows: list[list[str | int | None]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(values, column.type) for values, column in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def _explain(error: str) -> str:
    if "field larger than field limit" in error:
        return "a value is longer than 131,072 characters: a closing quote is probably missing"
    if "unexpected end of data" in error:
        return (
            "a quote is opened and never closed: the file is cut off, "
            "or a quote inside a value is not doubled"
        )
    if "new-line character" in error:
        return "a carriage return stands inside a value that is not quoted"
    return "a quote inside a quoted value is not doubled"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
