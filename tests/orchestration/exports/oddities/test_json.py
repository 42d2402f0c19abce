"""JSON as systems write it."""

from decimal import Decimal
from typing import Any

import pytest

ORDER = '{"order_id": 1, "ordered_at": "2024-05-01T10:00:00Z", "order_revenue": 10.50}'


@pytest.mark.parametrize(
    "text", [f"[{ORDER}]", f"{ORDER}\n", f'{{"count": 1, "orders": [{ORDER}]}}', f"\ufeff[{ORDER}]"]
)
def test_a_list_a_line_and_an_object_around_a_list_hold_records(shop: Any, text: str) -> None:
    outcome = shop.load(text, read={"format": "json"})
    assert outcome.column("order_id") == ["1"]
    assert outcome.column("order_revenue") == [Decimal("10.50")]


def test_long_ids_and_amounts_keep_their_digits(shop: Any) -> None:
    outcome = shop.load(
        '[{"order_id": 12345678901234567890, "ordered_at": "2024-05-01", "order_revenue": 0.1, '
        '"customer_id": 17850.0}]',
        read={"format": "json"},
        columns={"customer_id": "whole_number(customer_id)"},
    )
    assert outcome.column("order_id") == ["12345678901234567890"]
    assert outcome.column("customer_id") == ["17850"]
    assert outcome.column("order_revenue") == [Decimal("0.10")]


def test_records_deep_in_a_document_and_values_deep_in_a_record_are_reached(shop: Any) -> None:
    outcome = shop.load(
        '{"data": {"orders": [{"node": {"id": "o1", "at": 1714557600, "total": {"cents": 1050}}}]},'
        ' "errors": [{"code": 1}]}',
        read={"format": "json", "records": "data.orders"},
        columns={
            "order_id": '"node.id"',
            "ordered_at": 'unix_time("node.at")',
            "order_revenue": 'money("node.total.cents") / 100',
        },
    )
    assert outcome.column("order_id") == ["o1"]
    assert outcome.column("order_revenue") == [Decimal("10.50")]


def test_a_broken_record_among_lines_is_quarantined_alone(shop: Any) -> None:
    outcome = shop.load(f"{ORDER}\n{{broken\n[1]\n", read={"format": "ndjson"})
    assert outcome.column("order_id") == ["1"]
    assert sorted(outcome.reasons) == [2, 3]
    assert "broken JSON at column 2" in outcome.reasons[2]


def test_a_record_with_a_name_twice_is_quarantined(shop: Any) -> None:
    twice = ORDER.replace("{", '{"order_id": 2, ')
    outcome = shop.load(f"[{ORDER}, {twice}]", read={"format": "json"})
    assert outcome.column("order_id") == ["1"]
    assert list(outcome.reasons.values()) == ["the record holds order_id twice"]


@pytest.mark.parametrize("text", ["[1, 2, 3]", "[{}, {}]", "{broken\n{broken\n"])
def test_a_file_without_one_good_record_is_refused_and_not_taken_for_empty(
    shop: Any, text: str
) -> None:
    outcome = shop.load(text, read={"format": "json"})
    assert outcome.counts == (0, 0, 0, 0)
    assert outcome.refusal


def test_a_document_that_is_cut_off_is_refused(shop: Any) -> None:
    outcome = shop.load(f"[{ORDER}, {ORDER[:20]}", read={"format": "json"})
    assert "is broken JSON at line 1" in outcome.refusal


def test_a_list_without_records_loads_nothing(shop: Any) -> None:
    outcome = shop.load("[]", read={"format": "json"})
    assert (outcome.counts, outcome.statuses) == ((0, 0, 0, 0), ["loaded"])


def test_text_with_commas_under_the_name_of_json_is_refused(shop: Any) -> None:
    outcome = shop.load("order_id,ordered_at\no1,2024-05-01\n", read={"format": "json"})
    assert outcome.refusal
