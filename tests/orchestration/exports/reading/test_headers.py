from typing import Any

import pytest

from orchestration.exports.reading.headers import Header, read_header
from orchestration.exports.refusals import FileRefused


@pytest.mark.parametrize(
    "preamble",
    ["", "Club report\n", 'Club "report\n\nby Ann, all rows\n', "\ufeffBooking ID\n\n\n"],
)
def test_a_header_is_found_by_its_values(fetched: Any, preamble: str) -> None:
    text = f"{preamble} booking id ;Court\n1;2\n"
    header = read_header(*fetched(text, delimiter=";", header_contains=["Court", "Booking ID"]))
    assert header == Header(("booking id", "Court"), preamble.count("\n") + 1)


def test_a_header_of_several_lines_is_found(fetched: Any) -> None:
    header = read_header(*fetched('x\n"Booking\nID",Court\n1,2\n', header_contains=["Court"]))
    assert header == Header(("Booking\nID", "Court"), 3, is_one_line=False)


def test_a_file_without_the_header_is_refused(fetched: Any) -> None:
    local, read = fetched("a,b\n1,2\n", header_contains=["Court", "Price"])
    with pytest.raises(FileRefused, match="no line with the values Court, Price among its first"):
        read_header(local, read)


def test_names_are_unique_and_never_ours(fetched: Any) -> None:
    header = read_header(*fetched("Name,name, NAME ,,_line,_keep\n"))
    names = ("Name", "name_2", "NAME_3", "column_4", "column_line", "column_keep")
    assert header.names == names


def test_columns_without_a_header_are_counted(fetched: Any) -> None:
    assert read_header(*fetched("1,2\n", header=False)) == Header(("column_1", "column_2"), 0)


def test_columns_of_json_keep_the_names_of_the_records(fetched: Any) -> None:
    header = read_header(*fetched('[{"ID": 1, "id": 2, "_line": 3}]', format="json"))
    assert header.names == ("ID", "id_2", "column_line")
    assert header.keys == ("ID", "id", "_line")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b'"a"b,c\n1,2\n', "header that cannot be read"),
        (b"Gr\xf6\xdfe,b\n1,2\n", "not utf-8 text: correct read.encoding"),
        (b"," * 6_000 + b"\n", "6,001 values in its first line: correct read.delimiter"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused(
    fetched: Any, content: bytes, complaint: str
) -> None:
    local, read = fetched(content)
    with pytest.raises(FileRefused, match=complaint):
        read_header(local, read)
