"""Sources: landed files as relations of text columns that know their line numbers.

Most files hold one record per line. DuckDB's reader takes those, many at once, and the count of
lines proves that it lost nothing. It also takes files with line breaks inside quotes, where records
and line breaks inside values make up the lines. The others (blank lines, ragged or broken records,
bad bytes) go one by one through the careful reader, and JSON through a reader of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.exports.landing.fetching import LocalFile
from orchestration.exports.read_options import WHITESPACE, ReadOptions
from orchestration.exports.reading.careful import CarefulReader
from orchestration.exports.reading.headers import BREAKS, LAST_LINE, LINE, PART, Header
from orchestration.exports.reading.json_lines import JsonReader
from orchestration.exports.sql import identifier, literal

_RECORDS = "records_source"

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Positions:
    """Where a batch's rows come from: index of the file, first and last physical line."""

    file: Numbers
    line: Numbers
    last_line: Numbers


class PlainSource:
    """Files with the same header and one record on each line.

    ``_line`` counts over all files of the source, as if they were one, where ``is_numbered`` asks
    for it inside SQL; otherwise rows are counted as they come, which costs less.
    """

    def __init__(
        self, locals_: Sequence[LocalFile], read: ReadOptions, header: Header, *, is_numbered: bool
    ) -> None:
        self._paths = pa.array([str(local.path) for local in locals_])
        self._header_lines = header.lines
        self.records = np.array([local.lines - header.lines for local in locals_])
        self._ends = np.cumsum(self.records)
        self._rows_seen = 0
        self.is_numbered = is_numbered
        scan = _scan([local.path for local in locals_], read, header)
        number = f", row_number() over () + {header.lines} as {LINE}" if is_numbered else ""
        self.relation = f"(select *{number} from {scan})"

    @property
    def carried(self) -> list[str]:
        """Columns besides the file's own that a query must carry along, for ``positions``."""
        return [*([LINE] if self.is_numbered else []), *([PART] if len(self.records) > 1 else [])]

    def positions(self, batch: pa.RecordBatch) -> Positions:
        """Return where the batch's rows come from.

        Raises
        ------
        AssertionError
            If rows did not come in the order of the files.
        """
        if self.is_numbered:
            ordinal = batch[LINE].to_numpy() - self._header_lines - 1
        else:
            ordinal = np.arange(self._rows_seen, self._rows_seen + batch.num_rows)
        self._rows_seen += batch.num_rows
        if len(self.records) == 1:
            line = ordinal + self._header_lines + 1
            return Positions(np.zeros(len(line), np.int64), line, line)
        file = np.searchsorted(self._ends, ordinal, side="right")
        named = pa.compute.index_in(batch[PART], self._paths).to_numpy()
        assert np.array_equal(file, named), "rows came in another order than their files"
        line = ordinal - (self._ends - self.records)[file] + self._header_lines + 1
        return Positions(file, line, line)


class Route(Enum):
    """Who reads a file."""

    PLAIN = auto()
    QUOTED = auto()
    RECORDS = auto()


class QuotedSource:
    """One file with line breaks inside quoted values, and nothing else to take care of.

    Lines are numbered inside SQL only where ``is_numbered`` asks for it, as that is one thread's
    work; otherwise they are counted as the rows come.
    """

    def __init__(
        self, local: LocalFile, read: ReadOptions, header: Header, *, is_numbered: bool
    ) -> None:
        self._is_numbered = is_numbered
        self._lines_seen = header.lines
        self.carried = (LINE, LAST_LINE) if is_numbered else (BREAKS,)
        rows = f"(select *, {_breaks(header)} as {BREAKS} from {_scan([local.path], read, header)})"
        last = (
            f"{header.lines} + sum(1 + {BREAKS}) over "
            "(rows between unbounded preceding and current row)"
        )
        self.relation = (
            f"(select *, {LAST_LINE} - {BREAKS} as {LINE} from "
            f"(select *, cast({last} as bigint) as {LAST_LINE} from {rows}))"
            if is_numbered
            else rows
        )

    def positions(self, batch: pa.RecordBatch) -> Positions:
        """Return where the batch's rows come from."""
        if self._is_numbered:
            return _positions_of_one_file(batch)
        breaks = batch[BREAKS].to_numpy()
        last_line = self._lines_seen + np.cumsum(1 + breaks)
        self._lines_seen += len(breaks) + int(breaks.sum())
        return Positions(np.zeros(len(breaks), np.int64), last_line - breaks, last_line)


