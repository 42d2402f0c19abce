"""The booking system: court bookings within opening times, and what becomes of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from orchestration.sample.draws import Flags, Floats, Integers
from orchestration.sample.purchases import (
    Population,
    PurchaseParameters,
    Purchases,
    draw_spend,
    draw_voids,
)
from orchestration.sample.season import OperationalClock, Season
from orchestration.sample.versions import draw_delays, versions

MEMBERS = PurchaseParameters(
    r=1.1, alpha=10.0, a=0.7, b=9.0, p=6.0, q=6.0, v=25.0, void_share=0.07, no_purchase_share=0.04
)
MEMBER_SEASON = Season(
    months=(1.25, 1.20, 1.15, 1.00, 0.90, 0.75, 0.70, 0.75, 0.95, 1.10, 1.15, 1.10),
    weekdays=(0.95, 1.05, 1.10, 1.05, 0.85, 1.15, 0.85),
)

LONGEST_LEAD = 14
"""Days ahead of which a court can be booked."""

NO_SHOW_SHARE = 0.04
CORRECTED_SHARE = 0.02
LATE_SHARE = 0.01
FAVOURITE_SHARE = 0.7
"""Share of a member's bookings that are of the favourite activity."""

ACTIVITIES = ("tennis", "squash", "padel", "pickleball", "lesson")
_ACTIVITY_SHARES = (0.35, 0.25, 0.15, 0.15, 0.10)
_DURATIONS = np.array([90, 45, 90, 60, 60])

_OPENS, _CLOSES, _SLOT = 6 * 60, 22 * 60, 30
_SLOT_STARTS = np.arange(_OPENS, _CLOSES - 90 + 1, _SLOT)


@dataclass(frozen=True)
class Bookings:
    """Bookings in the order in which they were made, and the versions that exports deliver.

    Attributes
    ----------
    rows
        ``customer``, ``day``, ``minute`` of the start, ``booked_day``, ``booked_minute``,
        ``duration`` (minutes), ``court``, ``activity``, ``cents``.
    delivered
        As ``versions`` returns them.
    """

    rows: pd.DataFrame
    delivered: pd.DataFrame


def _slot_weights(peaks: tuple[tuple[float, float], ...]) -> Floats:
    """Give the share of each slot, from peaks of (hour, weight)."""
    hours = _SLOT_STARTS / 60
    weights = np.full(len(hours), 0.15)
    for hour, weight in peaks:
        weights += weight * np.exp(-(((hours - hour) / 1.8) ** 2))
    shares: Floats = weights / weights.sum()
    return shares


def _draw_start_minutes(rng: np.random.Generator, weekend: Flags) -> Integers:
    workday = rng.choice(_SLOT_STARTS, len(weekend), p=_slot_weights(((7.0, 0.6), (18.5, 1.4))))
    free = rng.choice(_SLOT_STARTS, len(weekend), p=_slot_weights(((10.0, 1.2), (15.5, 0.7))))
    return np.where(weekend, free, workday)


def draw_bookings(
    rng: np.random.Generator,
    population: Population,
    purchases: Purchases,
    *,
    clock: OperationalClock,
    weekend: Flags,
    first_of_month: Flags,
) -> Bookings:
    """Draw the bookings behind a population's purchases.

    Parameters
    ----------
    rng
        Source of randomness.
    population, purchases
        Members and their process, drawn to `LONGEST_LEAD` days after the sample's end.
    clock
        The members' operational time, over the same days.
    weekend
        Whether each day is one, shape (days + LONGEST_LEAD,).
    first_of_month
        Whether each day is one, shape (days,).
    """
    last = len(first_of_month) - 1
    end = clock.at(len(weekend))
    void_customer, void_time = draw_voids(rng, population, purchases, MEMBERS.void_share, end)
    customer = np.concatenate((purchases.customer, void_customer))
    day = clock.day(np.concatenate((purchases.time, void_time)))
    size = len(customer)
    spend = draw_spend(rng, population, customer, MEMBERS.p)

    minute = _draw_start_minutes(rng, weekend[day])
    lead = np.minimum(rng.geometric(0.3, size) - 1, np.minimum(day, LONGEST_LEAD))
    favourite = rng.choice(len(ACTIVITIES), len(population.rate), p=_ACTIVITY_SHARES)
    other = rng.choice(len(ACTIVITIES), size, p=_ACTIVITY_SHARES)
    activity = np.where(rng.random(size) < FAVOURITE_SHARE, favourite[customer], other)
    rows = pd.DataFrame(
        {
            "customer": customer,
            "day": day,
            "minute": minute,
            "booked_day": day - lead,
            "booked_minute": np.where(
                lead > 0, rng.integers(_OPENS, _CLOSES, size), minute - rng.integers(15, 120, size)
            ),
            "duration": _DURATIONS[activity],
            "court": rng.integers(1, 9 + len(population.rate) // 400, size),
            "activity": np.array(ACTIVITIES)[activity],
            "cents": np.rint(spend * 100).astype(np.int64),
            "void": np.arange(size) >= len(purchases.customer),
        }
    )
    rows = rows[rows["booked_day"] <= last].sort_values(
        ["booked_day", "booked_minute", "customer"], kind="stable", ignore_index=True
    )
    return Bookings(rows.drop(columns="void"), _draw_versions(rng, rows, first_of_month))


def _draw_versions(
    rng: np.random.Generator, rows: pd.DataFrame, first_of_month: Flags
) -> pd.DataFrame:
    size = len(rows)
    every = np.arange(size)
    day, booked_day = rows["day"].to_numpy(), rows["booked_day"].to_numpy()
    void = rows["void"].to_numpy()
    no_show = ~void & (rng.random(size) < NO_SHOW_SHARE)
    attended = ~void & ~no_show
    corrected = attended & (rng.random(size) < CORRECTED_SHARE)
    cancelled_day = rng.integers(booked_day, day, endpoint=True)
    corrected_day = day + rng.integers(2, 7, size)
    return versions(
        [
            (every, booked_day, "booked"),
            (every[void], cancelled_day[void], "cancelled"),
            (every[no_show], day[no_show], "no_show"),
            (every[attended], day[attended], "attended"),
            (every[corrected], corrected_day[corrected], "no_show"),
        ],
        known=booked_day + draw_delays(rng, size, LATE_SHARE),
        first_of_month=first_of_month,
    )
