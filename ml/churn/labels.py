"""Who left: labels whose windows are known to have closed."""

from datetime import date

import numpy as np
import pandas as pd

KEYS = ["customer_type", "customer_id"]


def at_risk(features: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the rows of those who could still leave, sorted by customer and cutoff.

    That is who has bought before or is a member on the list, unless the membership is cancelled
    already.

    Raises
    ------
    ValueError
        As ``label_churn`` does.
    """
    rows = _read(features, as_of)
    status = rows["status"].astype("str").where(rows["status"].notna(), "")
    has_bought = pd.to_numeric(rows["tenure_days"], errors="coerce").notna()
    here = (has_bought | status.isin(["active", "paused"])) & (status != "cancelled")
    return rows[here].sort_values([*KEYS, "cutoff"], ignore_index=True)


def label_churn(
    features: pd.DataFrame, transactions: pd.DataFrame, as_of: date, horizon_days: int = 90
) -> pd.DataFrame:
    """Find the customers who could leave at each cutoff, and whether they did.

    Left has who buys nothing in the ``horizon_days`` after the cutoff, and a member whose status at
    a later cutoff within them is cancelled.

    Parameters
    ----------
    features : rows of ``customer_features`` of one organization, any cutoffs until ``as_of``
    transactions : customer_type, customer_id and transaction_date; cancelled and refunded ones are
        left out where ``is_cancelled`` and ``is_refund`` tell, and so are those after ``as_of``

    Returns
    -------
    the features at risk, with ``closes`` (last day of the label's window) and ``churned`` (0, 1;
    nan where the window is still open at ``as_of``), sorted by customer and cutoff

    Raises
    ------
    ValueError
        If a column is missing, or features speak of a day after ``as_of``.
    """
    rows, today = at_risk(features, as_of), pd.Timestamp(as_of)
    closes = rows["cutoff"] + pd.Timedelta(days=horizon_days)
    stays = _next(rows, _purchases(transactions, today)) <= closes
    leaves = _next(rows, _cancellations(_read(features, as_of))) <= closes
    churned = (leaves | ~stays).astype(np.float64).where(closes <= today)
    return rows.assign(closes=closes, churned=churned)


def _read(features: pd.DataFrame, as_of: date) -> pd.DataFrame:
    _check("features", features, [*KEYS, "cutoff", "tenure_days", "status"])
    days, today = pd.to_datetime(features["cutoff"]), pd.Timestamp(as_of)
    if (days > today).any():
        raise ValueError(
            f"features know of {days.max():%Y-%m-%d}, after the as-of date {today:%Y-%m-%d}: "
            "leave later cutoffs out"
        )
    return features.assign(
        cutoff=days.astype("datetime64[s]"),
        customer_type=features["customer_type"].astype("str"),
        customer_id=features["customer_id"].astype("str"),
    )


def _check(name: str, frame: pd.DataFrame, needed: list[str]) -> None:
    missing = [column for column in needed if column not in frame]
    if missing:
        raise ValueError(f"{name} have no column {', '.join(missing)}")
    if "organization_id" in frame and frame["organization_id"].nunique() > 1:
        raise ValueError(f"{name} are of several organizations: take each on its own")


def _purchases(transactions: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    _check("transactions", transactions, [*KEYS, "transaction_date"])
    counts = pd.Series(True, index=transactions.index)
    for flag in ("is_cancelled", "is_refund"):
        if flag in transactions:
            counts &= ~transactions[flag].fillna(False).astype(bool)
    day = pd.to_datetime(transactions["transaction_date"]).astype("datetime64[s]")
    kept = transactions[KEYS].astype("str").assign(happened=day)[counts & (day <= today)]
    return kept.drop_duplicates(ignore_index=True)


def _cancellations(rows: pd.DataFrame) -> pd.DataFrame:
    gone = rows.loc[rows["status"] == "cancelled", [*KEYS, "cutoff"]]
    return gone.rename(columns={"cutoff": "happened"})


def _next(rows: pd.DataFrame, events: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    """Return each row's customer's first event after its cutoff, NaT without one."""
    left = rows[[*KEYS, "cutoff"]].assign(place=np.arange(len(rows))).sort_values("cutoff")
    found = pd.merge_asof(
        left,
        events.sort_values("happened").assign(cutoff=lambda e: e["happened"]),
        on="cutoff",
        by=KEYS,
        direction="forward",
        allow_exact_matches=False,
    ).sort_values("place")
    return pd.Series(found["happened"].to_numpy(), index=rows.index)
