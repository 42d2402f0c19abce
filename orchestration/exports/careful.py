"""The careful reader: record by record, it tells each record's lines and why one cannot be used."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from orchestration.exports.fetching import LocalFile
from orchestration.exports.headers import LAST_LINE, LINE, Header, dialect, is_text, open_text
from orchestration.exports.organizations import ReadOptions

_BATCH_ROWS = 20_000


@dataclass(frozen=True)
class Reject:
    """A line that cannot be split into the file's columns."""

    line: int
    reason: str


class CarefulReader:
    """Reads one file into text columns and two line numbers, once.

    Attributes
    ----------
    rejects : what could not be read, as far as reading has come and up to ``max_rejects``
    rejected : number of rejects, those beyond ``max_rejects`` too
    """

    def __init__(
        self, local: LocalFile, read: ReadOptions, header: Header, max_rejects: int
    ) -> None:
        self._local, self._dialect, self._header = local, dialect(read), header
        self._max_rejects = max_rejects
        self.rejects: list[Reject] = []
        self.rejected = 0

    def batches(self) -> pa.RecordBatchReader:
        """Stream the file's columns, ``_line`` and ``_last_line``."""
        columns = [(name, pa.string()) for name in self._header.names]
        schema = pa.schema([*columns, (LINE, pa.int64()), (LAST_LINE, pa.int64())])

        def stream() -> Iterator[pa.RecordBatch]:
            rows: list[list[str | int]] = []
            for row in self._rows():
                rows.append(row)
                if len(rows) == _BATCH_ROWS:
                    yield _batch(rows, schema)
                    rows = []
            if rows:
                yield _batch(rows, schema)

        return pa.RecordBatchReader.from_batches(schema, stream())

    def _rows(self) -> Iterator[list[str | int]]:
        """Yield the values of each good record with its first and last line, and note the others.

        A bad record of several lines mostly means a stray quote: only its first line is given up,
        and reading resumes at its second, so that one quote does not swallow the rest of the file.
        """
        with open_text(self._local.path) as text:
            for _ in range(self._header.lines):
                next(text, "")
            lines = _Lines(text, self._header.lines)
            reader = csv.reader(lines, **self._dialect)
            while True:
                lines.current.clear()
                first = lines.number + 1
                values: list[str] = []
                problem = ""
                try:
                    values = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    problem = _explain(str(error))
                problem = problem or self._problem(values, lines.current)
                if not problem:
                    yield [*values, first, lines.number]
                elif any(line.strip() for line in lines.current):
                    lines.give_back_all_but_the_first()
                    self._reject(Reject(first, problem))
                    reader = csv.reader(lines, **self._dialect)

    def _reject(self, reject: Reject) -> None:
        self.rejected += 1
        if self.rejected <= self._max_rejects:
            self.rejects.append(reject)

    def _problem(self, values: list[str], lines: list[str]) -> str:
        if len(values) != len(self._header.names):
            has, wants = _count(len(values), "value"), _count(len(self._header.names), "column")
            return f"the line has {has} where the header has {wants}"
        if not self._local.is_clean and not all(map(is_text, lines)):
            return (
                "the line holds bytes that are not text in the file's encoding: "
                "correct read.encoding, or deliver the file again"
            )
        return ""


class _Lines:
    """Lines of a text, counted, of which those of the current record can be given back."""

    def __init__(self, lines: Iterator[str], number: int) -> None:
        self._lines = lines
        self._given_back: list[str] = []
        self.number = number
        self.current: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._given_back.pop() if self._given_back else next(self._lines)
        self.number += 1
        self.current.append(line)
        return line

    def give_back_all_but_the_first(self) -> None:
        self._given_back.extend(reversed(self.current[1:]))
        self.number -= len(self.current) - 1


def _batch(rows: list[list[str | int]], schema: pa.Schema) -> pa.RecordBatch:
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
