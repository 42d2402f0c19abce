"""Records that stand for several rows: a column for each question, a number of equal journeys.

The file's text is written anew, each record once for every row that it stands for, below the
columns that tell which one it is. From then on that text is the file: its lines are the rows that
load, go to quarantine or are skipped, and a row's text holds all that decides what becomes of it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, product
from math import prod
from pathlib import Path
from typing import IO, NamedTuple

import duckdb

from orchestration.exports.column_types import Type
from orchestration.exports.contracts import Column, Contract
from orchestration.exports.landing.fetching import LocalFile
from orchestration.exports.landing.spooling import Limits, rewrite
from orchestration.exports.mapping.canonical import VERDICT, Verdict
from orchestration.exports.mapping.compiling import compile_mapping
from orchestration.exports.mapping.sandbox import open_sandbox
from orchestration.exports.organizations import ExportMapping, Organization
from orchestration.exports.read_options import WHITESPACE, ReadOptions
from orchestration.exports.reading.headers import SOURCE_LINE, Header, read_header
from orchestration.exports.reading.sources import (
    PlainSource,
    QuotedSource,
    RecordsSource,
    Route,
    routes,
)
from orchestration.exports.refusals import FileRefused

MOST_ROWS = 100_000  # that one record may stand for

_BATCH_ROWS = 10_000
_CHUNK = 1 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _Record(NamedTuple):
    """A record's first and last line, and up to what each counter counts; None if nobody knows."""

    line: int
    last_line: int
    counts: tuple[int, ...] | None


def repeated(local: LocalFile, organization: Organization, export: str, spool: Path) -> LocalFile:
    """Return a file's text with a line for each row that its records stand for.

    A record that stands for none is left once, with zeros; one whose number cannot be told too,
    with nothing. What is wrong with the file as a whole is noted as its damage.
    """
    if local.damage:
        return local
    mapping = organization.exports[export]
    name = hashlib.sha256(f"{organization.organization_id}/{local.file.path}".encode()).hexdigest()
    path = spool / f"{name[:16]}.repeated"
    try:
        header = _header(local, mapping)
        if not header.names:
            return local
        with open_sandbox([local.path], organization.time_zone, mapping.read, spool) as sandbox:
            records = _records(sandbox, local, mapping, header)
            text = _gathered(_text(local.path, header, records, mapping))
            survey = rewrite(text, path, mapping.read, Limits())
    except FileRefused as refused:
        return replace(local, damage=str(refused))
    except duckdb.Error as error:
        return replace(local, damage=f"cannot be read: {str(error).splitlines()[0]}")
    return replace(local, path=path, text_path=path, lines=survey.lines())


def _header(local: LocalFile, mapping: ExportMapping) -> Header:
    header = read_header(local, mapping.read)
    if not header.is_one_line:
        raise FileRefused("has a header of several lines, below which no record can be repeated")
    names = {name.lower() for name in header.names}
    if SOURCE_LINE in names:
        raise FileRefused(
            f"has a column {SOURCE_LINE}, which is what a record's line is called here: deliver it "
            "under another name"
        )
    if taken := names.intersection(mapping.repeat):
        raise FileRefused(
            f"has a column {min(taken)} of its own: give the counter in repeat another name"
        )
    return header


def _records(
    sandbox: duckdb.DuckDBPyConnection, local: LocalFile, mapping: ExportMapping, header: Header
) -> Iterator[_Record]:
    """Yield the records that can be read, by line."""
    counted = mapping.model_copy(update={"columns": mapping.repeat, "keep": None, "repeat": {}})
    compiled = compile_mapping(sandbox, _contract(mapping), counted, header)
    source: PlainSource | QuotedSource | RecordsSource
    match routes(sandbox, [local], mapping.read, header)[0]:
        case Route.PLAIN:
            source = PlainSource([local], mapping.read, header, is_numbered=True)
        case Route.QUOTED:
            source = QuotedSource(local, mapping.read, header, is_numbered=True)
        case Route.RECORDS:
            source = RecordsSource(sandbox, local, mapping.read, header, max_rejects=0)
    query = compiled.query(
        source.relation, carried=source.carried, has_odd_blanks=local.has_odd_blanks
    )
    for batch in sandbox.sql(query).to_arrow_reader(_BATCH_ROWS):
        positions = source.positions(batch)
        for line, last_line, verdict, *counts in zip(
            positions.line.tolist(),
            positions.last_line.tolist(),
            batch[VERDICT].to_pylist(),
            *(batch[name].to_pylist() for name in mapping.repeat),
            strict=True,
        ):
            is_told = verdict == Verdict.GOOD and prod(counts) <= MOST_ROWS
            yield _Record(line, last_line, tuple(counts) if is_told else None)


def _contract(mapping: ExportMapping) -> Contract:
    count = Column(
        type=Type.INTEGER, description="Rows.", required=True, minimum=0, maximum=MOST_ROWS
    )
    return Contract.model_validate(
        {
            "export": "repeat",
            "description": "How many rows each record stands for.",
            "delivery": "changes",
            "key": tuple(mapping.repeat),
            "columns": dict.fromkeys(mapping.repeat, count),
        }
    )


def _text(
    path: Path, header: Header, records: Iterator[_Record], mapping: ExportMapping
) -> Iterator[bytes]:
    """Yield the text anew; lines that hold no record stay, blank or to be quarantined."""
    delimiter = "\t" if mapping.read.delimiter == WHITESPACE else mapping.read.delimiter

    def numbered(line: int, numbers: Iterable[int | str]) -> bytes:
        return "".join(f"{number}{delimiter}" for number in (line, *numbers)).encode()

    untold = [""] * len(mapping.repeat)
    with path.open("rb") as file:
        lines = _Lines(file)
        *above, _ = lines.until(header.lines)
        yield b"".join(above).removeprefix(_BYTE_ORDER_MARK)
        names = (SOURCE_LINE, *mapping.repeat, *header.names)
        yield delimiter.join(_quoted(name, mapping.read) for name in names).encode() + b"\n"
        for record in chain(records, [None]):
            while between := next(lines.until(record.line - 1 if record else None), b""):
                is_blank = not between.strip()
                yield between if is_blank else numbered(lines.number, untold) + between
            if record:
                text = b"".join(lines.until(record.last_line))
                rows = [untold] if record.counts is None else _rows(record.counts)
                yield from (numbered(record.line, row) + text for row in rows)


def _rows(counts: tuple[int, ...]) -> Iterable[tuple[int, ...]]:
    """Return the numbers of the rows that a record stands for; zeros if there are none."""
    if not prod(counts):
        return [(0,) * len(counts)]
    return product(*(range(1, count + 1) for count in counts))


class _Lines:
    """The lines of a file, counted; the last one ends like the others."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.number = 0

    def until(self, last: int | None) -> Iterator[bytes]:
        """Yield the lines up to a number, or all."""
        while (last is None or self.number < last) and (line := self._file.readline()):
            self.number += 1
            yield line if line.endswith(b"\n") else line + b"\n"


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes in larger chunks."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= _CHUNK:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _quoted(name: str, read: ReadOptions) -> str:
    if not read.quote or read.delimiter == WHITESPACE:
        return name
    escape = "\\" if read.escape == "\\" else read.quote
    return f"{read.quote}{name.replace(read.quote, escape + read.quote)}{read.quote}"
