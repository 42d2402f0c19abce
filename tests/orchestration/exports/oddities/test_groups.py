"""Rows whose meaning stands on an earlier line: order headers, group headings."""

from typing import Any


def test_an_orders_fields_on_its_first_line_hold_for_the_lines_below(shop: Any) -> None:
    outcome = shop.load(
        "Order,Date,Product,Qty,Price\n"
        "o1,2024-05-01,tea,1,2.00\n"
        ",,pot,1,20.00\n"
        "o2,2024-05-02,tea,3,2.00\n"
        ",,,,\n",
        "order_lines",
        columns={
            "order_id": 'fill_down("Order")',
            "ordered_at": 'fill_down("Date")',
            "product_id": '"Product"',
            "quantity": '"Qty"',
            "unit_price": '"Price"',
        },
        keep='"Product" is not null',
    )
    assert [(row["order_id"], row["line_number"], row["product_id"]) for row in outcome.rows] == [
        ("o1", 1, "tea"),
        ("o1", 2, "pot"),
        ("o2", 1, "tea"),
    ]
    assert outcome.counts == (4, 3, 0, 1)


def test_a_null_on_a_first_line_is_not_filled_from_the_order_before(shop: Any) -> None:
    outcome = shop.load(
        "Order,Customer,Total\no1,c1,1\n,,1\no2,,2\n,,2\n",
        columns={
            "order_id": "fill_down(\"Order\") || '-' || _line",
            "customer_id": 'nullif(fill_down(case when "Order" is not null '
            "then coalesce(\"Customer\", 'none') end), 'none')",
            "ordered_at": "'2024-05-01'",
            "order_revenue": '"Total"',
        },
    )
    assert outcome.column("customer_id") == ["c1", "c1", None, None]


def test_the_heading_of_a_group_holds_for_its_lines(shop: Any) -> None:
    outcome = shop.load(
        "Date,No,Amount\nAnn Lee,,\n05/01/2024,1,1.00\n05/02/2024,2,2.00\nTotal for Ann Lee,,$3.00\n"
        "Bob Ray,,\n05/01/2024,3,4.00\nTotal for Bob Ray,,$4.00\nTOTAL,,$7.00\n",
        columns={
            "order_id": '"No"',
            "customer_id": 'fill_down(case when "No" is null and "Amount" is null then "Date" end)',
            "ordered_at": "local_time(\"Date\", '%m/%d/%Y')",
            "order_revenue": 'money("Amount")',
        },
        keep='"No" is not null',
    )
    assert outcome.column("customer_id") == ["Ann Lee", "Ann Lee", "Bob Ray"]
    assert outcome.counts == (8, 3, 0, 5)


def test_what_is_filled_down_never_comes_from_another_file(shop: Any) -> None:
    outcome = shop.load(
        {
            "2024-05-01": "order_id,customer_id,ordered_at,order_revenue\no1,c1,2024-05-01,1\n",
            "2024-05-02": "order_id,customer_id,ordered_at,order_revenue\no2,,2024-05-02,2\n",
        },
        columns={"customer_id": "fill_down(customer_id)"},
    )
    assert outcome.column("customer_id") == ["c1", None]
