"""Exports of systems without an example mapping, mapped as the README tells."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any


def test_shopify_orders_repeat_nothing_but_the_name_and_carry_an_offset(shop: Any) -> None:
    outcome = shop.load(
        "Name,Email,Financial Status,Created at,Currency,Total,Lineitem quantity,Lineitem name,"
        "Lineitem price,Lineitem sku,Billing Zip\n"
        '#1001,ann@example.com,paid,2024-05-01 06:00:00 -0400,USD,45.00,1,"Tee, blue",25.00,,\'02139\n'
        "#1001,ann@example.com,,,,,2,Mug,10.00,MUG-1,\n"
        "#1002,,refunded,2024-05-01 07:30:00 -0400,USD,10.00,1,Mug,10.00,MUG-1,\n",
        "order_lines",
        columns={
            "order_id": '"Name"',
            "customer_id": 'fill_down("Name" || \' \' || "Email")',
            "ordered_at": 'fill_down("Created at")',
            "product_id": 'coalesce("Lineitem sku", "Lineitem name")',
            "product_name": '"Lineitem name"',
            "quantity": '"Lineitem quantity"',
            "unit_price": '"Lineitem price"',
        },
    )
    lines = [(row["order_id"], row["line_number"], row["product_id"]) for row in outcome.rows]
    assert lines == [("#1001", 1, "Tee, blue"), ("#1001", 2, "MUG-1"), ("#1002", 1, "MUG-1")]
    assert outcome.column("ordered_at")[:2] == [datetime(2024, 5, 1, 10, tzinfo=UTC)] * 2


def test_stripe_charges_are_in_utc_and_refunds_in_a_column_of_their_own(shop: Any) -> None:
    outcome = shop.load(
        '"id","Created date (UTC)","Amount","Amount Refunded","Currency","Status","Customer ID"\n'
        '"ch_1","2024-05-01 10:00:00","1,250.00","0.00","usd","Paid","cus_9"\n'
        '"ch_2","2024-05-01 10:00:01","20.00","5.00","usd","Paid",""\n'
        '"ch_3","2024-05-01 10:00:02","20.00","0.00","usd","Failed","cus_9"\n',
        columns={
            "order_id": '"id"',
            "customer_id": '"Customer ID"',
            "ordered_at": "\"Created date (UTC)\" || 'Z'",
            "order_revenue": 'money("Amount") - money("Amount Refunded")',
            "currency": 'upper("Currency")',
            "status": "null",
        },
        keep="\"Status\" <> 'Failed'",
    )
    assert outcome.column("order_revenue") == [Decimal(1250), Decimal(15)]
    assert outcome.column("ordered_at")[0] == datetime(2024, 5, 1, 10, tzinfo=UTC)
    assert outcome.counts == (3, 2, 0, 1)


def test_square_has_date_time_and_zone_apart(shop: Any) -> None:
    outcome = shop.load(
        "Date,Time,Time Zone,Transaction ID,Net Sales,Customer ID\n"
        '05/01/24,06:00:00,Eastern Time (US & Canada),t1,"$1,016.00",\n'
        "05/01/24,06:00:01,Eastern Time (US & Canada),t2,($16.00),C1\n",
        columns={
            "order_id": '"Transaction ID"',
            "customer_id": '"Customer ID"',
            "ordered_at": "strptime(\"Date\" || ' ' || \"Time\", '%m/%d/%y %H:%M:%S') "
            "at time zone 'America/New_York'",
            "order_revenue": 'money("Net Sales")',
        },
    )
    assert outcome.column("order_revenue") == [1016, -16]
    assert outcome.column("ordered_at")[0] == datetime(2024, 5, 1, 10, tzinfo=UTC)


def test_amounts_of_a_web_api_are_cents_and_its_times_seconds(shop: Any) -> None:
    outcome = shop.load(
        '{"object": "list", "data": [{"id": "in_1", "created": 1714557600, "total": 1050,'
        ' "customer": {"id": "c1"}, "lines": [{"a": 1}, {"a": 2}]}], "has_more": false}',
        read={"format": "json", "records": "data"},
        columns={
            "order_id": '"id"',
            "customer_id": '"customer.id"',
            "ordered_at": 'unix_time("created")',
            "order_revenue": 'money("total") / 100',
        },
    )
    assert (outcome.column("customer_id"), outcome.column("order_revenue")) == (
        ["c1"],
        [Decimal("10.50")],
    )


def test_a_dump_of_mysql_has_no_header_and_backslashes(shop: Any) -> None:
    outcome = shop.load(
        "1\t2024-05-01 10:00:00\t10.50\t\\N\n2\t0000-00-00 00:00:00\t1.00\tc1\n",
        read={"delimiter": "\t", "quote": "", "header": False, "nulls": ["\\N"]},
        columns={
            "order_id": "column_1",
            "ordered_at": "column_2",
            "order_revenue": "column_3",
            "customer_id": "column_4",
        },
    )
    assert (outcome.column("order_id"), outcome.column("customer_id")) == (["1"], [None])
    assert "0000-00-00" in outcome.reasons[2]


def test_a_bank_statement_of_germany_has_a_balance_above_and_a_latin_encoding(shop: Any) -> None:
    outcome = shop.load(
        (
            '"Kontoübersicht";"DE02 1203"\n"Saldo:";"1.234,56 EUR"\n""\n'
            '"Buchungstag";"Empfänger";"Betrag (EUR)";"Nr";\n'
            '"01.05.24";"Müller & Söhne";"-1.250,00";"1";\n"02.05.24";"Café";"12,5";"2";\n'
        ).encode("cp1252"),
        read={
            "delimiter": ";",
            "decimal": ",",
            "encoding": "cp1252",
            "header_contains": ["Buchungstag"],
        },
        columns={
            "order_id": '"Nr"',
            "customer_id": '"Empfänger"',
            "ordered_at": "local_time(\"Buchungstag\", '%d.%m.%y')",
            "order_revenue": 'money("Betrag (EUR)")',
        },
    )
    assert outcome.column("customer_id") == ["Müller & Söhne", "Café"]
    assert outcome.column("order_revenue") == [Decimal(-1250), Decimal("12.50")]