class RecordsSource:
    """One file that is read record by record."""

    carried = (LINE, LAST_LINE)
    relation = f"(select * from {_RECORDS})"

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        local: LocalFile,
        read: ReadOptions,
        header: Header,
        max_rejects: int,
    ) -> None:
        columns = [(name, pa.string()) for name in header.names]
        schema = pa.schema([*columns, (LINE, pa.int64()), (LAST_LINE, pa.int64())])
        self.reader: JsonReader | CarefulReader
        if read.is_json:
            self.reader = JsonReader(local.path, header.keys, schema, max_rejects)
        else:
            self.reader = CarefulReader(local, read, header, schema, max_rejects)
        connection.register(_RECORDS, self.reader.batches())

    def positions(self, batch: pa.RecordBatch) -> Positions:
        """Return where the batch's rows come from."""
        return _positions_of_one_file(batch)


def _positions_of_one_file(batch: pa.RecordBatch) -> Positions:
    line, last_line = batch[LINE].to_numpy(), batch[LAST_LINE].to_numpy()
    return Positions(np.zeros(len(line), np.int64), line, last_line)


def routes(
    connection: duckdb.DuckDBPyConnection,
    locals_: Sequence[LocalFile],
    read: ReadOptions,
    header: Header,
) -> list[Route]:
    """Tell for each file with this header who can read it without losing anything."""
    # Where DuckDB fills up short lines it fills up broken ones, too.
    if read.is_json or not header.is_one_line or read.short_lines == "pad":
        return [Route.RECORDS] * len(locals_)
    clean = [local.path for local in locals_ if local.is_clean]
    plain = _count(connection, "count(*)", clean, read, header)
    others = [
        local.path
        for local in locals_
        if local.is_clean and 0 < plain.get(local.path, 0) < local.lines - header.lines
    ]
    quoted = _count(connection, f"sum(1 + {_breaks(header)})", others, read, header)
    found = []
    for local in locals_:
        records = local.lines - header.lines
        if plain.get(local.path, 0 if local.is_clean else -1) == records:
            found.append(Route.PLAIN)
        else:
            found.append(Route.QUOTED if quoted.get(local.path) == records else Route.RECORDS)
    return found


def _count(
    connection: duckdb.DuckDBPyConnection,
    what: str,
    paths: Sequence[Path],
    read: ReadOptions,
    header: Header,
) -> dict[Path, int]:
    """Aggregate each file's records; nothing is known of files that DuckDB refuses."""
    if not paths:
        return {}
    query = f"select {PART}, {what} from {_scan(paths, read, header)} group by {PART}"
    try:
        return {Path(path): int(count) for path, count in connection.execute(query).fetchall()}
    except duckdb.Error:
        # The careful reader will say which of them cannot be read, and why.
        return dict.fromkeys(paths, -1)


def _breaks(header: Header) -> str:
    """Return SQL that counts the line breaks inside a record's values."""
    counts = (
        f"case when contains({column}, chr(10)) "
        f"then strlen({column}) - strlen(replace({column}, chr(10), '')) else 0 end"
        for column in map(identifier, header.names)
    )
    return f"({' + '.join(counts)})"


def _scan(paths: Sequence[Path], read: ReadOptions, header: Header) -> str:
    files = ", ".join(literal(str(path)) for path in paths)
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in header.names)
    form = {"delim": read.delimiter, "quote": read.quote, "escape": read.escape}
    if read.delimiter == WHITESPACE:
        form = {"delim": "\t", "quote": "", "escape": ""}
    elif not read.quote or read.escape == '"':
        form["escape"] = read.quote
    options = ", ".join(f"{name}={literal(value)}" for name, value in form.items())
    return (
        f"read_csv([{files}], auto_detect=false, header=false, skip={header.lines}, "
        f"columns={{{columns}}}, {options}, ignore_errors=true, filename='{PART}')"
    )
