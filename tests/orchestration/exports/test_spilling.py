import numpy as np
import pyarrow as pa
import pytest
from numpy.random import default_rng

from orchestration.exports.spilling import SET_ASIDE, RowHashes, SetAside


@pytest.mark.parametrize("in_memory", [10_000, 300, 1])
def test_repeated_hashes_are_counted_wherever_they_are_kept(in_memory: int) -> None:
    numbers = default_rng(1).integers(0, 2**64, 900, dtype=np.uint64, endpoint=False)
    hashes = np.concatenate([numbers, numbers[:50], numbers[:50], np.zeros(7, np.uint64)])
    kept = RowHashes(in_memory)
    for part in np.array_split(hashes, 9):
        kept.add(part)
    assert kept.repeats() == 106


def test_no_rows_repeat_none() -> None:
    assert RowHashes().repeats() == 0


@pytest.mark.parametrize("bytes_in_memory", [1 << 20, 1])
def test_lines_set_aside_come_by_line_wherever_they_are_kept(bytes_in_memory: int) -> None:
    kept, other = SetAside(bytes_in_memory), SetAside(bytes_in_memory)
    for aside, lines in ((kept, [5, 9]), (kept, [2]), (other, [7, 1])):
        reasons = [f"line {line} is bad" for line in lines]
        aside.add(pa.table([lines, [None] * len(lines), reasons], schema=SET_ASIDE))
    kept.take_over(other)
    rows = pa.Table.from_batches(kept.by_line(), SET_ASIDE).to_pylist()
    assert [row["line"] for row in rows] == [1, 2, 5, 7, 9]
    assert rows[0] == {"line": 1, "last_line": None, "reasons": "line 1 is bad"}


def test_what_is_on_disk_goes_with_its_owner() -> None:
    kept = RowHashes(in_memory=1)
    kept.add(np.arange(5, dtype=np.uint64))
    folder = kept._folder.path
    assert [file.name for file in folder.iterdir()] == ["hashes_0"]
    del kept
    assert not folder.exists()
