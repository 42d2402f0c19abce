"""Likeness and expected margin, learned together from one organization's companies."""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats
from ml.lookalikes.companies import TRAITS, describe_companies
from ml.lookalikes.likeness import BestCustomerLikeness
from ml.lookalikes.margin import ExpectedMargin
from ml.lookalikes.traits import numbers

_DAYS_PER_YEAR = 365.25


class LookalikeModel(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """How like the best customers companies are, and what they would bring.

    Parameters
    ----------
    credibility : purchases after which a lapsed customer's own margin tells as much about the next
        year as their traits do
    random_state : seed of all randomness

    Attributes
    ----------
    likeness_ : fitted ``BestCustomerLikeness``
    margin_ : fitted ``ExpectedMargin``
    best_margin_ : median yearly margin of the best customers; nan without any
    """

    def __init__(self, *, credibility: float = 3.0, random_state: int = 0) -> None:
        self.credibility = credibility
        self.random_state = random_state

    def fit(self, customers: pd.DataFrame, prospects: pd.DataFrame) -> Self:
        """Learn from customers, and from prospects that are none.

        Parameters
        ----------
        customers : ``ATTRIBUTES``, is_top_20, total_gross_margin, days_as_customer, order_count
        prospects : ``ATTRIBUTES``

        Raises
        ------
        ValueError
            If a column is missing.
        """
        best = customers["is_top_20"].to_numpy(dtype=bool, na_value=False)
        described = describe_companies(customers)
        market = pd.concat([described, describe_companies(prospects)], ignore_index=True)
        self.likeness_ = BestCustomerLikeness(TRAITS, random_state=self.random_state).fit(
            market, np.concatenate([best, np.zeros(len(prospects), dtype=bool)])
        )
        bought = numbers(customers["order_count"], 0.0) > 0
        yearly = yearly_margin(customers)
        self.margin_ = ExpectedMargin(TRAITS, random_state=self.random_state).fit(
            described[bought], yearly[bought]
        )
        self.best_margin_ = float(np.median(yearly[best])) if best.any() else float("nan")
        return self

    def expected_margin(self, companies: pd.DataFrame) -> Floats:
        """Return the gross margin expected of a year as a customer, (n,).

        A lapsed customer's own margin per year counts with n / (n + credibility) after n
        purchases; a prospect, without ``order_count``, is expected to be like its kind.
        """
        check_is_fitted(self, "margin_")
        expected = self.margin_.predict(describe_companies(companies))
        if "order_count" not in companies:
            return expected
        purchases = numbers(companies["order_count"], 0.0)
        own = purchases / (purchases + self.credibility)
        blended: Floats = own * np.maximum(yearly_margin(companies), 0) + (1 - own) * expected
        return blended


def yearly_margin(customers: pd.DataFrame) -> Floats:
    """Return each customer's margin per year from first to last purchase, a year at least, (n,)."""
    days = numbers(customers["days_as_customer"], 0.0)
    margin = numbers(customers["total_gross_margin"], 0.0)
    yearly: Floats = margin / np.maximum(days / _DAYS_PER_YEAR, 1.0)
    return yearly
