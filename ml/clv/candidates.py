"""All candidates of one organization, trained at one cutoff."""

from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from ml.clv.boosting import TwoPartBoosting
from ml.clv.features import features
from ml.clv.forecast import Forecast
from ml.clv.history import History
from ml.clv.learning import learning_rows
from ml.clv.log_linear import LogLinear
from ml.clv.naive import NaiveValue
from ml.clv.process import WHOLE_YEAR, PurchaseProcess

NAIVE, PROCESS, COMBINATION = "naive", "purchase_process", "combination"
LOG_LINEAR, BOOSTING = "log_linear", "gradient_boosting"
# Fewer rows than these bring nothing that the process does not know.
LEAST_ROWS = 500


class Candidates(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """From plain to elaborate; the combination is the mean of all but the naive one.

    Attributes
    ----------
    naive_ : fitted ``NaiveValue``
    process_ : fitted ``PurchaseProcess``, None where ``with_models`` is false
    learners_ : dict of name to fitted ``LogLinear`` and ``TwoPartBoosting``; empty where the
        history holds too few past cutoffs to learn from
    year_levels_ : dict of name to what its forecast of a whole year is multiplied by. Learners know
        windows that end today and their season; the process knows the whole history. Where that
        spans a year, they agree on the year's total.
    """

    def __init__(self, with_models: bool = True, random_state: int = 0) -> None:
        self.with_models = with_models
        self.random_state = random_state

    def fit(self, history: History, until: int, horizon_weeks: float) -> Self:
        """Train on the days up to and with ``until``.

        Raises
        ------
        ValueError
            If models are wanted and too few customers bought twice.
        """
        past = history.until(until)
        X = features(past, until)
        self.naive_ = NaiveValue().fit(X)
        self.process_ = PurchaseProcess(self.random_state).fit(X) if self.with_models else None
        self.learners_: dict[str, LogLinear | TwoPartBoosting] = {}
        rows = (
            learning_rows(past, until, horizon_weeks, self.random_state)
            if self.with_models
            else pd.DataFrame()
        )
        if len(rows) >= LEAST_ROWS and (rows["next_value"] > 0).any():
            self.learners_[LOG_LINEAR] = LogLinear().fit(rows)
            self.learners_[BOOSTING] = TwoPartBoosting(random_state=self.random_state).fit(rows)
        self.year_levels_ = self._year_levels(X)
        return self

    def _year_levels(self, X: pd.DataFrame) -> dict[str, float]:
        if self.process_ is None or X["age"].max() < WHOLE_YEAR:
            return {}
        total = self.process_.purchases(X, WHOLE_YEAR).sum()
        known = self.process_.describe(X, WHOLE_YEAR)
        return {
            name: float(total / learner.predict(known, WHOLE_YEAR).purchases.sum())
            for name, learner in self.learners_.items()
        }

    def predict(self, X: pd.DataFrame, weeks: float) -> dict[str, Forecast]:
        """Return each candidate's forecast of customers with these features."""
        forecasts = {NAIVE: self.naive_.predict(X, weeks)}
        if self.process_ is None:
            return forecasts
        forecasts[PROCESS] = self.process_.predict(X, weeks)
        known = self.process_.describe(X, weeks)
        for name, learner in self.learners_.items():
            told = learner.predict(known, weeks)
            level = self.year_levels_.get(name, 1.0) if weeks >= WHOLE_YEAR else 1.0
            forecasts[name] = Forecast(told.purchases * level, told.spend)
        if self.learners_:
            members = [f for name, f in forecasts.items() if name != NAIVE]
            forecasts[COMBINATION] = Forecast(
                np.mean([f.purchases for f in members], axis=0),
                np.mean([f.spend for f in members], axis=0),
            )
        return forecasts
