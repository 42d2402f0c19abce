"""Purchase processes on a CD shop's 23,570 customers: how fast they fit, how well they forecast."""

import time
from datetime import date
from pathlib import Path

import pandas as pd

from benchmarks.models.daily import customer_days
from ml.evaluation.regression import REGRESSION
from ml.purchase import (
    BetaGeometricNBD,
    GammaGamma,
    ModifiedBetaGeometricNBD,
    ParetoNBD,
    summarize,
)

_CUTOFF, _END = date(1997, 9, 30), date(1998, 6, 30)
_WEEKS = 39.0


def evaluate(data: Path) -> pd.DataFrame:
    """Fit each process to the days until the cutoff, and forecast the 39 weeks after it.

    Returns
    -------
    one row per process: seconds to fit, log-likelihood, parameters, figures of merit of purchases,
    and with Gamma-Gamma of value
    """
    days = customer_days(data)["CD shop"].rename(
        columns={"customer_id": "customer", "transaction_date": "day", "revenue": "value"}
    )
    days = days.assign(day=pd.to_datetime(days["day"]))
    past = summarize(days, _CUTOFF)
    later = days[(days["day"] > pd.Timestamp(_CUTOFF)) & (days["day"] <= pd.Timestamp(_END))]
    groups = later.groupby("customer")["value"]
    came = {
        "purchases": groups.size().reindex(past.index, fill_value=0),
        "value": groups.sum().reindex(past.index, fill_value=0.0),
    }
    spend = GammaGamma().fit(past).predict(past)
    rows = []
    for model in (BetaGeometricNBD(), ModifiedBetaGeometricNBD(), ParetoNBD()):
        started = time.perf_counter()
        model.fit(past)
        seconds = time.perf_counter() - started
        expected = model.predict(past, _WEEKS)
        told = ", ".join(f"{name} {value:.3f}" for name, value in model.parameters_.items())
        rows.append(
            {
                "process": type(model).__name__,
                "seconds": seconds,
                "log_likelihood": model.log_likelihood_,
                "parameters": told,
                **{
                    f"{what}_{name}": metric(came[what], forecast)
                    for what, forecast in (("purchases", expected), ("value", expected * spend))
                    for name, metric in REGRESSION.items()
                },
            }
        )
    return pd.DataFrame(rows)
