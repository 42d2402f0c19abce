"""Companies, customers or not: attributes that go with the value that they have as a customer."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import Floats, Option, tilted_choice

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
"""Change of a company's log number of employees per standard deviation of its value."""

# fmt: off
_LEADS = np.array([
    "Lakeside", "North", "Prairie", "Summit", "River",
    "Union", "Granite", "Harbor", "Cedar", "Metro",
])
# fmt: on
_KINDS = np.array(["Athletics", "Court Sports", "Racquets, Inc.", "Recreation", "Sport & Leisure"])


def draw_companies(rng: np.random.Generator, score: Floats, first_number: int = 1) -> pd.DataFrame:
    """Draw companies.

    Parameters
    ----------
    rng
        Source of randomness.
    score
        Standardised value of each company as a customer, shape (companies,).
    first_number
        Number of the first, by which their names and domains differ from all others'.

    Returns
    -------
    pandas.DataFrame
        ``company_name``, ``domain``, ``industry``, ``naics``, ``city``, ``state``, ``zip_code``,
        ``employee_count`` and ``annual_revenue`` of each.
    """
    size = len(score)
    number = pd.Series(np.arange(first_number, first_number + size)).astype(str)
    lead = pd.Series(rng.choice(_LEADS, size))
    industry, naics = tilted_choice(rng, score, INDUSTRIES)
    city, state, zip_code = draw_places(rng, score)
    employees = np.exp(3.2 + EMPLOYEE_TILT * score + rng.normal(0, 0.9, size))
    return pd.DataFrame(
        {
            "company_name": lead + " " + rng.choice(_KINDS, size) + " " + number,
            "domain": lead.str.lower() + number + ".example",
            "industry": industry,
            "naics": naics,
            "city": city,
            "state": state,
            "zip_code": zip_code,
            "employee_count": whole(employees),
            "annual_revenue": thousands(employees * 120_000 * np.exp(rng.normal(0, 0.4, size))),
        }
    )


def draw_places(rng: np.random.Generator, score: Floats) -> np.ndarray:
    """Draw city, state and ZIP code of each company, shape (3, companies)."""
    return tilted_choice(rng, score, PLACES)


def whole(number: Floats) -> np.ndarray:
    """Round to whole numbers of 1 or more."""
    return np.maximum(np.rint(number), 1).astype(np.int64)


def thousands(amount: Floats) -> np.ndarray:
    """Round to whole thousands."""
    return np.rint(amount / 1000).astype(np.int64) * 1000
