import re
from typing import Any

import pyarrow as pa
import pytest

from orchestration.exports.reading.careful import CarefulReader
from orchestration.exports.reading.headers import read_header


def careful_reader(fetched: Any, text: str, **options: Any) -> CarefulReader:
    local, settings = fetched(text, **options)
    header = read_header(local, settings)
    columns = [(name, pa.string()) for name in header.names]
    schema = pa.schema([*columns, ("_line", pa.int64()), ("_last_line", pa.int64())])
    return CarefulReader(local, settings, header, schema, max_rejects=100)


def read(
    fetched: Any, text: str, **options: Any
) -> tuple[list[tuple[object, ...]], list[tuple[int, str]]]:
    """Return the good rows with their lines, and the rejected lines with their reasons."""
    reader = careful_reader(fetched, text, **options)
    rows = [tuple(row.values()) for row in reader.batches().read_all().to_pylist()]
    return rows, list(zip(reader.rejects.lines, reader.rejects.reasons, strict=True))


def test_records_of_several_lines_know_their_first_and_last(fetched: Any) -> None:
    rows, rejects = read(fetched, 'a,b\n1,"x\ny"\n\n2,"say ""hi"""\n')
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
        (f"1,{'x' * 2_100_000}", "longer than 2,097,152"),
    ],
)
def test_a_broken_line_is_given_up_alone(fetched: Any, bad: str, reason: str) -> None:
    rows, rejects = read(fetched, f"a,b\n1,2\n{bad}\n3,4\n5,6\n")
    assert rows == [("1", "2", 2, 2), ("3", "4", 4, 4), ("5", "6", 5, 5)]
    [(line, why)] = rejects
    assert line == 3
    assert re.search(reason, why)


def test_a_file_that_is_cut_off_loses_only_its_last_line(fetched: Any) -> None:
    rows, rejects = read(fetched, 'a,b\n1,2\n3,"4')
    assert rows == [("1", "2", 2, 2)]
    assert [line for line, _ in rejects] == [3]


def test_empty_values_behind_the_last_column_are_no_values(fetched: Any) -> None:
    rows, rejects = read(fetched, "a,b\n1,2,,\n3,4,,5\n")
    assert rows == [("1", "2", 2, 2)]
    assert rejects == [(3, "the line has 4 values where the header has 2 columns")]


def test_short_lines_are_padded_where_the_mapping_says_so(fetched: Any) -> None:
    rows, rejects = read(fetched, "a,b,c\nGroup\n\n1,2,3\nTotal,2\n", short_lines="pad")
    assert rows == [("Group", None, None, 2, 2), ("1", "2", "3", 4, 4), ("Total", "2", None, 5, 5)]
    assert rejects == []


@pytest.mark.parametrize(
    ("text", "options", "row"),
    [
        ("a,b\n'1,5',it''s\n", {"quote": "'"}, ("1,5", "it''s", 2, 2)),
        ('a,b\n1,"x\n', {"quote": ""}, ("1", '"x', 2, 2)),
        ('a,b\n\\N,"say \\"hi\\""\n', {"escape": "\\"}, ("\\N", 'say "hi"', 2, 2)),
    ],
)
def test_quotes_are_read_as_the_mapping_says(
    fetched: Any, text: str, options: dict[str, str], row: tuple[object, ...]
) -> None:
    assert read(fetched, text, **options) == ([row], [])


def test_a_record_without_end_ends_the_reading(fetched: Any) -> None:
    endless = '"1\n",' * 3_600_000
    reader = careful_reader(fetched, f"a,b\n1,2\n{endless}\n")
    assert reader.batches().read_all().num_rows == 1
    assert "a record from line 3 on of more than 16,777,216 characters" in reader.rejects.problem
