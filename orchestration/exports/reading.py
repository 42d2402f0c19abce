"""Read a delimited text file into rows of text that know their line numbers.

Most files hold one record per line. DuckDB's reader takes those, and the count of lines proves that it lost
nothing. The others (line breaks inside quotes, blank lines, ragged or broken records, bad bytes) go record by record
through Python's reader, which tells each record's lines and why it cannot be used.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import duckdb
import pyarrow as pa

from orchestration.exports.fetching import FileRefused, LocalFile
from orchestration.exports.organizations import WHITESPACE, ReadOptions
from orchestration.exports.sql import literal

_BATCH_ROWS = 20_000
_CAREFUL_SOURCE = "careful_source"
LINE, LAST_LINE = "_line", "_last_line"
_RESERVED_PREFIXES = (
    LINE,
    LAST_LINE,
    "_keep",
    "_skipped",
    "_reasons",
    "_canonical_",
    "_filled_",
    "_row_hash",
)


@dataclass(frozen=True)
class Header:
    """A file's columns.

    Attributes
    ----------
    names : unique whatever the case of their letters
    lines : physical lines before the first record
    """

    names: tuple[str, ...]
    lines: int


@dataclass(frozen=True)
class Reject:
    """A record that cannot be split into the file's columns; ``last_line`` is its last physical line."""

    line: int
    last_line: int
    reason: str


@dataclass
class Source:
    """A file's records, ready to be selected from once.

    Attributes
    ----------
    relation : SQL in parentheses that yields the file's columns, all text
    is_numbered : whether the relation also yields the columns ``_line`` and ``_last_line``
    first_line : line of the first record, where the relation is not numbered
    records : number of records that the relation must yield; None where only reading tells
    rejects : filled while the relation is read, up to ``max_rejects``
    rejected : number of rejects, those beyond ``max_rejects`` too
    """

    relation: str
    is_numbered: bool
    first_line: int
    records: int | None
    max_rejects: int = 0
    rejects: list[Reject] = field(default_factory=list)
    rejected: int = 0

    def reject(self, reject: Reject) -> None:
        """Note a record that could not be read."""
        self.rejected += 1
        if self.rejected <= self.max_rejects:
            self.rejects.append(reject)


def read_header(local: LocalFile, read: ReadOptions) -> Header:
    """Read the names of the columns; a file without any content has none.

    Raises
    ------
    FileRefused
        If the header is no record.
    """
    with _open_text(local.path) as lines:
        for _ in range(read.skip_preamble):
            next(lines, "")
        reader = csv.reader(lines, **_dialect(read))
        try:
            first = next(reader, [])
        except csv.Error as error:
            raise FileRefused(
                f"has a header that cannot be read ({error}): deliver it again"
            ) from error
    if not read.header:
        return Header(tuple(f"column_{i}" for i, _ in enumerate(first, 1)), read.skip_preamble)
    return Header(_unique(first), read.skip_preamble + reader.line_num)


def open_source(
    connection: duckdb.DuckDBPyConnection,
    local: LocalFile,
    read: ReadOptions,
    header: Header,
    *,
    numbered: bool,
    max_rejects: int,
) -> Source:
    """Choose the reader for a file; ``numbered`` asks for line numbers inside SQL where they cost extra."""
    records = local.lines - header.lines
    if local.is_clean and header.lines == read.skip_preamble + read.header:
        scan = _scan(local.path, read, header)
        if connection.execute(f"select count(*) from {scan}").fetchall() == [(records,)]:
            relation = f"(select * from {scan})"
            if numbered:
                number = f"row_number() over () + {header.lines}"
                relation = f"(select *, {number} as {LINE}, {number} as {LAST_LINE} from {scan})"
            return Source(relation, numbered, header.lines + 1, records)
    source = Source(f"(select * from {_CAREFUL_SOURCE})", True, header.lines + 1, None, max_rejects)
    connection.register(_CAREFUL_SOURCE, _careful_reader(local, read, header, source))
    return source


def read_lines(path: Path, spans: Iterable[tuple[int, int]]) -> dict[int, str]:
    """Return the text of spans of lines (first, last; from 1), by first line, in one pass over the file."""
    found: dict[int, str] = {}
    remaining = iter(sorted(set(spans)))
    span = next(remaining, None)
    text: list[str] = []
    with _open_text(path, errors="backslashreplace") as lines:
        for number, line in enumerate(lines, 1):
            if span is None:
                break
            if number >= span[0]:
                text.append(line)
            if number == span[1]:
                found[span[0]] = "".join(text).rstrip("\r\n")
                text, span = [], next(remaining, None)
    if span is not None:
        found[span[0]] = "".join(text).rstrip("\r\n")
    return found


