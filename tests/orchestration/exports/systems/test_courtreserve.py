"""CourtReserve: a byte order mark, names twice and over two lines, a totals row, fees in words."""

import csv
import io
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

ORGANIZATION_ID = "courtreserve"
NEW_YORK = ZoneInfo("America/New_York")
HEADER = [
    "Confirmation #", "Name", "Reservation Type", "Start Date/Time", "End Date/Time", "Court(s)",
    "Member #", "Name", "Status", "Created On", "Fee",
]  # fmt: skip
STATUSES = {
    "Checked In": "attended",
    "Cancelled": "cancelled",
    "No Show": "no_show",
    "Reserved": "booked",
}


@dataclass(frozen=True)
class Booking:
    """What the generator knows of a booking."""

    number: int
    member: str
    start: datetime
    made: datetime
    minutes: int
    status: str
    fee: Decimal

    @property
    def canonical(self) -> tuple[Any, ...]:
        """The row as it must stand in the raw table."""
        times = (self.start.astimezone(UTC), self.made.astimezone(UTC))
        return (
            str(self.number),
            self.member,
            *times,
            self.minutes,
            self.fee,
            STATUSES[self.status],
        )


def spelled(moment: datetime) -> str:
    hour = moment.hour % 12 or 12
    return f"{moment.month}/{moment.day}/{moment.year} {hour}:{moment.minute:02} {moment:%p}"


def draw(count: int) -> list[Booking]:
    rng = random.Random(7)
    bookings = []
    for number in range(count):
        day = datetime(2024, 1, 1, tzinfo=NEW_YORK) + timedelta(days=rng.randrange(366))
        start = day.replace(hour=rng.randrange(6, 22), minute=rng.choice([0, 30]))
        bookings.append(
            Booking(
                number=48_211_000 + number,
                member="" if rng.random() < 0.01 else str(rng.randrange(1000, 1400)),
                start=start,
                made=start - timedelta(days=rng.randrange(1, 14), hours=rng.randrange(5)),
                minutes=rng.choice([30, 60, 90]),
                status=rng.choice(list(STATUSES)),
                fee=Decimal(rng.choice([0, 1600, 2450, 123450])) / 100,
            )
        )
    return bookings


def fee_in_words(fee: Decimal, number: int) -> str:
    if not fee:
        return ["", "$0.00"][number % 2]
    return f"(Drop-in) ${fee:,.2f}" if number % 3 == 0 else f"${fee:,.2f}"


def report(bookings: list[Booking]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for booking in bookings:
        name = "Lee, Ann\n(Guest of Bob)" if booking.number % 4 == 0 else 'Ann "Ace" Lee'
        end = booking.start + timedelta(minutes=booking.minutes)
        writer.writerow(
            [
                booking.number, "Open Play", "Pickleball", spelled(booking.start), spelled(end),
                f"Court #{booking.number % 8}", booking.member, name, booking.status,
                spelled(booking.made), fee_in_words(booking.fee, booking.number),
            ]
        )  # fmt: skip
    total = sum(booking.fee for booking in bookings)
    writer.writerow([*[""] * 9, "Total", f"${total:,.2f}"])
    return "\ufeff" + text.getvalue()


@pytest.fixture(scope="module")
def bookings(system: Any) -> list[Booking]:
    drawn = draw(1_000)
    system.deliver("ReservationsReport_2024-12-31.csv", report(drawn))
    result = system.load("bookings")
    strangers = sum(not booking.member for booking in drawn)
    assert (result.rows_read, result.rows_skipped) == (1_001, 1)
    assert result.rows_quarantined == strangers > 0
    return drawn


def test_every_booking_of_a_member_loads_as_it_was(system: Any, bookings: list[Booking]) -> None:
    loaded = system.rows(
        "select booking_id, member_id, starts_at, booked_at, duration_minutes, revenue, status "
        "from raw.bookings order by booking_id"
    )
    assert loaded == [booking.canonical for booking in bookings if booking.member]


def test_a_booking_without_a_member_waits_in_quarantine(
    system: Any, bookings: list[Booking]
) -> None:
    reasons = system.reasons("bookings")
    assert len(reasons) == sum(not booking.member for booking in bookings)
    assert all("member_id: nothing where a value is required" in one for one in reasons)


def test_members_keep_their_zip_codes_and_dates(system: Any) -> None:
    header = "Member #,First Name,Last Name,Email,Phone,Membership Status,Membership,Member Since,"
    system.deliver(
        "Members_2024-12-31.csv",
        "\ufeff" + header + "Address,Zip Code,Date Of Birth\r\n"
        '1001,Ann,Lee,ann@example.com,(617) 555-0101,Active,Gold,3/9/2021,"1 Main St\r\nApt 2",2139,7/4/1980\r\n'
        "1002,Bob,,,,Suspended,,12/31/2023,,10001,\r\n"
        "1003,Cy,Ray,,,Canceled,Silver,1/2/2020,,501.0,1/1/1999\r\n"
        ",Total Members: 3,,,,,,,,,\r\n",
    )
    result = system.load("members")
    assert (result.rows_read, result.rows_loaded, result.rows_skipped) == (4, 3, 1)
    members = system.rows(
        "select member_id, name, status, join_date, home_zip_code, birth_year "
        "from raw.members order by member_id"
    )
    assert members == [
        ("1001", "Ann Lee", "active", date(2021, 3, 9), "02139", 1980),
        ("1002", "Bob", "paused", date(2023, 12, 31), "10001", None),
        ("1003", "Cy Ray", "cancelled", date(2020, 1, 2), "00501", 1999),
    ]
