"""The turnstile: members come for the courts that they booked, and for more."""

import numpy as np
import pandas as pd

from orchestration.sample.lives import scatter
from orchestration.sample.simulation import Simulation
from orchestration.sample.timetable import changes

OTHER_VISITS_PER_DAY = 0.02
"""Visits without a booking, per day of a member who has not dropped out."""

_OTHERS = np.array(["gym", "cafe", "pro_shop", "guest"])


def draw_visits(
    rng: np.random.Generator, simulation: Simulation, customers: pd.DataFrame
) -> pd.DataFrame:
    """Draw the weekly export of member visits in canonical columns."""
    states = simulation.bookings.delivered
    attended = states.loc[states["current"] & (states["status"] == "attended"), "row"]
    bookings = simulation.bookings.rows.loc[np.sort(attended.to_numpy())]
    members = customers[customers["customer_type"] == "member"]
    first, last = members["acquired"].to_numpy(), members["last_active"].to_numpy()
    guest, day = scatter(rng, first, last, OTHER_VISITS_PER_DAY)
    member = np.concatenate((bookings["customer"], guest))
    visited_day = np.concatenate((bookings["day"], day))
    minute = np.concatenate(
        (
            bookings["minute"] - rng.integers(3, 25, len(bookings)),
            rng.integers(6 * 60, 21 * 60, len(guest)),
        )
    )
    timetable = simulation.timetable
    visits = pd.DataFrame(
        {
            "member_id": members["customer_id"].to_numpy()[member],
            "visited_at": timetable.time(visited_day, minute),
            "visits": 1,
            "visit_type": np.concatenate(
                (bookings["activity"].to_numpy(dtype=str), rng.choice(_OTHERS, len(guest)))
            ),
        }
    )
    return changes(timetable.weekly, ["member_id", "visited_at"], (visits, visited_day))
