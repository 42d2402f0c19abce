"""Who the accounts are: attributes that go with their value, and how they change over time."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import Floats, Integers, Option, tilted_choice
from orchestration.sample.histories import draw_day_after, draw_day_within

INDUSTRIES = (
    Option(("Fitness and Recreational Sports Centers", "713940"), 0.28, 0.6),
    Option(("Sporting Goods Retailers", "459110"), 0.20, 0.3),
    Option(("Golf Courses and Country Clubs", "713910"), 0.08, 0.9),
    Option(("Elementary and Secondary Schools", "611110"), 0.16, -0.5),
    Option(("Hotels and Motels", "721110"), 0.12, 0.0),
    Option(("Sports and Recreation Instruction", "611620"), 0.10, -0.3),
    Option(("Administration of Conservation Programs", "924120"), 0.06, -0.7),
)
PLACES = (
    Option(("Chicago", "IL", "60601"), 0.22, 0.4),
    Option(("Evanston", "IL", "60201"), 0.10, 0.5),
    Option(("Naperville", "IL", "60540"), 0.10, 0.2),
    Option(("Milwaukee", "WI", "53202"), 0.12, 0.0),
    Option(("Madison", "WI", "53703"), 0.08, -0.1),
    Option(("Indianapolis", "IN", "46204"), 0.10, -0.2),
    Option(("Detroit", "MI", "48226"), 0.10, -0.4),
    Option(("Minneapolis", "MN", "55401"), 0.08, 0.1),
    Option(("Boston", "MA", "02108"), 0.06, 0.6),
    Option(("Newark", "NJ", "07102"), 0.04, 0.2),
)
EMPLOYEE_TILT = 0.7
"""Change of an account's log number of employees per standard deviation of its value."""

# fmt: off
_LEADS = np.array([
    "Lakeside", "North", "Prairie", "Summit", "River",
    "Union", "Granite", "Harbor", "Cedar", "Metro",
])
# fmt: on
_KINDS = np.array(["Athletics", "Court Sports", "Racquets, Inc.", "Recreation", "Sport & Leisure"])


def draw_accounts(
    rng: np.random.Generator, score: Floats, acquired: Integers, dropped_out: Integers, days: int
) -> pd.DataFrame:
    """Draw accounts and the days on which they change.

    Parameters
    ----------
    rng
        Source of randomness.
    score
        Standardised value of each account, shape (accounts,).
    acquired, dropped_out
        Day index of the first purchase and of dropout, `NEVER` where there is none, shape
        (accounts,).
    days
        Length of the sample.

    Returns
    -------
    pandas.DataFrame
        One row per account. A column ``<attribute>_after`` holds from day ``moved`` or ``revised``;
        from day ``removed`` the account is no longer on the list.
    """
    size = len(score)
    number = pd.Series(np.arange(1, size + 1))
    lead = pd.Series(rng.choice(_LEADS, size))
    domain = lead.str.lower() + number.astype(str) + ".example"
    created = acquired - rng.integers(0, 31, size)
    industry, naics = tilted_choice(rng, score, INDUSTRIES)
    employees = np.exp(3.2 + EMPLOYEE_TILT * score + rng.normal(0, 0.9, size))
    revenue = employees * 120_000 * np.exp(rng.normal(0, 0.4, size))
    growth = np.exp(rng.normal(0.05, 0.15, size))
    accounts = {
        "customer_id": (10_000 + number).astype(str),
        "customer_name": lead + " " + rng.choice(_KINDS, size) + " " + number.astype(str),
        "email": "orders@" + domain,
        "domain": domain,
        "industry": industry,
        "naics": naics,
        "known": created,
        "moved": draw_day_within(rng, created, days, 0.06),
        "revised": draw_day_within(rng, created, days, 0.5),
        "removed": draw_day_after(rng, dropped_out, 0.3, 90, 201),
    }
    for suffix, factor in (("", np.ones(size)), ("_after", growth)):
        city, state, zip_code = tilted_choice(rng, score, PLACES)
        accounts |= {
            "city" + suffix: city,
            "state" + suffix: state,
            "zip_code" + suffix: zip_code,
            "employee_count" + suffix: np.maximum(np.rint(employees * factor), 1).astype(np.int64),
            "annual_revenue" + suffix: np.rint(revenue * factor / 1000).astype(np.int64) * 1000,
        }
    return pd.DataFrame(accounts)
