"""What stands around the rows: delimiters, line ends, titles, totals, headings and footers."""

from typing import Any

import pytest

HEADER = "order_id,customer_id,ordered_at,order_revenue\n"
MAPPED = {"order_id": '"Order"', "ordered_at": '"Date"', "order_revenue": 'money("Total")'}
IS_AN_ORDER = "regexp_full_match(\"Order\", 'o[0-9]+')"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_columns_and_lines_end_as_the_source_ends_them(
    shop: Any, delimiter: str, line_end: str
) -> None:
    text = (HEADER + "o1,c1,2024-05-01,1\no2,,2024-05-01,2\n").replace(",", delimiter)
    outcome = shop.load(text.replace("\n", line_end), read={"delimiter": delimiter})
    assert outcome.column("order_id") == ["o1", "o2"]
    assert outcome.counts == (2, 2, 0, 0)


def test_mixed_line_ends_end_lines_all_the_same(shop: Any) -> None:
    outcome = shop.load(HEADER + "o1,c1,2024-05-01,1\r\no2,c2,2024-05-01,2\no3,c3,2024-05-01,3")
    assert outcome.column("order_revenue") == [1, 2, 3]


def test_line_breaks_delimiters_and_quotes_stand_inside_quoted_values(shop: Any) -> None:
    outcome = shop.load(
        HEADER + 'o1,"Ann ""Ace"" Lee,\r\nJr.",2024-05-01,1\no2,"a\nb\nc",2024-05-01,2\n'
    )
    assert outcome.column("customer_id") == ['Ann "Ace" Lee,\r\nJr.', "a\nb\nc"]
    assert outcome.column("_line") == [2, 4]


def test_a_quote_inside_a_value_that_is_not_quoted_is_a_character(shop: Any) -> None:
    outcome = shop.load(HEADER + "o1,5\" pipe,2024-05-01,1\no2,O'Neil,2024-05-01,2\n")
    assert outcome.column("customer_id") == ['5" pipe', "O'Neil"]


@pytest.mark.parametrize("more", ["", "too,short\n", '"o3","a\nb","2024-05-01","1"\n'])
def test_quotes_behind_a_blank_are_quotes_whatever_else_the_file_holds(
    shop: Any, more: str
) -> None:
    outcome = shop.load(f'{HEADER}"o1", "Lee, Ann", "2024-05-01", "1"\n{more}')
    assert outcome.column("customer_id")[0] == "Lee, Ann"


def test_a_quote_that_is_not_doubled_costs_its_line_only(shop: Any) -> None:
    outcome = shop.load(
        HEADER + 'o1,"Ann "Ace" Lee",2024-05-01,1\no2,"open,2024-05-01,2\no3,c3,2024-05-01,3\n'
    )
    assert outcome.column("order_id") == ["o3"]
    assert sorted(outcome.reasons) == [2, 3]


def test_backslashes_escape_where_the_mapping_says_so(shop: Any) -> None:
    outcome = shop.load(
        HEADER + 'o1,"5\\" pipe",2024-05-01,1\no2,"a\\\\b",2024-05-01,2\no3,\\N,2024-05-01,3\n',
        read={"escape": "\\", "nulls": ["\\N"]},
    )
    assert outcome.column("customer_id") == ['5" pipe', "a\\b", None]


@pytest.mark.parametrize("read", [{}, {"header_contains": ["order_id"]}])
def test_blank_lines_are_no_rows(shop: Any, read: dict[str, Any]) -> None:
    outcome = shop.load(
        "\n  \r\n" + HEADER + "\no1,c1,2024-05-01,1\n\n   \no2,c2,2024-05-01,2\n\n\n", read=read
    )
    assert outcome.column("_line") == [5, 8]
    assert outcome.counts == (2, 2, 0, 0)


def test_lines_of_nothing_but_delimiters_are_dropped_by_keep(shop: Any) -> None:
    outcome = shop.load(HEADER + "o1,c1,2024-05-01,1\n,,,\n,,,\n", keep="order_id is not null")
    assert outcome.counts == (3, 1, 0, 2)


def test_a_preamble_of_known_length_is_passed_over(shop: Any) -> None:
    outcome = shop.load("Orders\n\n" + HEADER + "o1,c1,2024-05-01,1\n", read={"skip_preamble": 2})
    assert outcome.column("_line") == [4]


def test_a_file_that_ends_within_its_preamble_is_refused(shop: Any) -> None:
    outcome = shop.load(HEADER + "o1,c1,2024-05-01,1\n", read={"skip_preamble": 2})
    assert "has nothing below the 2 lines of read.skip_preamble" in outcome.refusal


@pytest.mark.parametrize("titles", ["", "Orders\n", 'Orders\n"Ann\'s, shop"\n\n"May\n2024"\n'])
def test_a_preamble_of_any_length_ends_at_the_header(shop: Any, titles: str) -> None:
    outcome = shop.load(
        titles + "Order,Date,Total\no1,2024-05-01,$1.00\n",
        read={"header_contains": ["Order", "Total"]},
        columns=MAPPED,
    )
    assert outcome.column("order_id") == ["o1"]
    assert outcome.column("_line") == [titles.count("\n") + 2]


