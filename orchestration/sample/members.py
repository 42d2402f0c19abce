"""Who the members are: attributes that go with their value, and how they change over time."""

import numpy as np
import pandas as pd

from orchestration.sample.bookings import LONGEST_LEAD
from orchestration.sample.draws import Option, tilted_choice
from orchestration.sample.lives import Lives, draw_day_after, draw_day_within

MEMBERSHIPS = (
    Option(("day",), 0.30, -0.7),
    Option(("standard",), 0.45, 0.0),
    Option(("premium",), 0.20, 0.8),
    Option(("corporate",), 0.05, 1.0),
)
HOME_ZIP_CODES = (
    Option(("60614",), 0.20, 0.7),
    Option(("60657",), 0.18, 0.4),
    Option(("60610",), 0.10, 0.6),
    Option(("60618",), 0.14, 0.1),
    Option(("60640",), 0.12, -0.1),
    Option(("60647",), 0.12, -0.3),
    Option(("60625",), 0.08, -0.4),
    Option(("60608",), 0.06, -0.6),
)
YOUTH_PER_SCORE = 4
"""Years by which a member is younger per standard deviation of value."""

# fmt: off
_GIVEN = np.array([
    "Ana", "Ben", "Chloe", "David", "Elena", "Felix", "Grace", "Hugo", "Iris", "Jamal",
    "Karen", "Liam", "Mei", "Noah", "Olga", "Priya", "Quinn", "Rosa", "Sam", "Tara", "Uma",
    "Victor", "Wendy", "Zoe",
])
_FAMILY = np.array([
    "Adams", "Brown", "Chen", "Diaz", "Evans", "Fischer", "Garcia", "Hughes", "Ito",
    "Jones", "Kumar", "Lopez", "Miller", "Nguyen", "O'Neil", "Patel", "Reed", "Silva",
    "Turner", "Vega", "Walsh", "Zhang",
])
# fmt: on
_STREETS = np.array(["Oak", "Maple", "Lake", "Clark", "Halsted", "Belmont", "Fullerton", "Wells"])


def draw_members(rng: np.random.Generator, lives: Lives) -> pd.DataFrame:
    """Draw members and the days on which they change.

    Returns
    -------
    pandas.DataFrame
        One row per member. A column ``<attribute>_after`` holds from day ``moved`` or ``switched``;
        ``paused``, ``cancelled`` and ``removed`` are days of the membership's end.
    """
    size, score = len(lives), lives.score
    number = pd.Series(np.arange(1, size + 1))
    name = pd.Series(rng.choice(_GIVEN, size)) + " " + rng.choice(_FAMILY, size)
    mailbox = name.str.lower().str.replace("[ ']", ".", regex=True) + "." + number.astype(str)
    # Members join before the earliest day on which they can have booked.
    joined = lives.acquired - LONGEST_LEAD - rng.integers(0, 11, size)
    cancelled = draw_day_after(rng, lives.dropped_out, 0.7, 10, 46)
    birth_year = np.rint(rng.normal(1982 + YOUTH_PER_SCORE * score, 11))
    members = {
        "member_id": "M" + number.astype(str).str.zfill(6),
        "name": name,
        "email": mailbox + "@example.com",
        "phone": "312-555-" + (number % 10_000).astype(str).str.zfill(4),
        "known": joined,
        "birth_year": np.clip(birth_year, 1935, 2006).astype(np.int64),
        "moved": draw_day_within(rng, joined, lives.days, 0.08),
        "switched": draw_day_within(rng, joined, lives.days, 0.12),
        "paused": draw_day_after(rng, lives.dropped_out, 0.4, 3, 10),
        "cancelled": cancelled,
        "removed": draw_day_after(rng, cancelled, 0.5, 40, 91),
    }
    for suffix in ("", "_after"):
        house = pd.Series(rng.integers(100, 4000, size)).astype(str)
        members["home_address" + suffix] = house + " " + rng.choice(_STREETS, size) + " St"
        (members["home_zip_code" + suffix],) = tilted_choice(rng, score, HOME_ZIP_CODES)
        (members["membership_type" + suffix],) = tilted_choice(rng, score, MEMBERSHIPS)
    return pd.DataFrame(members)
