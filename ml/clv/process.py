"""The purchase process times what a purchase brings: the model of each customer's pace and end."""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ml.arrays import Floats
from ml.clv.forecast import Forecast
from ml.purchase import GammaGamma, ParetoNBD

# From here on a forecast holds every season, and time enough to leave in.
WHOLE_YEAR = 52.0
# Nobody is less alive than this: the history shows no leaving.
_ALL_ALIVE = 0.99
# More customers make the fit slower, and its parameters no surer than they need to be.
MOST_CUSTOMERS = 30_000


class PurchaseProcess(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Pareto/NBD for how often, Gamma-Gamma for how much.

    A growing season hides those who leave, and a short history may show none at all. Then customers
    would be forecast to buy on for ever; instead half of them are taken to leave within as long a
    time as was observed. That is an assumption: it counts in forecasts of a year and longer alone.

    Parameters
    ----------
    random_state : draws the customers that are fitted where there are very many

    Attributes
    ----------
    counts_ : fitted ``ParetoNBD``, in weeks
    spend_ : fitted ``GammaGamma``, in currency
    half_life_ : weeks in which half of the customers are taken to leave, nan where the process
        found out how they leave
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, X: pd.DataFrame) -> Self:
        """Estimate from customers' features at one cutoff.

        Raises
        ------
        ValueError
            If too few customers bought twice.
        """
        if len(X) > MOST_CUSTOMERS:
            X = X.sample(MOST_CUSTOMERS, random_state=self.random_state)
        self.counts_ = ParetoNBD().fit(X)
        self.spend_ = GammaGamma().fit(X)
        all_alive = float(self.counts_.alive_probability(X).min()) > _ALL_ALIVE
        self.half_life_ = float(X["age"].max()) if all_alive else float("nan")
        return self

    def purchases(self, X: pd.DataFrame, weeks: float) -> Floats:
        """Return the purchases that each customer is expected to make in ``weeks``, (n,)."""
        expected: Floats = self.counts_.predict(X, weeks) * self._stay(weeks)
        return expected

    def _stay(self, weeks: float) -> float:
        """Return the mean share of ``weeks`` for which customers are taken to stay."""
        if weeks < WHOLE_YEAR or np.isnan(self.half_life_):
            return 1.0
        lives = np.log(2) * weeks / self.half_life_
        return float(-np.expm1(-lives) / lives)

    def describe(self, X: pd.DataFrame, weeks: float) -> pd.DataFrame:
        """Return the features with what the process says: learners start from it."""
        return X.assign(
            process_pace=self.counts_.predict(X, weeks) / weeks,
            process_pace_now=self.counts_.predict(X, 1.0),
            process_alive=self.counts_.alive_probability(X),
            process_spend=self.spend_.predict(X),
        )

    def predict(self, X: pd.DataFrame, weeks: float) -> Forecast:
        """Forecast the next ``weeks`` of customers as ``describe`` returned them."""
        return Forecast(self.purchases(X, weeks), self.spend_.predict(X))

    def alive_probability(self, X: pd.DataFrame) -> Floats:
        """Return the probability that each customer has not left, (n,); nan if none was found."""
        if np.isnan(self.half_life_):
            return self.counts_.alive_probability(X)
        return np.full(len(X), np.nan)

    def discount(self, X: pd.DataFrame, years: int, rate: float) -> Floats:
        """Return what purchases of the next ``years`` are worth today, share of their sum, (n,).

        Those of a year count as in its middle.
        """
        ends = np.arange(years + 1) * 365.25 / 7
        yearly = np.diff([self.purchases(X, end) for end in ends], axis=0)
        worth = ((1 + rate) ** -(np.arange(years) + 0.5)) @ yearly
        share: Floats = worth / np.maximum(yearly.sum(axis=0), 1e-12)
        return share