def test_the_line_that_tells_excel_the_delimiter_is_a_preamble(shop: Any) -> None:
    outcome = shop.load(
        "sep=;\r\nOrder;Date;Total\r\no1;2024-05-01;1,50\r\n",
        read={"delimiter": ";", "decimal": ",", "header_contains": ["Order"]},
        columns=MAPPED,
    )
    assert [str(amount) for amount in outcome.column("order_revenue")] == ["1.50"]


def test_a_header_that_is_nowhere_refuses_the_file(shop: Any) -> None:
    outcome = shop.load("Order,Date,Sum\no1,2024-05-01,1\n", read={"header_contains": ["Total"]})
    assert "Total" in outcome.refusal


def test_totals_subtotals_headings_and_footers_are_skipped(shop: Any) -> None:
    outcome = shop.load(
        "Order,Date,Total\n"
        "North,,\n"
        "o1,2024-05-01,$1.00\n"
        "Subtotal,,$1.00\n"
        "South,,\n"
        "o2,2024-05-01,$2.00\n"
        "Subtotal,,$2.00\n"
        "TOTAL,,$3.00\n"
        '"Wednesday, May 1, 2024 09:15 PM GMT+1 - Accrual Basis",,\n',
        columns=MAPPED,
        keep=IS_AN_ORDER,
    )
    assert outcome.column("order_revenue") == [1, 2]
    assert outcome.counts == (8, 2, 0, 6)


def test_headings_and_footers_that_fill_no_line_are_skipped_where_lines_are_padded(
    shop: Any,
) -> None:
    outcome = shop.load(
        "Order,Date,Total\nNorth\no1,2024-05-01,$1.00\nTotal for North,$1.00\n\nprinted 09:15\n",
        read={"short_lines": "pad"},
        columns=MAPPED,
        keep=IS_AN_ORDER,
    )
    assert outcome.column("order_id") == ["o1"]
    assert outcome.counts == (4, 1, 0, 3)


def test_lines_that_are_too_short_are_quarantined_where_nobody_asked_to_pad_them(shop: Any) -> None:
    outcome = shop.load(HEADER + "o1,c1,2024-05-01,1\nTotal,1\n")
    assert outcome.reasons == {3: "the line has 2 values where the header has 4 columns"}


def test_a_padded_line_still_owes_what_the_contract_requires(shop: Any) -> None:
    outcome = shop.load(HEADER + "o1,c1,2024-05-01,1\no2,c2\n", read={"short_lines": "pad"})
    assert "ordered_at: nothing where a value is required" in outcome.reasons[3]


def test_a_line_that_is_too_long_is_quarantined(shop: Any) -> None:
    outcome = shop.load(HEADER + "o1,Lee, Ann,2024-05-01,1\n")
    assert outcome.reasons == {2: "the line has 5 values where the header has 4 columns"}


@pytest.mark.parametrize("header", [HEADER, HEADER.replace("\n", ",\n")])
def test_a_delimiter_at_the_end_of_lines_makes_no_column(shop: Any, header: str) -> None:
    outcome = shop.load(header + "o1,c1,2024-05-01,1,\no2,c2,2024-05-01,2,\n")
    assert outcome.column("order_revenue") == [1, 2]


def test_comments_are_skipped(shop: Any) -> None:
    outcome = shop.load(
        "# exported by till 3\n" + HEADER + "# shift 1\no1,c1,2024-05-01,1\n",
        read={"header_contains": ["order_id"], "short_lines": "pad"},
        keep="order_id not like '#%'",
    )
    assert outcome.counts == (2, 1, 0, 1)


def test_a_header_repeated_on_every_page_is_skipped(shop: Any) -> None:
    outcome = shop.load(
        HEADER + "o1,c1,2024-05-01,1\n" + HEADER + "o2,c2,2024-05-01,2\n",
        keep="order_id <> 'order_id'",
    )
    assert outcome.counts == (3, 2, 0, 1)


def test_a_table_drawn_with_bars_and_dashes_loads(shop: Any) -> None:
    outcome = shop.load(
        "Order list          Page 1\n"
        "\n"
        "---------------------------------\n"
        "| Order | Date       |    Total |\n"
        "---------------------------------\n"
        "| o1    | 01.05.2024 | 1.234,50 |\n"
        "| o2    | 02.05.2024 |    12,5- |\n"
        "---------------------------------\n",
        read={
            "delimiter": "|",
            "decimal": ",",
            "header_contains": ["Order", "Total"],
            "short_lines": "pad",
        },
        columns={**MAPPED, "ordered_at": "local_time(\"Date\", '%d.%m.%Y')"},
        keep=IS_AN_ORDER,
    )
    assert [str(amount) for amount in outcome.column("order_revenue")] == ["1234.50", "-12.50"]
    assert outcome.counts == (4, 2, 0, 2)


def test_columns_of_one_width_load_as_runs_of_blanks(shop: Any) -> None:
    outcome = shop.load(
        " order_id  customer_id ordered_at   order_revenue\n o1 c1   2024-05-01          1.50\n",
        read={"delimiter": "whitespace"},
    )
    assert outcome.column("customer_id") == ["c1"]


def test_a_file_without_a_header_has_numbered_columns(shop: Any) -> None:
    outcome = shop.load(
        "o1,2024-05-01,1\n",
        read={"header": False},
        columns={"order_id": "column_1", "ordered_at": "column_2", "order_revenue": "column_3"},
    )
    assert outcome.column("_line") == [1]
