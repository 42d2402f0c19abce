"""Playtomic: semicolons, titles of varying number, day before month, a dash for nothing."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

ORGANIZATION_ID = "playtomic"
MADRID = ZoneInfo("Europe/Madrid")
HEADER = (
    "ID reserva;Fecha de creación;Inicio;Fin;Pista;Deporte;ID cliente;Cliente;Precio;Estado\r\n"
)
STATUSES = {
    "Confirmada": "booked",
    "Jugada": "attended",
    "Cancelada": "cancelled",
    "No presentado": "no_show",
}
BLOCKED = "Bloqueada"
TITLES = [
    "",
    "Pádel Sur;;;;;;;;;\r\n",
    "Pádel Sur;;;;;;;;;\r\nReservas;;;;;;;;;\r\nDel 01/03/2024 al 31/03/2024;;;;;;;;;\r\n",
    "Pádel Sur\r\n\r\nReservas\r\nFiltro: todas; sin bloqueos\r\n\r\n",
]


@dataclass(frozen=True)
class Booking:
    """What the generator knows of a booking, or of a court that the club blocked."""

    number: int
    customer: str
    start: datetime
    made: datetime
    minutes: int
    court: str | None
    price: Decimal
    status: str

    @property
    def canonical(self) -> tuple[Any, ...]:
        """The row as it must stand in the raw table."""
        times = (self.start.astimezone(UTC), self.made.astimezone(UTC))
        status = STATUSES[self.status]
        return (
            f"r{self.number}", self.customer, *times, self.minutes, self.court, self.price, status
        )  # fmt: skip


def draw(day: int, count: int) -> list[Booking]:
    rng = random.Random(day)
    # March 31 has no hour from 2 to 3 in Madrid; nobody plays then.
    start = datetime(2024, 3, day, tzinfo=MADRID)
    return [
        Booking(
            number=day * 1_000 + number,
            customer=f"c{rng.randrange(90)}",
            start=start.replace(hour=rng.randrange(8, 23), minute=rng.choice([0, 30])),
            made=start.replace(hour=rng.randrange(8, 23)) - timedelta(days=rng.randrange(1, 9)),
            minutes=rng.choice([60, 90]),
            court=rng.choice(["Pista 1", "Pista 2 (cubierta)", None]),
            price=Decimal(rng.randrange(0, 200_000, 50)) / 100,
            status=rng.choice([*STATUSES, BLOCKED]),
        )
        for number in range(count)
    ]


def price(amount: Decimal) -> str:
    euros, cents = divmod(int(amount * 100), 100)
    return f"{euros:,},{cents:02} €".replace(",", ".", f"{euros:,}".count(",")) if amount else "-"


def export(bookings: Iterable[Booking]) -> str:
    form = "%d/%m/%Y %H:%M"
    return HEADER + "".join(
        f"r{one.number};{one.made:{form}};{one.start:{form}};"
        f"{one.start + timedelta(minutes=one.minutes):{form}};{one.court or '-'};PADEL;"
        f"{'-' if one.status == BLOCKED else one.customer};-;{price(one.price)};{one.status}\r\n"
        for one in bookings
    )


@pytest.fixture(scope="module")
def bookings(system: Any) -> list[Booking]:
    days = {25 + number: draw(25 + number, 200) for number in range(len(TITLES))}
    for (day, drawn), titles in zip(days.items(), TITLES, strict=True):
        system.deliver(f"Bookings_202403{day}.csv", titles + export(drawn))
    result = system.load("bookings")
    everything = [booking for drawn in days.values() for booking in drawn]
    blocked = sum(booking.status == BLOCKED for booking in everything)
    assert (result.rows_read, result.rows_quarantined) == (len(everything), 0)
    assert result.rows_skipped == blocked > 0
    return everything


def test_every_booking_loads_whatever_stands_above_the_header(
    system: Any, bookings: list[Booking]
) -> None:
    loaded = system.rows(
        "select booking_id, member_id, starts_at, booked_at, duration_minutes, court_id, revenue, "
        "status from raw.bookings order by booking_id"
    )
    assert loaded == [booking.canonical for booking in bookings if booking.status != BLOCKED]


def test_thousands_of_euros_are_not_taken_for_single_ones(
    system: Any, bookings: list[Booking]
) -> None:
    [(largest,)] = system.rows("select max(revenue) as revenue from raw.bookings")
    assert largest == max(one.price for one in bookings if one.status != BLOCKED) > 1_000
