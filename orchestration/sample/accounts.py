"""Who the accounts are, and how they change over time."""

import numpy as np
import pandas as pd

from orchestration.sample.companies import draw_companies, draw_places, thousands, whole
from orchestration.sample.lives import Lives, draw_day_after, draw_day_within


def draw_accounts(rng: np.random.Generator, lives: Lives) -> pd.DataFrame:
    """Draw accounts and the days on which they change.

    Returns
    -------
    pandas.DataFrame
        One row per account. A column ``<attribute>_after`` holds from day ``moved`` or ``revised``;
        from day ``removed`` the account is no longer on the list.
    """
    size = len(lives)
    accounts = draw_companies(rng, lives.score).rename(columns={"company_name": "customer_name"})
    number = 10_000 + np.arange(1, size + 1)
    accounts.insert(0, "customer_id", number.astype(str))
    created = lives.acquired - rng.integers(0, 31, size)
    growth = np.exp(rng.normal(0.05, 0.15, size))
    city, state, zip_code = draw_places(rng, lives.score)
    return accounts.assign(
        email="orders@" + accounts["domain"],
        known=created,
        moved=draw_day_within(rng, created, lives.days, 0.06),
        revised=draw_day_within(rng, created, lives.days, 0.5),
        removed=draw_day_after(rng, lives.dropped_out, 0.3, 90, 201),
        city_after=city,
        state_after=state,
        zip_code_after=zip_code,
        employee_count_after=whole(accounts["employee_count"].to_numpy() * growth),
        annual_revenue_after=thousands(accounts["annual_revenue"].to_numpy() * growth),
    )
