"""The order of day and month is proven, decided by another fact, or left open."""

from datetime import date, timedelta

import duckdb
import pytest

from orchestration.exports.proposing.dates import Moments, read_moments

SPRING = [date(2024, 3, 1) + timedelta(days=number) for number in range(60)]
EARLY = [day for day in SPRING if day.day <= 12]


def read(values: list[str], export_day: date | None = None) -> Moments | None:
    with duckdb.connect() as connection:
        return read_moments(connection, values, export_day)


@pytest.mark.parametrize(
    "format_",
    [
        "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M %p", "%d-%m-%y", "%Y%m%d",
        "%d-%b-%Y", "%B %d, %Y", "%A, %B %d, %Y", "%m/%d/%Y, %I:%M:%S %p", "%b %d, %Y at %I:%M %p",
    ],
)  # fmt: skip
def test_a_format_is_recognised_by_days_above_12(format_: str) -> None:
    moments = read([day.strftime(format_) for day in SPRING])
    assert moments is not None
    assert moments.formats == (format_,)
    assert moments.is_proven


@pytest.mark.parametrize(
    "values",
    [
        ["03/04/2024", "05/04/2024", "01/02/2024"],
        [f"{day:%d/%m/%Y %H:%M}" for day in EARLY[::-3] + EARLY[::2]],
        [f"{day:%m-%d-%y}" for day in EARLY[::-3] + EARLY[::2]],
        ["05/05/2024", "06/06/2024", "07/07/2024", "08/08/2024", "09/09/2024"],
    ],
)
def test_days_up_to_12_in_no_order_stay_open(values: list[str]) -> None:
    moments = read(values)
    assert moments is not None
    assert moments.is_undecided
    assert moments.order is None


@pytest.mark.parametrize("format_", ["%d/%m/%Y", "%m/%d/%Y"])
def test_a_file_that_mixes_both_orders_stays_open(format_: str) -> None:
    others = [
        day.strftime("%m/%d/%Y" if format_[1] == "d" else "%d/%m/%Y") for day in SPRING[20:25]
    ]
    moments = read([day.strftime(format_) for day in SPRING * 10] + others)
    assert moments is not None
    assert moments.is_undecided
    assert moments.is_mixed


def test_rows_sorted_as_text_prove_nothing() -> None:
    moments = read(sorted(f"{day:%d/%m/%Y}" for day in EARLY))
    assert moments is not None
    assert moments.is_undecided


def test_rows_in_the_order_of_time_decide() -> None:
    moments = read([f"{day:%d/%m/%Y}" for day in EARLY])
    assert moments is not None
    assert moments.formats == ("%d/%m/%Y",)
    assert not moments.is_proven
    assert "order of time" in moments.reason


@pytest.mark.parametrize("format_", ["%d/%m/%Y", "%m/%d/%Y"])
def test_days_just_before_the_export_decide(format_: str) -> None:
    moments = read([day.strftime(format_) for day in SPRING[:10]], date(2024, 3, 11))
    assert moments is not None
    assert moments.formats == (format_,)
    assert "2024-03-11" in moments.reason


def test_a_stray_word_does_not_hide_that_the_order_is_open() -> None:
    moments = read(
        [*(f"{day:%d/%m/%Y}" for day in EARLY[::-1] + EARLY), "soon"] * 20 + ["01/02/2024"] * 900
    )
    assert moments is None or moments.is_undecided


def test_iso_times_need_no_format_and_unix_times_are_known() -> None:
    iso, epoch = read(["2024-01-31T10:00:00Z", "2024-02-01T10:00:00Z"]), read(["1704067200"])
    assert iso is not None
    assert epoch is not None
    assert (iso.formats, iso.is_epoch) == ((), False)
    assert (epoch.formats, epoch.is_epoch) == ((), True)


@pytest.mark.parametrize("values", [["12", "7"], ["a", "b"], ["99999999"], ["12.50", "1,234.00"]])
def test_what_is_no_day_is_not_taken_for_one(values: list[str]) -> None:
    moments = read(values)
    assert moments is None or not moments.has_days
