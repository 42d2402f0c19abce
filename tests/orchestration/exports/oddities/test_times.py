"""How days and times are written."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

HEADER = "order_id|When|order_revenue\n"
TEN = datetime(2024, 5, 1, 10, tzinfo=UTC)


def load_times(shop: Any, texts: list[str], expression: str = '"When"') -> Any:
    rows = "".join(f"o{n}|{text}|1\n" for n, text in enumerate(texts))
    return shop.load(HEADER + rows, read={"delimiter": "|"}, columns={"ordered_at": expression})


def assert_all_quarantined(outcome: Any, texts: list[str]) -> None:
    assert outcome.rows == []
    for line, text in enumerate(texts, 2):
        assert f"\"When\" = '{text}'" in outcome.reasons[line]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("01/05/2024 11:00", "%d/%m/%Y %H:%M"),
        ("05/01/2024 11:00", "%m/%d/%Y %H:%M"),
        ("1/5/2024 11:00", "%d/%m/%Y %H:%M"),
        ("5/1/2024 11:00 AM", "%m/%d/%Y %I:%M %p"),
        ("5/1/24 11:00:00AM", "%m/%d/%y %I:%M:%S%p"),
        ("01-May-2024 11:00", "%d-%b-%Y %H:%M"),
        ("May 1, 2024, 11:00", "%b %d, %Y, %H:%M"),
        ("Wednesday, May 1, 2024 11:00", "%A, %B %d, %Y %H:%M"),
        ("01.05.24 11:00", "%d.%m.%y %H:%M"),
        ("20240501T110000", "%Y%m%dT%H%M%S"),
        ("2024-05-01 12:00:00 +0200", "%Y-%m-%d %H:%M:%S %z"),
        ("2024-05-01 06:00:00 America/New_York", "%Y-%m-%d %H:%M:%S %Z"),
        ("2024-05-01 11:00:00.000", "%Y-%m-%d %H:%M:%S.%f"),
    ],
)
def test_a_time_is_read_by_the_format_of_its_source(shop: Any, text: str, form: str) -> None:
    outcome = load_times(shop, [text], f"local_time(\"When\", '{form}')")
    assert outcome.column("ordered_at") == [TEN]


def test_a_time_by_the_standard_needs_no_format(shop: Any) -> None:
    texts = [
        "2024-05-01 11:00",
        "2024-05-01T11:00:00",
        "2024-05-01T10:00:00Z",
        "2024-05-01T12:00:00+02:00",
        "2024-05-01 06:00:00 -0400",
        "2024-05-01 10:00:00 UTC",
        "2024-05-01T10:00:00.000Z",
    ]
    assert load_times(shop, texts).column("ordered_at") == [TEN] * len(texts)


def test_a_time_in_another_format_is_quarantined_and_never_guessed(shop: Any) -> None:
    texts = [
        "05/13/2024 11:00",
        "01/05/24 11:00",
        "31/04/2024 11:00",
        "2024-05-01",
        "01/05/2024",
        "01/05/2024 11:00 AM",
        "01/05/2024 25:00",
        "00/00/0000 00:00",
        "45413",
    ]
    outcome = load_times(shop, texts, "local_time(\"When\", '%d/%m/%Y %H:%M')")
    assert_all_quarantined(outcome, texts)


def test_a_time_without_a_format_is_quarantined_unless_it_is_by_the_standard(shop: Any) -> None:
    texts = [
        "01/05/2024",
        "2024-05-01 01:00 PM",
        "2024-05-01 11:00 EST",
        "1714557600",
        "today",
        "2024",
    ]
    assert_all_quarantined(load_times(shop, texts), texts)


def test_a_count_of_seconds_or_milliseconds_is_a_time(shop: Any) -> None:
    outcome = load_times(shop, ["1714557600", "1714557600.0", "1714557600000"], 'unix_time("When")')
    assert outcome.column("ordered_at") == [TEN] * 3


def test_a_column_in_utc_says_so_in_the_mapping(shop: Any) -> None:
    outcome = load_times(shop, ["2024-05-01 10:00"], "\"When\" || 'Z'")
    assert outcome.column("ordered_at") == [TEN]


def test_a_column_in_another_zone_says_so_in_the_mapping(shop: Any) -> None:
    outcome = load_times(
        shop, ["2024-05-01 06:00"], "\"When\"::timestamp at time zone 'US/Eastern'"
    )
    assert outcome.column("ordered_at") == [TEN]


def test_of_several_formats_the_first_that_fits_is_taken(shop: Any) -> None:
    outcome = load_times(
        shop,
        ["01/05/2024 11:00", "2024-05-01 11:00", "01/05/2024"],
        "local_time(\"When\", ['%d/%m/%Y %H:%M', '%Y-%m-%d %H:%M'])",
    )
    assert outcome.column("ordered_at") == [TEN, TEN]
    assert list(outcome.reasons) == [4]


def test_a_file_without_times_describes_the_day_in_its_name(shop: Any) -> None:
    header = "order_id,order_revenue\n"
    outcome = shop.load(
        {"2024-05-01": f"{header}o1,1\n", "2024-12-01": f"{header}o2,2\n"},
        columns={"ordered_at": "_export_date"},
    )
    assert outcome.column("ordered_at") == [
        datetime(2024, 4, 30, 23, tzinfo=UTC),
        datetime(2024, 12, 1, tzinfo=UTC),
    ]


def test_day_and_hour_in_two_columns_are_put_together(shop: Any) -> None:
    outcome = shop.load(
        "order_id,Day,Hour,order_revenue\no1,05/01/2024,11:00 AM,1\n",
        columns={"ordered_at": "local_time(\"Day\" || ' ' || \"Hour\", '%m/%d/%Y %I:%M %p')"},
    )
    assert outcome.column("ordered_at") == [TEN]


def test_an_hour_that_the_clocks_skip_is_quarantined_and_one_they_repeat_is_the_first(
    shop: Any,
) -> None:
    outcome = shop.load(
        "order_id,ordered_at,order_revenue\n"
        "o1,2024-03-31 01:30,1\no2,2024-10-27 01:30,1\no3,2024-10-27 02:30,1\n"
    )
    assert list(outcome.reasons) == [2]
    assert outcome.column("ordered_at") == [
        datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
        datetime(2024, 10, 27, 2, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("2024-05-01", '"When"'),
        ("2024-05-01T23:30:00", '"When"'),
        ("01/05/2024", "date_of(\"When\", '%d/%m/%Y')"),
        ("12/31/2023 11:30 PM", "local_time(\"When\", '%m/%d/%Y %I:%M %p') + interval 122 days"),
    ],
)
def test_a_day_is_the_local_one(shop: Any, text: str, expression: str) -> None:
    outcome = shop.load(
        f"member_id,name,When,status\nm1,Ann,{text},active\n",
        "members",
        columns={"join_date": expression},
    )
    assert outcome.column("join_date") == [date(2024, 5, 1)]
