import re
from datetime import date
from pathlib import Path

import pytest

from orchestration.exports.careful import CarefulReader
from orchestration.exports.fetching import fetch
from orchestration.exports.headers import read_header
from orchestration.exports.landing import ExportFile, Landing
from orchestration.exports.organizations import ReadOptions


def read(folder: Path, text: str) -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
    """Return the good rows with their lines, and the rejected lines with their reasons."""
    path = folder / "x.csv"
    path.write_bytes(text.encode())
    status = path.stat()
    file = ExportFile(
        "shop", "orders", date(2024, 1, 1), "x.csv", status.st_size, str(status.st_mtime)
    )
    options = ReadOptions()
    local = fetch(Landing(str(folder)), file, options, folder)
    reader = CarefulReader(local, options, read_header(local, options), max_rejects=100)
    rows = [tuple(row.values()) for row in reader.batches().read_all().to_pylist()]
    return rows, [(reject.line, reject.reason) for reject in reader.rejects]


def test_records_of_several_lines_know_their_first_and_last(tmp_path: Path) -> None:
    rows, rejects = read(tmp_path, 'a,b\n1,"x\ny"\n\n2,"say ""hi"""\n')
    assert rows == [("1", "x\ny", 2, 3), ("2", 'say "hi"', 5, 5)]
    assert rejects == []


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("1", "1 value where the header has 2 columns"),
        ("1,2,3", "3 values where the header has 2 columns"),
        ('1,"2" x', "not doubled"),
        ('1,"never closed', "never closed|not doubled"),
        ("1,2\r3", "carriage return"),
        (f"1,{'x' * 140_000}", "longer than 131,072"),
    ],
)
def test_a_broken_line_is_given_up_alone(tmp_path: Path, bad: str, reason: str) -> None:
    rows, rejects = read(tmp_path, f"a,b\n1,2\n{bad}\n3,4\n5,6\n")
    assert rows == [("1", "2", 2, 2), ("3", "4", 4, 4), ("5", "6", 5, 5)]
    [(line, why)] = rejects
    assert line == 3
    assert re.search(reason, why)


def test_a_file_that_is_cut_off_loses_only_its_last_line(tmp_path: Path) -> None:
    rows, rejects = read(tmp_path, 'a,b\n1,2\n3,"4')
    assert rows == [("1", "2", 2, 2)]
    assert [line for line, _ in rejects] == [3]
