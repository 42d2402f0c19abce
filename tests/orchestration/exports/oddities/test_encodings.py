"""How a file's bytes become text."""

import gzip
from typing import Any

import pytest

HEADER = "order_id,customer_id,ordered_at,order_revenue\n"


def test_a_byte_order_mark_is_no_part_of_the_first_column(shop: Any) -> None:
    outcome = shop.load("\ufeff" + HEADER + "o1,c1,2024-05-01,1\n")
    assert outcome.column("order_id") == ["o1"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "cp1252", "mac-roman"])
def test_text_loads_in_the_encoding_that_the_mapping_names(shop: Any, encoding: str) -> None:
    content = (HEADER + "o1,Zoë & Søn,2024-05-01,1\n").encode(encoding)
    outcome = shop.load(content, read={"encoding": encoding})
    assert outcome.column("customer_id") == ["Zoë & Søn"]


def test_what_only_windows_writes_loads_as_cp1252(shop: Any) -> None:
    name = "\u201cAnn\u2019s\u201d \u2013 €5"
    content = f"{HEADER}o1,{name},2024-05-01,1\n".encode("cp1252")
    outcome = shop.load(content, read={"encoding": "cp1252"})
    assert outcome.column("customer_id") == [name]


def test_utf_16_under_another_name_is_refused_with_the_remedy(shop: Any) -> None:
    outcome = shop.load((HEADER + "o1,c1,2024-05-01,1\n").encode("utf-16"))
    assert "correct read.encoding" in outcome.refusal


def test_of_two_encodings_in_one_file_only_the_other_ones_lines_are_quarantined(shop: Any) -> None:
    content = (HEADER + "o1,Zoë,2024-05-01,1\n").encode() + "o2,Zoë,2024-05-01,2\n".encode("cp1252")
    outcome = shop.load(content)
    assert outcome.column("customer_id") == ["Zoë"]
    assert "bytes that are not text" in outcome.reasons[3]
    assert outcome.quarantine[0]["raw_text"] == "o2,Zo\\xeb,2024-05-01,2"


def test_a_line_with_a_nul_character_is_quarantined_alone(shop: Any) -> None:
    outcome = shop.load(HEADER + "o1,c1,2024-05-01,1\no2,c\0,2024-05-01,2\n")
    assert outcome.column("order_id") == ["o1"]
    assert "bytes that are not text" in outcome.reasons[3]


@pytest.mark.parametrize("blank", ["\u00a0", "\t", "  "])
def test_blanks_around_a_value_are_no_part_of_it(shop: Any, blank: str) -> None:
    outcome = shop.load(HEADER + f"{blank}o1{blank},{blank},2024-05-01,1{blank}\n")
    assert (outcome.column("order_id"), outcome.column("customer_id")) == (["o1"], [None])


def test_a_zip_of_two_files_in_a_row_is_one_file(shop: Any) -> None:
    first, second = HEADER + "o1,c1,2024-05-01,1\n", "o2,c2,2024-05-01,2\n"
    members = gzip.compress(first.encode()) + gzip.compress(second.encode())
    outcome = shop.load(members, suffix=".csv.gz")
    assert outcome.column("order_id") == ["o1", "o2"]
