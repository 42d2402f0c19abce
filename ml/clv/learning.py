"""Rows to learn from: customers at past cutoffs, with what followed until now.

Law: a row's features, the process among them, come from days up to its cutoff alone, and its
outcome ends with the history.
"""

import pandas as pd

from ml.clv.features import WEEK, features, outcomes
from ml.clv.history import History
from ml.clv.process import PurchaseProcess

# The longest window leaves enough history before it to know customers by.
LONGEST_SHARE = 0.55
# Several windows, all ending now: one alone would take its season for the rule.
WINDOWS = (1.0, 0.8, 0.6, 0.4)
MOST_ROWS = 120_000


def learning_rows(
    history: History, until: int, horizon_weeks: float, random_state: int
) -> pd.DataFrame:
    """Return customers' features at past cutoffs, and what followed.

    ``weeks`` is the time that followed, ``next_purchases`` and ``next_value`` what came in it.
    Empty where the history is too short for a process at any past cutoff.
    """
    span = (until - history.first_purchase()) / WEEK
    longest = min(horizon_weeks, LONGEST_SHARE * span)
    found = []
    for share in WINDOWS:
        days = int(longest * share * WEEK)
        rows = features(history, until - days) if days > 0 else pd.DataFrame()
        if len(rows) > MOST_ROWS // len(WINDOWS):
            rows = rows.sample(MOST_ROWS // len(WINDOWS), random_state=random_state)
        try:
            process = PurchaseProcess(random_state).fit(rows)
        except ValueError:
            continue
        after = outcomes(history, until - days, until, rows.index).add_prefix("next_")
        known = process.describe(rows, days / WEEK).assign(weeks=days / WEEK)
        found.append(known.join(after))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()
