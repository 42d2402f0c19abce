"""How amounts and numbers are written."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

HEADER = "order_id;ordered_at;Total\n"


DOT = {
    "$1,234.56": "1234.56",
    "(Drop-in) $16.00": "16.00",
    "(1,549.00)": "-1549.00",
    "($1,549.00)": "-1549.00",
    "-$5.00": "-5.00",
    "$-5.00": "-5.00",
    "5.00-": "-5.00",
    "\u22125.00": "-5.00",
    "1 234.50": "1234.50",
    "1\u00a0234.50": "1234.50",
    "1\u2009234.50": "1234.50",
    "1\u202f234.50 €": "1234.50",
    "1'234.50 CHF": "1234.50",
    "USD 1,234": "1234.00",
    "R$ 12.00": "12.00",
    "kr 12.00": "12.00",
    "₹1,00,000.50": "100000.50",
    '"""12.50"""': "12.50",
    "'12.50": "12.50",
    "0": "0.00",
    "+3": "3.00",
    "1234.5": "1234.50",
}
COMMA = {
    "32.000,00 EUR": "32000.00",
    "$ 32.000,00": "32000.00",
    "1.234,5-": "-1234.50",
    "1 234,50 €": "1234.50",
    "-1.234": "-1234.00",
    "0,5": "0.50",
}


def load_amounts(
    shop: Any, texts: Iterable[str], expression: str = 'money("Total")', mark: str = "."
) -> Any:
    rows = "".join(f"o{n};2024-05-01;{text}\n" for n, text in enumerate(texts))
    return shop.load(
        HEADER + rows,
        read={"delimiter": ";", "decimal": mark},
        columns={"order_revenue": expression},
    )


@pytest.mark.parametrize(("mark", "spellings"), [(".", DOT), (",", COMMA)])
def test_money_is_understood_however_it_is_spelled(
    shop: Any, mark: str, spellings: dict[str, str]
) -> None:
    outcome = load_amounts(shop, spellings, mark=mark)
    loaded = dict(zip(spellings, outcome.column("order_revenue"), strict=True))
    assert loaded == {text: Decimal(amount) for text, amount in spellings.items()}


@pytest.mark.parametrize(
    ("mark", "texts"),
    [
        (
            ".",
            ["12,50", "1.234.567", "1,23,4", "1.23E+11", "5.00 CR", "45 %", "free", "#VALUE!",
             "12.50 or 13", "--5", "(5.00", "99999999999999999999"],
        ),
        (",", ["1.234.56", "12.50", "1,234,567"]),
    ],
)  # fmt: skip
def test_an_amount_that_could_mean_something_else_is_quarantined(
    shop: Any, mark: str, texts: list[str]
) -> None:
    outcome = load_amounts(shop, texts, mark=mark)
    for line, text in enumerate(texts, 2):
        assert f"order_revenue: \"Total\" = '{text}'" in outcome.reasons[line]
    assert outcome.counts == (len(texts), 0, len(texts), 0)


def test_credits_and_debits_are_told_by_the_mapping(shop: Any) -> None:
    expression = (
        "money(regexp_replace(\"Total\", ' [CD]R$', '')) "
        "* case when \"Total\" like '% CR' then -1 else 1 end"
    )
    outcome = load_amounts(shop, ["5.00 CR", "6.00 DR", "7.00"], expression)
    assert outcome.column("order_revenue") == [-5, 6, 7]


def test_percent_is_a_number_of_hundredths(shop: Any) -> None:
    outcome = load_amounts(shop, ["45 %", "45%", "-7.5 %"], 'percent("Total")')
    assert outcome.column("order_revenue") == [45, 45, Decimal("-7.5")]


def test_a_share_of_another_column_is_arithmetic(shop: Any) -> None:
    outcome = shop.load(
        "order_id,ordered_at,Total,Margin\no1,2024-05-01,$200.00,45 %\n",
        columns={
            "order_revenue": 'money("Total")',
            "gross_margin": 'money("Total") * percent("Margin") / 100',
        },
    )
    assert outcome.column("gross_margin") == [90]


def test_several_currencies_in_one_column_are_told_apart_by_the_mapping(shop: Any) -> None:
    outcome = shop.load(
        "order_id,ordered_at,Total\no1,2024-05-01,10.00 EUR\no2,2024-05-01,$10.00\n",
        columns={
            "order_revenue": 'money("Total")',
            "currency": "case when \"Total\" like '%EUR' then 'EUR' when \"Total\" like '$%' then 'USD' end",
        },
    )
    assert outcome.column("currency") == ["EUR", "USD"]


def test_a_number_without_a_helper_follows_the_files_decimal_mark(shop: Any) -> None:
    outcome = load_amounts(shop, ["1.234", "1234,5"], '"Total"', mark=",")
    assert outcome.column("order_revenue") == [1234, Decimal("1234.5")]


def test_a_whole_number_with_thousands_is_read_as_money(shop: Any) -> None:
    outcome = shop.load(
        'customer_id,customer_name,Staff\na1,Acme,"1,200"\na2,Ace,80\na3,Ade,7.5\n',
        "accounts",
        columns={"employee_count": 'money("Staff")'},
    )
    assert outcome.column("employee_count")[:2] == [1200, 80]


def test_refunds_and_voids_are_negative_lines(shop: Any) -> None:
    outcome = shop.load(
        "order_id,ordered_at,product_id,quantity,unit_price,Type\n"
        "o1,2024-05-01,p1,2,$5.00,Sale\n"
        "o1,2024-05-02,p1,1,$5.00,Refund\n"
        "o2,2024-05-02,p1,-1,$5.00,Void\n"
        "o3,2024-05-02,p2,1,($3.00),Sale\n",
        "order_lines",
        columns={
            "quantity": "case when \"Type\" = 'Sale' then 1 else -1 end * abs(quantity::decimal(18, 4))",
            "unit_price": "money(unit_price)",
        },
    )
    lines = zip(outcome.column("quantity"), outcome.column("unit_price"), strict=True)
    assert [quantity * price for quantity, price in lines] == [10, -5, -5, -3]
