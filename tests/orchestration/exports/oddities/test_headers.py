"""Columns that are named twice, otherwise, too many or too few."""

from typing import Any

import pytest

ROW = "o1,2024-05-01,1\n"


def test_of_columns_with_one_name_the_second_is_called_name_2(shop: Any) -> None:
    outcome = shop.load(
        "Name,Date,Amount,Name,name\no1,2024-05-01,1,Ann,Lee\n",
        columns={
            "order_id": '"Name"',
            "ordered_at": '"Date"',
            "order_revenue": '"Amount"',
            "customer_id": '"Name_2" || \' \' || "name_3"',
        },
    )
    assert (outcome.column("order_id"), outcome.column("customer_id")) == (["o1"], ["Ann Lee"])


def test_a_column_without_a_name_is_called_by_its_place(shop: Any) -> None:
    outcome = shop.load(",ordered_at,order_revenue\n" + ROW, columns={"order_id": '"column_1"'})
    assert outcome.column("order_id") == ["o1"]


@pytest.mark.parametrize(
    "header", ["Order_ID,ORDERED_AT,Order_Revenue\n", '"order_id", ordered_at ,"order_revenue "\n']
)
def test_case_and_blanks_make_no_other_column(shop: Any, header: str) -> None:
    assert shop.load(header + ROW).column("order_id") == ["o1"]


def test_a_name_may_hold_a_line_break_and_quotes(shop: Any) -> None:
    outcome = shop.load(
        '"Order\n""No""",ordered_at,order_revenue\n' + ROW,
        columns={"order_id": '"Order\n""No"""'},
    )
    assert (outcome.column("order_id"), outcome.column("_line")) == (["o1"], [3])


def test_columns_that_nobody_asked_for_are_left(shop: Any) -> None:
    outcome = shop.load("order_id,notes,ordered_at,order_revenue,x\no1,hm,2024-05-01,1,\n")
    assert outcome.column("order_revenue") == [1]


def test_a_column_that_a_file_may_lack_is_empty(shop: Any) -> None:
    outcome = shop.load("order_id,ordered_at,order_revenue\n" + ROW)
    assert outcome.column("customer_id") == [None]


def test_a_renamed_column_refuses_the_file_and_names_what_it_has(shop: Any) -> None:
    outcome = shop.load("order_id,ordered_at,revenue\n" + ROW)
    assert "has no column order_revenue, which is required; it has order_id" in outcome.refusal


def test_a_column_that_the_mapping_needs_and_the_file_lacks_refuses_the_file(shop: Any) -> None:
    outcome = shop.load(
        "Order,ordered_at,order_revenue\n" + ROW, columns={"order_id": '"Order No"'}
    )
    assert 'has no column Order No, which order_id: "Order No" needs' in outcome.refusal


def test_files_of_one_mapping_may_order_their_columns_as_they_like(shop: Any) -> None:
    outcome = shop.load(
        {
            "2024-05-01": "order_id,ordered_at,order_revenue\n" + ROW,
            "2024-05-02": "order_revenue,extra,order_id,ordered_at\n2,x,o2,2024-05-02\n",
        }
    )
    assert outcome.column("order_id") == ["o1", "o2"]


def test_another_file_under_the_right_name_is_refused(shop: Any) -> None:
    outcome = shop.load("<!DOCTYPE html>\n<html><body>Please log in</body></html>\n")
    assert "has no column order_id, which is required; it has <!DOCTYPE html>" in outcome.refusal
    assert outcome.counts == (0, 0, 0, 0)
