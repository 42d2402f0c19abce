import csv
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.exports.quarantine.csv_out import neutralised, write_csv

TEXTS = st.text(st.sampled_from("='+-@\t\r\na\"\uff1d,;é\u2028"), max_size=6)


def original(text: str) -> str:
    return text[1:] if text.startswith("'") else text


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20", "'"]
)
def test_a_text_that_a_spreadsheet_might_run_gets_an_apostrophe(start: str) -> None:
    text = f"{start}cmd|' /C calc'!A0"
    assert neutralised(pa.table({"text": [text]}))["text"].to_pylist() == [f"'{text}"]


def test_other_values_stay_as_they_are() -> None:
    table = pa.table({"text": ["a=1", "", None, "1-2", " x"], "number": [-1, 2, None, 4, 5]})
    assert neutralised(table) == table


@given(texts=st.lists(TEXTS, max_size=5))
@settings(max_examples=100, deadline=None)
def test_the_original_is_what_follows_a_leading_apostrophe(texts: list[str]) -> None:
    table = neutralised(pa.table({"text": pa.array(texts, pa.string())}))
    assert [original(text) for text in table["text"].to_pylist()] == texts
    assert not any(
        text.startswith(("=", "+", "-", "@", "\t")) for text in table["text"].to_pylist()
    )


def test_a_written_file_is_read_back_by_any_csv_reader(tmp_path: Path) -> None:
    texts = ['two\nlines, "quoted"', "=1+1", "é", ""]
    write_csv(pa.table({"line": [1, 2, 3, 4], "text": texts}), tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["line", "text"]
    assert [(int(line), original(text)) for line, text in rows] == list(enumerate(texts, 1))
