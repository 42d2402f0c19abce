"""From ``customer_features`` to what the models see, and the names of what drives a score."""

import numpy as np
import pandas as pd

from ml.churn.tables import is_numeric, read_numbers

# Ids, days, and what is nearly an id or told twice.
_LEFT_OUT = {
    "organization_id",
    "customer_id",
    "cutoff",
    "is_month_end",
    "is_current",
    "known_since",
    "closes",
    "churned",
    "nps_last_date",
    "join_date",
    "birth_year",
    "zip_code",
    "naics",
    "city",
}
_PRIOR_DAYS = 30.0

_FACTORS = {
    "recency": ["recency_days", "recency_over_median_gap", "recency_over_pace", "recency_share"],
    "purchase frequency": [
        *("transaction_count", "active_days", "repeat_count", "gap_count", "gap_mean_days"),
        *("gap_median_days", "last_gap_days", "pace_days", "transactions_30d", "transactions_90d"),
        *("transactions_180d", "transactions_365d"),
    ],
    "spend": [
        *("total_revenue", "total_gross_margin", "revenue_30d", "revenue_90d", "revenue_180d"),
        *("revenue_365d", "margin_30d", "margin_90d", "margin_180d", "margin_365d"),
        *("revenue_previous_90d", "revenue_trend_90d", "revenue_per_transaction"),
    ],
    "time as customer": ["tenure_days", "days_since_joining"],
    "variety of purchases": ["product_categories_365d", "products_365d"],
    "cancellations and returns": [
        *("cancellations_365d", "cancellation_rate_365d", "returns_365d", "return_rate_365d"),
        "no_shows_365d",
    ],
    "time of purchases": [
        *("weekend_share", "preferred_weekday", "preferred_hour_band", "evening_share"),
    ],
    "interactions": [
        *("interactions_90d", "interactions_365d", "days_since_interaction"),
        "survey_responses_365d",
    ],
    "service": [
        *("complaints_365d", "tickets_90d", "tickets_365d", "tickets_open"),
        *("ticket_hours_to_close_365d", "csat_mean_365d"),
    ],
    "recommendation": ["nps_last", "days_since_nps"],
    "visits": ["visits_30d", "visits_90d", "days_since_visit"],
    "membership": ["status", "membership_type", "customer_type"],
    "profile": ["industry", "state", "country", "employee_count", "annual_revenue", "age_years"],
}
FACTOR_OF = {feature: factor for factor, features in _FACTORS.items() for feature in features}


def churn_features(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what the models see of rows of ``customer_features``, (n, features).

    Adds ``pace_days`` (days as customer, and 30 more, per active day), ``recency_over_pace``,
    ``recency_share`` (of the days as customer), ``revenue_per_transaction`` and days since joining
    and since the last recommendation; leaves out ids, days and what hardly repeats.
    """
    used = [name for name in rows.columns if name not in _LEFT_OUT]
    seen = {n: read_numbers(rows[n]) if is_numeric(rows[n]) else rows[n] for n in used}
    cutoff = pd.to_datetime(rows["cutoff"])
    for name, day in (("days_since_joining", "join_date"), ("days_since_nps", "nps_last_date")):
        if day in rows:
            seen[name] = (cutoff - pd.to_datetime(rows[day])).dt.days
    tenure, recency = _number(rows, "tenure_days"), _number(rows, "recency_days")
    pace = (tenure + _PRIOR_DAYS) / _number(rows, "active_days").clip(lower=1)
    seen["pace_days"] = pace
    seen["recency_over_pace"] = recency / pace
    seen["recency_share"] = recency / (tenure + 1)
    transactions = _number(rows, "transaction_count")
    seen["revenue_per_transaction"] = _number(rows, "total_revenue") / transactions.where(
        transactions > 0
    )
    return pd.DataFrame(seen, index=rows.index)


def factors(contributions: pd.DataFrame) -> pd.DataFrame:
    """Sum features' contributions by what they tell of; one not known is a factor of its own."""
    names = [FACTOR_OF.get(name, name) for name in contributions.columns]
    return contributions.T.groupby(names, sort=True).sum().T


def _number(rows: pd.DataFrame, name: str) -> "pd.Series[float]":
    if name not in rows:
        return pd.Series(np.nan, index=rows.index)
    return pd.Series(read_numbers(rows[name]), index=rows.index)
