"""The careful reader: record by record, it tells each record's lines and why one cannot be used."""

import csv
from collections.abc import Iterator, Sequence
from typing import TextIO

import pyarrow as pa

from orchestration.exports.landing.fetching import LocalFile
from orchestration.exports.landing.text import is_text, open_text
from orchestration.exports.read_options import ReadOptions
from orchestration.exports.reading.delimited import LONGEST_VALUE, split
from orchestration.exports.reading.headers import Header
from orchestration.exports.reading.rejects import Rejects

_LARGEST_BLOCK, _SMALLEST_BLOCK = 1 << 20, 1 << 13
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
        """Read blocks of lines at once, and those where a record is no line one by one."""
        size = _LARGEST_BLOCK
        with open_text(self._local.path) as text:
            for _ in range(self._header.lines):
                next(text, "")
            lines = _Lines(text, self._header.lines)
            while not self.rejects.problem and (block := lines.block(size)):
                first = lines.number - len(block) + 1
                batch = self._at_once(block, first)
                if batch is not None:
                    size = min(2 * size, _LARGEST_BLOCK)
                    yield batch
                    continue
                lines.give_back(block)
                if size > _SMALLEST_BLOCK:
                    size //= 2
                else:
                    rows = list(self._one_by_one(lines, first + len(block)))
                    yield _batch(rows, self._schema)

    def _at_once(self, block: list[str], first: int) -> pa.RecordBatch | None:
        """Read lines that are a record each; None where they are not."""
        try:
            records: list[list[str | int | None]] = list(split(block, self._read))  # type: ignore[arg-type]
        except csv.Error:
            return None
        is_text_alone = self._local.is_clean or is_text("".join(block))
        if len(records) != len(block) or not is_text_alone:
            return None
        width = len(self._header.names)
        rows = []
        for line, record in enumerate(records, first):
            problem = fit(record, width, self._read) if len(record) != width else ""
            if not problem:
                rows.append([*record, line, line])
            elif block[line - first].strip():
                self.rejects.add(line, problem)
        return _batch(rows, self._schema)

    def _one_by_one(self, lines: "_Lines", end: int) -> Iterator[list[str | int | None]]:
        """Yield the good records that begin before line ``end``, and note the others.

        A bad record of several lines mostly means a stray quote: only its first line is given up,
        and reading resumes at its second, so that one quote does not swallow the rest of the file.
        """
        records = split(lines, self._read)
        while lines.number + 1 < end:
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
                lines.give_back(lines.current[1:])
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
    """Lines of a text, counted, of which some can be given back."""

    def __init__(self, text: TextIO, number: int) -> None:
        self._text = text
        self._given_back: list[str] = []
        self._length = 0
        self.number = number
        self.current: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._length > _MAX_RECORD:
            raise _RecordTooLong
        line = self._given_back.pop() if self._given_back else next(self._text)
        self.number += 1
        self._length += len(line)
        self.current.append(line)
        return line

    def start(self) -> None:
        """Let the next line begin a record."""
        self.current.clear()
        self._length = 0

    def block(self, size: int) -> list[str]:
        """Return the next lines, of this many characters or little more."""
        lines: list[str] = []
        length = 0
        while self._given_back and length < size:
            line = self._given_back.pop()
            lines.append(line)
            length += len(line)
        if not lines:
            lines = self._text.readlines(size)
        self.number += len(lines)
        return lines

    def give_back(self, lines: Sequence[str]) -> None:
        """Let lines come again."""
        self._given_back.extend(reversed(lines))
        self.number -= len(lines)


def _batch(rows: list[list[str | int | None]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(values, column.type) for values, column in zip(columns, schema, strict=True)]
    return pa.record_batch(arrays, schema=schema)


def _explain(error: str) -> str:
    if "field larger than field limit" in error:
        return (
            f"a value is longer than {LONGEST_VALUE:,} characters: "
            "a closing quote is probably missing"
        )
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
