"""The baseline: everyone goes on as before."""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ml.clv.forecast import Forecast


class NaiveValue(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Each customer's repeat purchases per week and value per purchase, drawn towards everyone's.

    The first purchase does not count as a pace: whoever bought once may never come back.

    Parameters
    ----------
    prior_weeks : how many weeks of the average customer stand beside each one's own

    Attributes
    ----------
    pace_ : repeat purchases per customer and week of everyone
    spend_ : value per purchase of everyone, currency
    """

    def __init__(self, prior_weeks: float = 13.0) -> None:
        self.prior_weeks = prior_weeks

    def fit(self, X: pd.DataFrame) -> Self:
        """Average over customers' features at one cutoff."""
        self.pace_ = float(X["frequency"].sum() / max(X["age"].sum(), 1.0))
        self.spend_ = float(max(X["value"].sum() / (X["frequency"] + 1.0).sum(), 0.0))
        return self

    def predict(self, X: pd.DataFrame, weeks: float) -> Forecast:
        """Forecast the next ``weeks``."""
        repeats, age = X["frequency"].to_numpy(), X["age"].to_numpy()
        pace = (repeats + self.prior_weeks * self.pace_) / (age + self.prior_weeks)
        spend = (np.maximum(X["value"].to_numpy(), 0.0) + self.spend_) / (repeats + 2.0)
        return Forecast(pace * weeks, spend)
