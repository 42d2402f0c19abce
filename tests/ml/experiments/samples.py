"""Experiments to judge: people drawn into groups, and their sums by day."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from ml.experiments import DAY_COLUMNS

FIRST = date(2024, 3, 1)
VARIABLES = ("value", "denominator", "covariate")
PAIRS = (("value", "denominator"), ("value", "covariate"), ("denominator", "covariate"))


def by_day(people: pd.DataFrame) -> pd.DataFrame:
    """Return the sums that experiments are judged by, from a row per person.

    ``group_name`` and ``value`` are needed; ``test_id``, ``day`` (0 is the first), ``denominator``
    and ``covariate`` have defaults.
    """
    defaults: dict[str, Any] = {"test_id": "t", "day": 0, "denominator": 0.0, "covariate": 0.0}
    filled = people.assign(**{k: v for k, v in defaults.items() if k not in people})
    filled["assigned_date"] = [FIRST + timedelta(int(day)) for day in filled["day"]]
    filled["covariate"] -= filled["covariate"].mean()
    sums = {"assigned": 1, "units": filled["value"].notna().astype(int), "outliers": 0}
    sums |= {f"{name}_sum": filled[name] for name in VARIABLES}
    sums |= {f"{name}_squares": filled[name] ** 2 for name in VARIABLES}
    sums |= {f"{a}_{b}_products": filled[a] * filled[b] for a, b in PAIRS}
    key = ["test_id", "group_name", "assigned_date"]
    added = filled[key].assign(**sums).groupby(key, as_index=False).sum()
    return added.reindex(columns=DAY_COLUMNS)


def conversions(rates: dict[str, float], people: int, days: int, seed: int) -> pd.DataFrame:
    """Return people drawn into groups of about one size, who convert at their group's rate."""
    rng = np.random.default_rng(seed)
    group = rng.choice(list(rates), people * len(rates))
    share = pd.Series(group).map(rates).to_numpy()
    converted = (rng.random(len(group)) < share).astype(float)
    return pd.DataFrame(
        {"group_name": group, "value": converted, "day": rng.integers(0, days, len(group))}
    )


def settings(**changed: Any) -> pd.DataFrame:
    """Return a test of proportions with control group ``a`` and no end, but for what is changed."""
    standard = {
        "test_id": "t",
        "metric_type": "proportion",
        "control_group": "a",
        "status": "running",
        "end_date": None,
        "confidence_level": None,
        "minimum_effect": None,
    }
    return pd.DataFrame([standard | changed])
