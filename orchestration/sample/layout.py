"""The simulation laid out as tables, from which exports and truth are written."""

import numpy as np
import pandas as pd
import pyarrow as pa

from orchestration.sample.draws import NEVER
from orchestration.sample.simulation import CustomerType, Simulation
from orchestration.sample.timetable import Times, Timetable


def tables(simulation: Simulation) -> dict[str, pa.Table]:
    """Lay the simulation out as tables, with local times in place of day and minute."""
    timetable = simulation.timetable
    bookings, orders = simulation.bookings.rows, simulation.orders.rows
    bookings = bookings.assign(
        starts_at=_time(timetable, bookings, "day", "minute"),
        booked_at=_time(timetable, bookings, "booked_day", "booked_minute"),
    )
    orders = orders.assign(ordered_at=_time(timetable, orders, "day", "minute"))
    frames = {
        "population": pd.concat(
            [
                process("member", simulation.members, timetable),
                process("account", simulation.accounts, timetable),
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


def _time(timetable: Timetable, frame: pd.DataFrame, day: str, minute: str) -> Times:
    return timetable.time(frame[day].to_numpy(), frame[minute].to_numpy())


def _numbered(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Make the row's number, by which others refer to it, a column."""
    return frame.rename_axis(name).reset_index()


def process(kind: str, customers: CustomerType, timetable: Timetable) -> pd.DataFrame:
    """Lay out the true process of each customer within the sample's days."""
    population, purchases, lives = customers.population, customers.purchases, customers.lives
    end = customers.clock.at(timetable.days)
    within = purchases.time < end
    count = np.bincount(purchases.customer[within], minlength=len(population.rate))
    acquired = np.where(population.buys, lives.acquired, np.int64(NEVER))
    returned = np.full(len(lives), NEVER)
    returned[customers.win_back["customer"]] = customers.win_back["returned"]
    return pd.DataFrame(
        {
            "customer": np.arange(len(lives)),
            "customer_type": kind,
            "customer_id": customers.attributes.iloc[:, 0],
            "acquired_on": timetable.day(acquired),
            "transaction_rate": population.rate,
            "dropout_probability": population.dropout_probability,
            "spend_mean": population.spend_mean,
            "observed_operational_days": end - population.started,
            "repeat_purchases": np.maximum(count - 1, 0),
            "dropped_out_on": timetable.day(
                np.where(purchases.dropped_out < end, lives.dropped_out, NEVER)
            ),
            "returned_on": timetable.day(returned),
        }
    )
