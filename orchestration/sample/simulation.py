"""Everything that happens in the sample, before any system writes it down."""

from dataclasses import dataclass
from datetime import date

import numpy as np
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
from orchestration.sample.draws import NEVER, Integers
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

    Parameters
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


def simulate(seed: int, customers: int, first_day: date, days: int) -> Simulation:
    """Simulate `days` days of an organization with so many customers."""
    rng = np.random.default_rng([seed, 0])
    size = round(MEMBER_SHARE * customers)
    calendar = np.datetime64(first_day, "D") + np.arange(days + LONGEST_LEAD)
    weekend = np.is_busday(calendar, "0000011")
    first_of_month = (calendar == calendar.astype("datetime64[M]"))[:days]

    clock = OperationalClock(MEMBER_SEASON.intensities(first_day, days + LONGEST_LEAD))
    population = draw_population(rng, size, MEMBERS, clock.at(days))
    purchases = draw_purchases(rng, population, clock.at(days + LONGEST_LEAD))
    bookings = draw_bookings(
        rng, population, purchases, clock=clock, weekend=weekend, first_of_month=first_of_month
    )
    acquired, dropped_out = _turning_points(population, purchases, clock)
    attributes = draw_members(rng, population.value_score, acquired, dropped_out, days)
    members = CustomerType(population, purchases, clock, attributes)

    clock = OperationalClock(ACCOUNT_SEASON.intensities(first_day, days))
    catalogue = draw_catalogue(rng, days)
    population = draw_population(rng, customers - size, ACCOUNTS, clock.at(days))
    purchases = draw_purchases(rng, population, clock.at(days))
    orders = draw_orders(
        rng, population, purchases, clock=clock, catalogue=catalogue, first_of_month=first_of_month
    )
    acquired, dropped_out = _turning_points(population, purchases, clock)
    attributes = draw_accounts(rng, population.value_score, acquired, dropped_out, days)
    accounts = CustomerType(population, purchases, clock, attributes)
    return Simulation(first_day, days, members, accounts, bookings, orders, catalogue)


def tables(simulation: Simulation) -> dict[str, pa.Table]:
    """Lay the simulation out as tables, with local times in place of day and minute."""
    first_day = simulation.first_day
    bookings, orders = simulation.bookings, simulation.orders
    frames = {
        "population": pd.concat(
            [
                _population("member", simulation.members, simulation),
                _population("account", simulation.accounts, simulation),
            ]
        ),
        "members": simulation.members.attributes.rename_axis("customer").reset_index(),
        "accounts": simulation.accounts.attributes.rename_axis("customer").reset_index(),
        "bookings": bookings.rows.assign(
            starts_at=_local_time(first_day, bookings.rows["day"], bookings.rows["minute"]),
            booked_at=_local_time(
                first_day, bookings.rows["booked_day"], bookings.rows["booked_minute"]
            ),
        )
        .rename_axis("row")
        .reset_index(),
        "booking_versions": bookings.delivered,
        "orders": orders.rows.assign(
            ordered_at=_local_time(first_day, orders.rows["day"], orders.rows["minute"])
        )
        .rename_axis("row")
        .reset_index(),
        "order_versions": orders.delivered,
        "order_lines": orders.lines.rename_axis("line").reset_index(),
        "order_line_versions": orders.delivered_lines,
        "products": simulation.catalogue.products.rename_axis("product").reset_index(),
    }
    return {
        name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in frames.items()
    }


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


def _day(first_day: date, day: Integers) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    return (np.datetime64(first_day, "D") + day).astype("datetime64[s]")


def _local_time(first_day: date, day: pd.Series, minute: pd.Series) -> pd.Series:
    return pd.Series(
        (np.datetime64(first_day, "m") + (day * 1440 + minute).to_numpy()).astype("datetime64[s]"),
        index=day.index,
    )
