"""The traits by which companies are compared, and how they read."""

import pandas as pd

from ml.lookalikes.traits import numbers

TRAITS = {
    "industry": ("industry", "naics_sector", "naics_group", "naics"),
    "city": ("city_and_state",),
    "state": ("state",),
    "country": ("country",),
    "employee_count": ("employee_count",),
    "annual_revenue": ("annual_revenue",),
}
ATTRIBUTES = (
    "industry",
    "naics",
    "city",
    "state",
    "country",
    "employee_count",
    "annual_revenue",
)
_SECTORS = {
    "31": "31-33",
    "32": "31-33",
    "33": "31-33",
    "44": "44-45",
    "45": "44-45",
    "48": "48-49",
    "49": "48-49",
}
"""Sectors that NAICS gives several two-digit codes."""

_TITLES = {
    "industry": "Industry",
    "city": "City",
    "state": "State",
    "country": "Country",
    "employee_count": "Employees",
    "annual_revenue": "Annual revenue",
}


def describe_companies(companies: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that ``TRAITS`` are made of, from ``ATTRIBUTES``; of shape (n, 9).

    A code gives sector and group too, so that companies of rare industries learn from their
    relatives; a city goes with its state, for there are many of one name.
    """
    missing = [name for name in ATTRIBUTES if name not in companies]
    if missing:
        raise ValueError(f"companies have no column {', '.join(missing)}")
    naics = companies["naics"].astype("str").where(companies["naics"].notna())
    city = companies["city"].astype("str")
    state = companies["state"].astype("str").where(companies["state"].notna(), "")
    sector = naics.str[:2]
    return pd.DataFrame(
        {
            "industry": companies["industry"],
            "naics_sector": sector.map(_SECTORS).fillna(sector),
            "naics_group": naics.str[:4],
            "naics": naics,
            "city_and_state": (city + ", " + state).where(companies["city"].notna()),
            "state": companies["state"],
            "country": companies["country"],
            "employee_count": numbers(companies["employee_count"]),
            "annual_revenue": numbers(companies["annual_revenue"]),
        }
    )


def trait_values(companies: pd.DataFrame) -> pd.DataFrame:
    """Return each trait as a text to read, of shape (n, traits); missing where not known."""
    code = "NAICS " + companies["naics"].astype("str")
    texts = {
        "industry": companies["industry"].fillna(code.where(companies["naics"].notna())),
        **{name: companies[name] for name in ("city", "state", "country")},
        **{name: _written(companies[name]) for name in ("employee_count", "annual_revenue")},
    }
    return pd.DataFrame(texts)[list(TRAITS)]


def titles() -> list[str]:
    """Return how each of ``TRAITS`` is headed."""
    return [_TITLES[trait] for trait in TRAITS]


def _written(values: pd.Series) -> pd.Series:
    whole = pd.Series(numbers(values), values.index)
    return whole.map("{:,.0f}".format).where(whole.notna())
