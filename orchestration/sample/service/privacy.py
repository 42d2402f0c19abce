"""What customers allow their data to be used for, and who asks for erasure."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER, numbers
from orchestration.sample.lives import draw_day_after, draw_day_within
from orchestration.sample.timetable import Timetable, changes

GRANTED_SHARES = {"enrichment": 0.75, "marketing": 0.85, "profiling": 0.70}
CHANGED_SHARE = 0.05
"""Share of consents that are later given or taken back."""

ERASURE_SHARE = 0.01
"""Share of customers who dropped out that ask for erasure."""


def draw_consents(
    rng: np.random.Generator, customers: pd.DataFrame, timetable: Timetable
) -> pd.DataFrame:
    """Draw the monthly export of consents in canonical columns."""
    size = len(customers)
    # Customers of before the sample said so before it: its first export holds that.
    said = np.tile(np.maximum(customers["known"].to_numpy(), 0), len(GRANTED_SHARES))
    shares = np.repeat(list(GRANTED_SHARES.values()), size)
    granted = rng.random(len(said)) < shares
    first = pd.DataFrame(
        {
            "customer_id": np.tile(customers["customer_id"], len(GRANTED_SHARES)),
            "purpose": np.repeat(list(GRANTED_SHARES), size),
            "granted": granted,
            "recorded_at": timetable.time(said, rng.integers(480, 1200, len(said))),
        }
    )
    again = draw_day_within(rng, said, timetable.days, CHANGED_SHARE)
    changed = first.assign(
        granted=~granted, recorded_at=timetable.time(again, rng.integers(480, 1200, len(said)))
    )
    key = ["customer_id", "purpose"]
    return changes(timetable.monthly, key, (first, said), (changed, again))


def draw_erasure_requests(
    rng: np.random.Generator, customers: pd.DataFrame, timetable: Timetable
) -> pd.DataFrame:
    """Draw the monthly export of erasure requests in canonical columns."""
    day = draw_day_after(rng, customers["left"].to_numpy(), ERASURE_SHARE, 10, 120)
    day = np.where(customers["returned"] < NEVER, NEVER, day)
    asked = np.flatnonzero(day <= timetable.last)
    asked = asked[np.argsort(day[asked], kind="stable")]
    requests = pd.DataFrame(
        {
            "request_id": numbers("E", len(asked)),
            "customer_id": customers["customer_id"].to_numpy()[asked],
            "requested_at": timetable.time(day[asked], rng.integers(480, 1200, len(asked))),
        }
    )
    return changes(timetable.monthly, ["request_id"], (requests, day[asked]))
