"""The purchase process times what a purchase brings: the model of each customer's pace and end."""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ml.clv.forecast import Forecast
from ml.purchase import GammaGamma, ParetoNBD
from ml.purchase.statistics import Floats

# More customers make the fit slower, and its parameters no surer than they need to be.
MOST_CUSTOMERS = 30_000


class PurchaseProcess(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Pareto/NBD for how often, Gamma-Gamma for how much.

    Parameters
    ----------
    random_state : draws the customers that are fitted where there are very many

    Attributes
    ----------
    counts_ : fitted ``ParetoNBD``, in weeks
    spend_ : fitted ``GammaGamma``, in currency
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
        return self

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
        return Forecast(self.counts_.predict(X, weeks), self.spend_.predict(X))

    def alive_probability(self, X: pd.DataFrame) -> Floats:
        """Return the probability that each customer has not left, (n,)."""
        return self.counts_.alive_probability(X)

    def discount(self, X: pd.DataFrame, years: int, rate: float) -> Floats:
        """Return what purchases of the next ``years`` are worth today, share of their sum, (n,).

        Those of a year count as in its middle.
        """
        ends = np.arange(years + 1) * 365.25 / 7
        yearly = np.diff([self.counts_.predict(X, end) for end in ends], axis=0)
        worth = ((1 + rate) ** -(np.arange(years) + 0.5)) @ yearly
        share: Floats = worth / np.maximum(yearly.sum(axis=0), 1e-12)
        return share
