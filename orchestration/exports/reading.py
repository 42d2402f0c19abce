"""Sources: landed files as relations of text columns that know their line numbers.

Most files hold one record per line. DuckDB's reader takes those, many at once, and the count of
lines proves that it lost nothing. The others (line breaks inside quotes, blank lines, ragged or
broken records, bad bytes) go one by one through the careful reader.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.exports.careful import CarefulReader
from orchestration.exports.fetching import LocalFile
from orchestration.exports.headers import LAST_LINE, LINE, PART, Header, open_text
from orchestration.exports.organizations import WHITESPACE, ReadOptions
from orchestration.exports.sql import literal

_CAREFUL = "careful_source"

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


class CarefulSource:
    """One file whose records and lines are not the same."""

    carried = (LINE, LAST_LINE)
    relation = f"(select * from {_CAREFUL})"

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        local: LocalFile,
        read: ReadOptions,
        header: Header,
        max_rejects: int,
    ) -> None:
        self.reader = CarefulReader(local, read, header, max_rejects)
        connection.register(_CAREFUL, self.reader.batches())

    def positions(self, batch: pa.RecordBatch) -> Positions:
        """Return where the batch's rows come from."""
        line, last_line = batch[LINE].to_numpy(), batch[LAST_LINE].to_numpy()
        return Positions(np.zeros(len(line), np.int64), line, last_line)


def are_plain(
    connection: duckdb.DuckDBPyConnection,
    locals_: Sequence[LocalFile],
    read: ReadOptions,
    header: Header,
) -> list[bool]:
    """Tell for each file with this header whether DuckDB finds a record on every line."""
    if header.lines != read.skip_preamble + read.header:
        return [False] * len(locals_)
    clean = [local.path for local in locals_ if local.is_clean]
    counts: dict[str, int] = {}
    if clean:
        query = f"select {PART}, count(*) from {_scan(clean, read, header)} group by {PART}"
        counts = dict(connection.execute(query).fetchall())
    return [
        local.is_clean and counts.get(str(local.path), 0) == local.lines - header.lines
        for local in locals_
    ]


def read_lines(path: Path, spans: Iterable[tuple[int, int]]) -> dict[int, str]:
    """Return the text of spans of lines (first, last; from 1), by first line."""
    found: dict[int, str] = {}
    remaining = iter(sorted(set(spans)))
    first, last = next(remaining, (0, 0))
    text: list[str] = []
    with open_text(path, errors="backslashreplace") as lines:
        for number, line in enumerate(lines, 1):
            if not first:
                break
            if number >= first:
                text.append(line)
            if number == last:
                found[first] = "".join(text).rstrip("\r\n").replace("\0", "\\0")
                text = []
                first, last = next(remaining, (0, 0))
    return found


def _scan(paths: Sequence[Path], read: ReadOptions, header: Header) -> str:
    files = ", ".join(literal(str(path)) for path in paths)
    columns = ", ".join(f"{literal(name)}: 'varchar'" for name in header.names)
    delimiter, quote = ("\t", "") if read.delimiter == WHITESPACE else (read.delimiter, '"')
    return (
        f"read_csv([{files}], auto_detect=false, header=false, skip={header.lines}, "
        f"columns={{{columns}}}, delim={literal(delimiter)}, "
        f"quote={literal(quote)}, escape={literal(quote)}, ignore_errors=true, filename='{PART}')"
    )
