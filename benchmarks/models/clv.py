"""Lifetime value: what two retailers' customers bring after a cutoff, forecast from before it."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from benchmarks.models.daily import customer_days
from ml.clv import train_clv
from ml.clv.features import WEEK
from ml.clv.history import KEY, day_number, read_history
from ml.evaluation.plots import decile_plot, gain_plot, residual_plot
from ml.evaluation.regression import REGRESSION, coverage

_ORIGINS = (
    ("CD shop", date(1997, 9, 30), date(1998, 6, 30)),
    ("CD shop", date(1997, 12, 31), date(1998, 6, 30)),
    ("UK retailer", date(2011, 6, 9), date(2011, 12, 8)),
    ("UK retailer", date(2011, 9, 8), date(2011, 12, 8)),
)


@dataclass(frozen=True)
class _Origin:
    """Forecasts of one shop's customers, beside what came: ``purchases`` and ``value``."""

    shop: str
    cutoff: date
    days: int
    forecasts: pd.DataFrame


def evaluate(data: Path) -> pd.DataFrame:
    """Forecast purchases and revenue until the data end; nothing after the cutoff is seen.

    Returns
    -------
    one row per shop, cutoff and algorithm, ``chosen`` being what the contest before the cutoff
    chose: figures of merit of purchases and value, and what the 80 % interval covered
    """
    rows = []
    for origin in _origins(data):
        for algorithm, forecast in origin.forecasts.groupby("algorithm", sort=False):
            figures: dict[str, object] = {
                "data": origin.shop,
                "cutoff": origin.cutoff,
                "days": origin.days,
                "algorithm": algorithm,
                "chosen": bool(forecast["is_champion"].all()),
            }
            for what, expected in (
                ("purchases", "expected_transactions"),
                ("value", "expected_value"),
            ):
                for name, metric in REGRESSION.items():
                    figures[f"{what}_{name}"] = metric(forecast[what], forecast[expected])
            if forecast["interval_low"].notna().all():
                bounds = forecast["interval_low"], forecast["interval_high"]
                figures["coverage"] = coverage(forecast["value"], *bounds)
            rows.append(figures)
    return pd.DataFrame(rows)


def plots(data: Path) -> dict[str, bytes]:
    """Return gain, deciles and errors of the chosen model at each cutoff."""
    drawn = {}
    for origin in _origins(data):
        chosen = origin.forecasts[origin.forecasts["is_champion"]]
        came, expected = chosen["value"], chosen["expected_value"]
        for name, plot in (
            ("gain", gain_plot),
            ("deciles", decile_plot),
            ("errors", residual_plot),
        ):
            title = f"{origin.shop}, value of {origin.days} days from {origin.cutoff}"
            place = f"{origin.shop.lower().replace(' ', '_')}_{origin.cutoff}_{name}"
            drawn[place] = plot(came, expected, title)
    return drawn


@cache
def _origins(data: Path) -> list[_Origin]:
    found = []
    for shop, cutoff, end in _ORIGINS:
        days = customer_days(data)[shop]
        model = train_clv(days, as_of=cutoff, value="revenue").model
        length = (end - cutoff).days
        forecasts = model.forecast(days, cutoff, length / WEEK)
        came = _what_came(days, cutoff, end)
        joined = forecasts.merge(came, how="left", on=KEY).fillna({"purchases": 0, "value": 0.0})
        found.append(_Origin(shop, cutoff, length, joined))
    return found


def _what_came(days: pd.DataFrame, cutoff: date, end: date) -> pd.DataFrame:
    history = read_history(days, "revenue").between(day_number(cutoff), day_number(end))
    came = pd.DataFrame(
        {
            "customer": history.customer,
            "purchases": (history.orders > 0).astype("float64"),
            "value": history.value,
        }
    )
    sums = came.groupby("customer")[["purchases", "value"]].sum()
    return history.customers.join(sums, how="inner")
