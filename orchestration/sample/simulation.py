"""Everything that happens in the sample, before any system writes it down."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from orchestration.sample.accounts import draw_accounts
from orchestration.sample.bookings import (
    LONGEST_LEAD,
    MEMBER_SEASON,
    MEMBERS,
    Bookings,
    draw_bookings,
)
from orchestration.sample.draws import NEVER
from orchestration.sample.lives import Lives
from orchestration.sample.members import draw_members
from orchestration.sample.orders import ACCOUNT_SEASON, ACCOUNTS, Orders, draw_orders
from orchestration.sample.people import employ, register_again
from orchestration.sample.products import Catalogue, draw_catalogue
from orchestration.sample.purchases import (
    Population,
    Purchases,
    draw_population,
    draw_purchases,
)
from orchestration.sample.returns import draw_returns
from orchestration.sample.season import OperationalClock
from orchestration.sample.timetable import Timetable

MEMBER_SHARE = 0.6


@dataclass(frozen=True)
class CustomerType:
    """Customers of one type, what they bought and the clock that they live by.

    Attributes
    ----------
    population, purchases, clock
        The process in operational time, which may run on after the sample's end.
    lives
        When they come and go, in days of the calendar; those who come back later go all the same.
    win_back
        As ``draw_returns`` gives it.
    attributes
        Who they are, one row per customer, the id in the first column.
    """

    population: Population
    purchases: Purchases
    clock: OperationalClock
    lives: Lives
    win_back: pd.DataFrame
    attributes: pd.DataFrame


@dataclass(frozen=True)
class Simulation:
    """One club's years.

    Attributes
    ----------
    links
        Which records are of the same person or company, columns ``people.LINK``.
    """

    timetable: Timetable
    members: CustomerType
    accounts: CustomerType
    bookings: Bookings
    orders: Orders
    catalogue: Catalogue
    links: pd.DataFrame


def simulate(seed: int, customers: int, timetable: Timetable) -> Simulation:
    """Simulate a club with so many customers."""
    rng = np.random.default_rng([seed, 0])
    size = round(MEMBER_SHARE * customers)
    members, bookings = _simulate_members(rng, size, timetable)
    catalogue = draw_catalogue(rng, timetable.days)
    accounts, orders = _simulate_accounts(rng, customers - size, catalogue, timetable)
    attributes, again = register_again(rng, members.attributes, members.lives.dropped_out)
    attributes, employed = employ(rng, attributes, accounts.attributes)
    members = replace(members, attributes=attributes)
    links = pd.concat([again, employed], ignore_index=True)
    return Simulation(timetable, members, accounts, bookings, orders, catalogue, links)


def _simulate_members(
    rng: np.random.Generator, size: int, timetable: Timetable
) -> tuple[CustomerType, Bookings]:
    # Bookings for days after the end are made before it.
    days = timetable.days
    horizon = Timetable(timetable.first_day, days + LONGEST_LEAD)
    clock = OperationalClock(MEMBER_SEASON.intensities(timetable.first_day, horizon.days))
    population = draw_population(rng, size, MEMBERS, clock.at(days))
    purchases = draw_purchases(rng, population, clock.at(horizon.days))
    bought, win_back = draw_returns(rng, population, purchases, clock, days)
    bookings = draw_bookings(
        rng,
        population,
        bought,
        clock=clock,
        weekend=np.is_busday(horizon.calendar, "0000011"),
        first_of_month=timetable.first_of_month,
    )
    lives = lives_of(population, purchases, clock, days)
    attributes = draw_members(rng, _listed(lives, win_back))
    members = CustomerType(population, purchases, clock, lives, win_back, attributes)
    return members, bookings


def _simulate_accounts(
    rng: np.random.Generator, size: int, catalogue: Catalogue, timetable: Timetable
) -> tuple[CustomerType, Orders]:
    clock = OperationalClock(ACCOUNT_SEASON.intensities(timetable.first_day, timetable.days))
    population = draw_population(rng, size, ACCOUNTS, clock.at(timetable.days))
    purchases = draw_purchases(rng, population, clock.at(timetable.days))
    bought, win_back = draw_returns(rng, population, purchases, clock, timetable.days)
    orders = draw_orders(
        rng,
        population,
        bought,
        clock=clock,
        catalogue=catalogue,
        first_of_month=timetable.first_of_month,
    )
    lives = lives_of(population, purchases, clock, timetable.days)
    attributes = draw_accounts(rng, _listed(lives, win_back))
    accounts = CustomerType(population, purchases, clock, lives, win_back, attributes)
    return accounts, orders


def lives_of(
    population: Population, purchases: Purchases, clock: OperationalClock, days: int
) -> Lives:
    """Translate a process into days of the calendar."""
    dropped = np.isfinite(purchases.dropped_out)
    dropped_out = np.where(dropped, clock.day(purchases.dropped_out), NEVER)
    return Lives(population.value_score, clock.day(population.started), dropped_out, days)


def _listed(lives: Lives, win_back: pd.DataFrame) -> Lives:
    """Give lives as the lists of customers know them: whoever comes back has never cancelled."""
    dropped_out = lives.dropped_out.copy()
    dropped_out[win_back.loc[win_back["returned"] < NEVER, "customer"]] = NEVER
    return replace(lives, dropped_out=dropped_out)
