"""Headers as they really are."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from orchestration.enrichment.people_data_labs.headers import Reading, read_headers

DOCUMENTED = {
    "x-call-credits-spent": "1",
    "x-call-credits-type": "enrich",
    "x-ratelimit-reset": "2022-02-23T20:19:55Z",
    "x-ratelimit-remaining": "{'minute': 1200, 'day': None, 'month': None}",
    "x-ratelimit-limit": "{'minute': 1201, 'day': None, 'month': None}",
    "x-totallimit-remaining": "1342",
}


def test_documented_headers_are_read() -> None:
    reset = datetime(2022, 2, 23, 20, 19, 55, tzinfo=UTC).timestamp()
    assert read_headers(DOCUMENTED) == Reading(1, 1342, 1201, 1200, reset)


def test_the_tightest_of_several_limits_counts() -> None:
    reading = read_headers(
        DOCUMENTED
        | {
            "x-ratelimit-remaining": "{'minute': 90, 'day': 7}",
            "x-ratelimit-limit": "{'minute': 100, 'day': 5000}",
        }
    )
    assert (reading.limit, reading.remaining) == (5000, 7)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "None",
        "many",
        "{'minute': None}",
        "{'minute':",
        "[1, 2]",
        "{[1]: 2}",
        "__import__('os')",
    ],
)
def test_what_cannot_be_read_is_null(value: str) -> None:
    assert read_headers(dict.fromkeys(DOCUMENTED, value)) == Reading()


@pytest.mark.parametrize("value", ["-5", "nan", "inf", "1e300"])
def test_credits_that_a_call_cannot_have_cost_are_null(value: str) -> None:
    assert read_headers({"x-call-credits-spent": value}).spent is None


def test_a_part_of_a_credit_counts_as_one() -> None:
    assert read_headers({"x-call-credits-spent": "2.1"}).spent == 3


def test_a_window_that_never_ends_is_none() -> None:
    reading = read_headers(DOCUMENTED | {"x-ratelimit-reset": "9999-12-31T23:59:59Z"})
    assert reading.resets_at is None


@pytest.mark.parametrize(
    ("value", "seconds"), [("30", 30), ("0.2", 1), ("0", None), ("-1", None), ("1e9", None)]
)
def test_a_gateway_says_for_how_long_to_stay_away(value: str, seconds: int | None) -> None:
    reset = read_headers({"Retry-After": value}).resets_at
    expected = None if seconds is None else pytest.approx(time.time() + seconds, abs=0.5)
    assert reset == expected


def test_a_clock_that_is_ahead_is_noticed_and_one_that_agrees_is_left_alone() -> None:
    ahead = format_datetime(datetime.fromtimestamp(time.time() + 90, UTC), usegmt=True)
    agrees = format_datetime(datetime.fromtimestamp(time.time(), UTC), usegmt=True)
    assert 88 < read_headers(DOCUMENTED | {"Date": ahead}).clock_ahead < 91
    assert read_headers(DOCUMENTED | {"Date": agrees}).clock_ahead == 0
