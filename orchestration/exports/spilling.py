"""What a load must remember of its rows, on disk where there are many of them."""

import shutil
import weakref
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.exports.sql import literal

SET_ASIDE = pa.schema([("line", pa.int64()), ("last_line", pa.int64()), ("reasons", pa.string())])

Hashes = npt.NDArray[np.uint64]

_HASHES_IN_MEMORY = 1 << 22
_PARTS = 256
_BYTES_IN_MEMORY = 32 << 20
_ROWS_OF_A_BATCH = 10_000
_MEMORY_TO_SORT = "256MB"


class _Folder:
    """A folder that is there from its first use on, as long as this object."""

    @cached_property
    def path(self) -> Path:
        folder = mkdtemp(prefix="rows-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)


class RowHashes:
    """Hashes of rows, to learn how many have one that another row has.

    Up to four million are held in memory; more go to disk, sorted, in runs of as many.
    """

    def __init__(self, in_memory: int = _HASHES_IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._waiting: list[Hashes] = []
        self._rows_waiting = 0
        self._repeats_in_runs = 0
        self._folder = _Folder()
        self._runs: list[tuple[Path, npt.NDArray[np.int64]]] = []

    def add(self, hashes: Hashes) -> None:
        """Take in the hashes of more rows."""
        self._waiting.append(hashes)
        self._rows_waiting += len(hashes)
        if self._rows_waiting > self._in_memory:
            self._write_run()

    def repeats(self) -> int:
        """Count the rows whose hash another row before them has."""
        if not self._runs:
            return _repeats(self._waiting)
        self._write_run()
        parts = (
            [self._read(run, bounds, part) for run, bounds in self._runs] for part in range(_PARTS)
        )
        return self._repeats_in_runs + sum(map(_repeats, parts))

    def _write_run(self) -> None:
        """Write what waits, each hash once: a common one must not fill the memory later."""
        ordered = np.sort(np.concatenate([np.empty(0, np.uint64), *self._waiting]))
        distinct = ordered[np.insert(ordered[1:] != ordered[:-1], 0, True)[: len(ordered)]]
        self._repeats_in_runs += len(ordered) - len(distinct)
        starts = np.arange(_PARTS, dtype=np.uint64) << np.uint64(56)
        bounds = np.append(np.searchsorted(distinct, starts), len(distinct))
        path = self._folder.path / f"hashes_{len(self._runs)}"
        distinct.tofile(path)
        self._runs.append((path, bounds))
        self._waiting, self._rows_waiting = [], 0

    @staticmethod
    def _read(run: Path, bounds: npt.NDArray[np.int64], part: int) -> Hashes:
        start, end = bounds[part : part + 2].tolist()
        size = np.dtype(np.uint64).itemsize
        return np.fromfile(run, np.uint64, count=end - start, offset=start * size)


def _repeats(hashes: list[Hashes]) -> int:
    # numpy's unique is many times slower on whole numbers than a sort.
    ordered = np.sort(np.concatenate([np.empty(0, np.uint64), *hashes]))
    return int(np.count_nonzero(ordered[1:] == ordered[:-1]))


class SetAside:
    """Lines that were set aside and why (``SET_ASIDE``); more than 32 MB of them go to disk."""

    def __init__(self, bytes_in_memory: int = _BYTES_IN_MEMORY) -> None:
        self._bytes_in_memory = bytes_in_memory
        self._waiting: list[pa.Table] = []
        self._bytes_waiting = 0
        self._folders = [_Folder()]
        self._files: list[Path] = []

    def add(self, rows: pa.Table) -> None:
        """Take in more lines."""
        self._waiting.append(rows)
        self._bytes_waiting += rows.nbytes
        if self._bytes_waiting > self._bytes_in_memory:
            self._write()

    def take_over(self, other: "SetAside") -> None:
        """Take in what another one holds."""
        for rows in other._waiting:
            self.add(rows)
        self._files += other._files
        self._folders += other._folders

    def by_line(self) -> Iterator[pa.RecordBatch]:
        """Yield all of them in the order of their lines, some thousands at a time."""
        if self._files:
            yield from self._sorted_on_disk()
        else:
            rows = pa.concat_tables([SET_ASIDE.empty_table(), *self._waiting]).sort_by("line")
            yield from rows.combine_chunks().to_batches(max_chunksize=_ROWS_OF_A_BATCH)

    def _write(self) -> None:
        import pyarrow.parquet as pq  # noqa: PLC0415 - few files need it

        path = self._folders[0].path / f"rows_{len(self._files)}.parquet"
        pq.write_table(pa.concat_tables(self._waiting), path)
        self._files.append(path)
        self._waiting, self._bytes_waiting = [], 0

    def _sorted_on_disk(self) -> Iterator[pa.RecordBatch]:
        import duckdb  # noqa: PLC0415 - few files need it

        if self._waiting:
            self._write()
        files = ", ".join(literal(str(path)) for path in self._files)
        with duckdb.connect() as connection:
            connection.execute(f"set memory_limit = {literal(_MEMORY_TO_SORT)}")
            connection.execute(f"set temp_directory = {literal(str(self._folders[0].path))}")
            query = f"select * from read_parquet([{files}]) order by line"
            for batch in connection.sql(query).to_arrow_reader(_ROWS_OF_A_BATCH):
                yield batch.cast(SET_ASIDE)
