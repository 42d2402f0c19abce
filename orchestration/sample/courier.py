"""A second organization: a courier whose shipments are what its customers pay for."""

from dataclasses import replace

import numpy as np
import pandas as pd

from orchestration.sample.accounts import draw_accounts
from orchestration.sample.draws import NEVER, numbers
from orchestration.sample.purchases import (
    PurchaseParameters,
    draw_population,
    draw_purchases,
    draw_spend,
)
from orchestration.sample.returns import draw_returns
from orchestration.sample.season import OperationalClock, Season
from orchestration.sample.simulation import CustomerType, lives_of
from orchestration.sample.timetable import Timetable, changes

CUSTOMERS_SHARE = 0.06
"""The courier's customers per customer of the club."""

SENDERS = PurchaseParameters(
    r=1.5, alpha=15.0, a=0.6, b=12.0, p=6.0, q=5.0, v=35.0, void_share=0.0, no_purchase_share=0.02
)
SENDER_SEASON = Season(
    months=(0.85, 0.90, 0.95, 0.95, 1.00, 0.95, 0.90, 0.90, 1.00, 1.05, 1.20, 1.35),
    weekdays=(1.20, 1.15, 1.15, 1.15, 1.20, 0.75, 0.40),
)
RETURNED_SHARE = 0.03

_SERVICES = np.array(["standard", "express", "overnight"])
_KILOGRAMS_PER_UNIT = 0.12


def simulate_courier(
    rng: np.random.Generator, club_customers: int, timetable: Timetable
) -> tuple[CustomerType, pd.DataFrame]:
    """Simulate the courier's customers and its weekly export of shipments, in canonical columns."""
    size = max(round(CUSTOMERS_SHARE * club_customers), 1)
    clock = OperationalClock(SENDER_SEASON.intensities(timetable.first_day, timetable.days))
    population = draw_population(rng, size, SENDERS, clock.at(timetable.days))
    purchases = draw_purchases(rng, population, clock.at(timetable.days))
    sent, win_back = draw_returns(rng, population, purchases, clock, timetable.days)
    lives = lives_of(population, purchases, clock, timetable.days)
    # A courier keeps the addresses of those who send nothing any more.
    accounts = draw_accounts(rng, replace(lives, dropped_out=np.full(size, NEVER)))

    day, minute = clock.day(sent.time), rng.integers(7 * 60, 19 * 60, len(sent.time))
    order = np.lexsort((sent.customer, minute, day))
    customer, day, minute = sent.customer[order], day[order], minute[order]
    value = draw_spend(rng, population, customer, SENDERS.p).round(2)
    count = len(customer)
    shipped = pd.DataFrame(
        {
            "shipment_id": numbers("SH", count),
            "customer_id": accounts["customer_id"].to_numpy()[customer],
            "shipped_at": timetable.time(day, minute),
            "shipment_value": value,
            "weight_kg": (value * _KILOGRAMS_PER_UNIT * np.exp(rng.normal(0, 0.4, count))).round(1),
            "service": rng.choice(_SERVICES, count, p=(0.7, 0.22, 0.08)),
            "status": "shipped",
        }
    )
    returned = rng.random(count) < RETURNED_SHARE
    arrived = shipped.assign(status=np.where(returned, "returned", "delivered"))
    later = day + np.where(returned, rng.integers(5, 20, count), rng.integers(1, 5, count))
    delivered = changes(timetable.weekly, ["shipment_id"], (shipped, day), (arrived, later))
    return CustomerType(population, purchases, clock, lives, win_back, accounts), delivered
