"""Everything that happens in the sample, before any system writes it down."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from orchestration.sample.accounts import draw_accounts
from orchestration.sample.bookings import (
    LONGEST_LEAD,
    MEMBER_SEASON,
    MEMBERS,
    Bookings,
    draw_bookings,
)
from orchestration.sample.draws import NEVER, Flags, Integers
from orchestration.sample.members import draw_members
from orchestration.sample.orders import ACCOUNT_SEASON, ACCOUNTS, Orders, draw_orders
from orchestration.sample.products import Catalogue, draw_catalogue
from orchestration.sample.purchases import (
    Population,
    Purchases,
    draw_population,
    draw_purchases,
)
from orchestration.sample.season import OperationalClock

MEMBER_SHARE = 0.6


@dataclass(frozen=True)
class CustomerType:
    """Customers of one type, what they bought and the clock that they live by.

    Attributes
    ----------
    population, purchases, clock
        The process in operational time, which may run on after the sample's end.
    attributes
        Who they are, one row per customer, the id in the first column.
    """

    population: Population
    purchases: Purchases
    clock: OperationalClock
    attributes: pd.DataFrame


@dataclass(frozen=True)
class Simulation:
    """One organization's years."""

    first_day: date
    days: int
    members: CustomerType
    accounts: CustomerType
    bookings: Bookings
    orders: Orders
    catalogue: Catalogue

    @property
    def last_day(self) -> date:
        """The last day that has exports."""
        return self.first_day + timedelta(days=self.days - 1)


def simulate(seed: int, customers: int, first_day: date, days: int) -> Simulation:
    """Simulate `days` days of an organization with so many customers."""
    rng = np.random.default_rng([seed, 0])
    size = round(MEMBER_SHARE * customers)
    members, bookings = _simulate_members(rng, size, first_day, days)
    catalogue = draw_catalogue(rng, days)
    accounts, orders = _simulate_accounts(rng, customers - size, catalogue, first_day, days)
    return Simulation(first_day, days, members, accounts, bookings, orders, catalogue)


def _simulate_members(
    rng: np.random.Generator, size: int, first_day: date, days: int
) -> tuple[CustomerType, Bookings]:
    # Bookings for days after the end are made before it.
    horizon = days + LONGEST_LEAD
    clock = OperationalClock(MEMBER_SEASON.intensities(first_day, horizon))
    population = draw_population(rng, size, MEMBERS, clock.at(days))
    purchases = draw_purchases(rng, population, clock.at(horizon))
    bookings = draw_bookings(
        rng,
        population,
        purchases,
        clock=clock,
        weekend=np.is_busday(_calendar(first_day, horizon), "0000011"),
        first_of_month=_first_of_month(first_day, days),
    )
    acquired, dropped_out = _turning_points(population, purchases, clock)
    attributes = draw_members(rng, population.value_score, acquired, dropped_out, days)
    return CustomerType(population, purchases, clock, attributes), bookings


def _simulate_accounts(
    rng: np.random.Generator, size: int, catalogue: Catalogue, first_day: date, days: int
) -> tuple[CustomerType, Orders]:
    clock = OperationalClock(ACCOUNT_SEASON.intensities(first_day, days))
    population = draw_population(rng, size, ACCOUNTS, clock.at(days))
    purchases = draw_purchases(rng, population, clock.at(days))
    orders = draw_orders(
        rng,
        population,
        purchases,
        clock=clock,
        catalogue=catalogue,
        first_of_month=_first_of_month(first_day, days),
    )
    acquired, dropped_out = _turning_points(population, purchases, clock)
    attributes = draw_accounts(rng, population.value_score, acquired, dropped_out, days)
    return CustomerType(population, purchases, clock, attributes), orders


def tables(simulation: Simulation) -> dict[str, pa.Table]:
    """Lay the simulation out as tables, with local times in place of day and minute."""
    first_day = simulation.first_day
    bookings, orders = simulation.bookings.rows, simulation.orders.rows
    bookings = bookings.assign(
        starts_at=_local_time(first_day, bookings["day"], bookings["minute"]),
        booked_at=_local_time(first_day, bookings["booked_day"], bookings["booked_minute"]),
    )
    orders = orders.assign(ordered_at=_local_time(first_day, orders["day"], orders["minute"]))
    frames = {
        "population": pd.concat(
            [
                _population("member", simulation.members, simulation),
                _population("account", simulation.accounts, simulation),
            ]
        ),
        "members": _numbered(simulation.members.attributes, "customer"),
        "accounts": _numbered(simulation.accounts.attributes, "customer"),
        "bookings": _numbered(bookings, "row"),
        "booking_versions": simulation.bookings.delivered,
        "orders": _numbered(orders, "row"),
        "order_versions": simulation.orders.delivered,
        "order_lines": _numbered(simulation.orders.lines, "line"),
        "order_line_versions": simulation.orders.delivered_lines,
        "products": _numbered(simulation.catalogue.products, "product"),
    }
    return {
        name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in frames.items()
    }


def _numbered(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Make the row's number, by which others refer to it, a column."""
    return frame.rename_axis(name).reset_index()


def _calendar(first_day: date, days: int) -> npt.NDArray[np.datetime64]:
    return np.datetime64(first_day, "D") + np.arange(days)


def _first_of_month(first_day: date, days: int) -> Flags:
    calendar = _calendar(first_day, days)
    return np.asarray(calendar == calendar.astype("datetime64[M]"))


def _turning_points(
    population: Population, purchases: Purchases, clock: OperationalClock
) -> tuple[Integers, Integers]:
    """Give the day of each customer's first purchase and of dropout, `NEVER` while active."""
    dropped = np.isfinite(purchases.dropped_out)
    dropped_out = np.where(dropped, clock.day(purchases.dropped_out), NEVER)
    return clock.day(population.started), dropped_out


def _population(kind: str, customers: CustomerType, simulation: Simulation) -> pd.DataFrame:
    """Lay out the true process of each customer within the sample's days."""
    population, purchases, clock = customers.population, customers.purchases, customers.clock
    end = clock.at(simulation.days)
    acquired, dropped_out = _turning_points(population, purchases, clock)
    within = purchases.time < end
    count = np.bincount(purchases.customer[within], minlength=len(population.rate))
    acquired_on = pd.Series(_day(simulation.first_day, acquired))
    dropped_out_on = pd.Series(_day(simulation.first_day, np.minimum(dropped_out, simulation.days)))
    return pd.DataFrame(
        {
            "customer": np.arange(len(population.rate)),
            "customer_type": kind,
            "customer_id": customers.attributes.iloc[:, 0],
            "acquired_on": acquired_on.where(population.buys),
            "transaction_rate": population.rate,
            "dropout_probability": population.dropout_probability,
            "spend_mean": population.spend_mean,
            "observed_operational_days": end - population.started,
            "repeat_purchases": np.maximum(count - 1, 0),
            "dropped_out_on": dropped_out_on.where(purchases.dropped_out < end),
        }
    )


def _day(first_day: date, day: Integers) -> npt.NDArray[np.datetime64]:
    return (np.datetime64(first_day, "D") + day).astype("datetime64[s]")


def _local_time(first_day: date, day: pd.Series, minute: pd.Series) -> npt.NDArray[np.datetime64]:
    minutes = (day * 1440 + minute).to_numpy()
    return (np.datetime64(first_day, "m") + minutes).astype("datetime64[s]")