def _open_text(path: Path, errors: str = "surrogateescape") -> TextIO:
    return path.open(encoding="utf-8-sig", errors=errors, newline="\n")


def _dialect(read: ReadOptions) -> dict[str, object]:
    if read.delimiter == WHITESPACE:
        return {"delimiter": "\t", "quoting": csv.QUOTE_NONE, "strict": True}
    return {"delimiter": read.delimiter, "strict": True}


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    """Name empty columns by position and repeated ones name_2, name_3; SQL does not tell cases apart."""
    unique: list[str] = []
    seen: set[str] = set()
    for position, raw in enumerate(names, 1):
        base = raw.strip("\ufeff \t\r\n\u00a0") or f"column_{position}"
        name, count = base, 1
        while name.lower() in seen or name.lower().startswith(_RESERVED_PREFIXES):
            count += 1
            name = (
                f"{base}_{count}"
                if not base.lower().startswith(_RESERVED_PREFIXES)
                else f"column{base}_{count}"
            )
        seen.add(name.lower())
        unique.append(name)
    return tuple(unique)


def _scan(path: Path, read: ReadOptions, header: Header) -> str:
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in header.names)
    delimiter, quote = ("\t", "") if read.delimiter == WHITESPACE else (read.delimiter, '"')
    return (
        f"read_csv({literal(str(path))}, auto_detect=false, header=false, skip={header.lines}, "
        f"columns={{{columns}}}, delim={literal(delimiter)}, quote={literal(quote)}, escape={literal(quote)}, "
        "ignore_errors=true)"
    )


class _Lines:
    """Lines of a text, counted, of which those of the current record can be given back."""

    def __init__(self, lines: Iterator[str], number: int) -> None:
        self._lines = lines
        self._given_back: list[str] = []
        self.number = number
        self.current: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._given_back.pop() if self._given_back else next(self._lines)
        self.number += 1
        self.current.append(line)
        return line

    def give_back_all_but_the_first(self) -> None:
        self._given_back.extend(reversed(self.current[1:]))
        self.number -= len(self.current) - 1
        del self.current[1:]


def _careful_reader(
    local: LocalFile, read: ReadOptions, header: Header, source: Source
) -> pa.RecordBatchReader:
    schema = pa.schema(
        [
            *((name, pa.string()) for name in header.names),
            (LINE, pa.int64()),
            (LAST_LINE, pa.int64()),
        ]
    )

    def batches() -> Iterator[pa.RecordBatch]:
        rows: list[list[str | int]] = []
        for row in _records(local, read, header, source):
            rows.append(row)
            if len(rows) == _BATCH_ROWS:
                yield _batch(rows, schema)
                rows = []
        if rows:
            yield _batch(rows, schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _batch(rows: list[list[str | int]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [
        pa.array(column, schema_field.type)
        for column, schema_field in zip(columns, schema, strict=True)
    ]
    return pa.record_batch(arrays, schema=schema)


def _records(
    local: LocalFile, read: ReadOptions, header: Header, source: Source
) -> Iterator[list[str | int]]:
    """Yield the values of each good record with its first and last line, and note the others.

    A bad record of several lines mostly means a stray quote: only its first line is given up, and reading resumes at
    its second, so that one quote does not swallow the rest of the file.
    """
    with _open_text(local.path) as text:
        for _ in range(header.lines):
            next(text, "")
        lines = _Lines(text, header.lines)
        reader = csv.reader(lines, **_dialect(read))
        while True:
            lines.current.clear()
            first = lines.number + 1
            problem = ""
            values: list[str] = []
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                problem = _explain(str(error))
            problem = problem or _problem(values, header, local, lines.current)
            if not problem:
                yield [*values, first, lines.number]
            elif any(line.strip() for line in lines.current):
                lines.give_back_all_but_the_first()
                source.reject(Reject(first, first, problem))
                reader = csv.reader(lines, **_dialect(read))


def _problem(values: list[str], header: Header, local: LocalFile, lines: list[str]) -> str:
    if len(values) != len(header.names):
        return f"the line has {_count(len(values), 'value')} where the header has {_count(len(header.names), 'column')}"
    if not local.is_clean:
        text = "".join(lines)
        if "\0" in text:
            return "the line holds a NUL character: the file is damaged, or read.encoding is wrong"
        try:
            text.encode()
        except UnicodeEncodeError:
            return "the line holds bytes that are not valid in the file's encoding: correct read.encoding"
    return ""


def _explain(error: str) -> str:
    if "field larger than field limit" in error:
        return "a value is longer than 131,072 characters: a closing quote is probably missing"
    if "unexpected end of data" in error:
        return "a quote is opened and never closed: the file is cut off, or a quote inside a value is not doubled"
    if "new-line character" in error:
        return "a carriage return stands inside a value that is not quoted"
    return "a quote inside a quoted value is not doubled"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
