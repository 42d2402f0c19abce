"""Ids, postal codes, flags, and the many spellings of nothing."""

from collections.abc import Iterable
from typing import Any

import pytest

HEADER = "order_id,customer_id,ordered_at,order_revenue\n"
MEMBERS = "member_id,name,join_date,status,home_zip_code\n"


def load_ids(shop: Any, texts: Iterable[str], expression: str = "customer_id", **more: Any) -> Any:
    rows = "".join(f"o{n},{text},2024-05-01,1\n" for n, text in enumerate(texts))
    return shop.load(HEADER + rows, columns={"customer_id": expression}, **more)


def test_an_id_that_became_a_fraction_is_whole_again(shop: Any) -> None:
    outcome = load_ids(shop, ["17850.0", "17850", "007.00"], "whole_number(customer_id)")
    assert outcome.column("customer_id") == ["17850", "17850", "007"]


@pytest.mark.parametrize("expression", ["customer_id", "whole_number(customer_id)"])
def test_an_id_that_lost_its_digits_is_quarantined(shop: Any, expression: str) -> None:
    texts = ["1.23E+11", "1.23457E+12", "8E+09"]
    outcome = load_ids(shop, texts, expression)
    assert all(text in outcome.reasons[line] for line, text in enumerate(texts, 2))
    assert outcome.counts == (3, 0, 3, 0)


def test_an_id_that_only_looks_odd_loads_as_it_is(shop: Any) -> None:
    texts = ["12E4", "1E5", "007", "A-1.5", "é/1", "0", "1.5E"]
    assert load_ids(shop, texts).column("customer_id") == texts


def test_what_excel_needs_to_keep_zeros_is_trimmed_by_the_mapping(shop: Any) -> None:
    texts = ["'00123", '="00123"', '"=""00123"""', "00123"]
    outcome = load_ids(shop, texts, "trim(customer_id, '=''\"')")
    assert outcome.column("customer_id") == ["00123"] * 4


def test_a_zip_code_gets_its_leading_zeros_back(shop: Any) -> None:
    codes = {"2139": "02139", "02139": "02139", "501.0": "00501", "": None}
    rows = "".join(f"m{n},Ann,2024-05-01,active,{code}\n" for n, code in enumerate(codes))
    outcome = shop.load(
        MEMBERS + rows, "members", columns={"home_zip_code": "zip_code(home_zip_code, 5)"}
    )
    assert outcome.column("home_zip_code") == list(codes.values())


def test_what_the_mapping_calls_nothing_is_nothing(shop: Any) -> None:
    nothings = ["-", "N/A", "- None -", "NULL", "\\N", "(blank)", "#N/A"]
    texts = ["", *nothings, *(f"{nothing}x" for nothing in nothings)]
    outcome = load_ids(shop, texts, read={"nulls": nothings})
    assert outcome.column("customer_id") == [None] * 8 + texts[8:]


def test_nothing_where_a_value_is_required_is_quarantined(shop: Any) -> None:
    outcome = shop.load(HEADER + "-,c1,2024-05-01,1\n", read={"nulls": ["-"]})
    assert outcome.reasons == {2: "order_id: nothing where a value is required"}


def test_a_flag_decides_a_status(shop: Any) -> None:
    outcome = shop.load(
        "member_id,name,join_date,Cancelled\nm1,Ann,2024-05-01,TRUE\nm2,Bob,2024-05-01,no\n",
        "members",
        columns={"status": "case when yes_no(\"Cancelled\") then 'cancelled' else 'active' end"},
    )
    assert outcome.column("status") == ["cancelled", "active"]


def test_the_sources_own_words_are_translated_and_unknown_ones_quarantined(shop: Any) -> None:
    words = "case \"State\" when 'Paid' then 'placed' when 'Refunded' then 'returned' else \"State\" end"
    outcome = shop.load(
        "order_id,ordered_at,order_revenue,State\n"
        "o1,2024-05-01,1,Paid\no2,2024-05-01,1,Refunded\no3,2024-05-01,1,Lost\n",
        columns={"status": words},
    )
    assert outcome.column("status") == ["placed", "returned"]
    assert "status: Lost is not one of placed, fulfilled, cancelled, returned" in outcome.reasons[4]
