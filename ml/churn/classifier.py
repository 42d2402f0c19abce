"""The churn model: candidates compete on the newest closed window, the best is calibrated."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Flags, Floats, Integers
from ml.churn.additive import AdditiveModel, add_up, probabilities
from ml.churn.calibration import Stacking
from ml.churn.candidates import Entrant, candidates, choose, fallback
from ml.churn.drawing import draw_customers
from ml.churn.leaks import leaking_features
from ml.churn.rows import Rows, days_since_1970, read_rows
from ml.churn.season import Season
from ml.evaluation.classification import CLASSIFICATION


class ChurnClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Probability of churn with additive log-odds, by a combination of models.

    With cutoffs the contest is in time: every candidate learns from the windows that closed by the
    newest cutoff and is judged on the newest window. Without them, or where too little had closed
    that early, it is judged on customers that it has not seen, by cross-validation. The combination
    wins, unless another candidate's log-loss is clearly lower. The champion then learns from all
    windows. Candidates are weighed and calibrated on log-odds of customers not seen in training,
    all windows alike; where the same season of the year before is known, probabilities follow it
    (see ``Season``).

    With fewer than 200 customers or 20 of either outcome the recency rule is used without a
    contest; with fewer than 30 customers or 5 of either outcome, or without recency, the base rate.

    Parameters
    ----------
    horizon_days : length of the label's window, for the purchase process
    folds : parts of the customers in cross-fitting
    max_rows : customers are drawn at random until they have so many rows
    check_leaks : whether to refuse features that know the outcome
    random_state : seed

    Attributes
    ----------
    model_name_ : which candidate won, or which fallback was used
    models_ : the models that the champion is made from
    calibration_, season_ : their weights, and the season of windows
    intercept_ : calibrated log-odds of the average customer, without season
    contest_ : how it was judged: time, customers or none
    comparison_ : per candidate its figures of merit in the contest
    test_rows_, test_outcome_, test_probability_ : positions of the judged rows in what ``fit`` was
        given, their outcomes, and per candidate the probabilities that it gave them
    closes_ : last day of the newest label (datetime64); None without cutoffs
    n_rows_, n_customers_, base_rate_ : what it was trained on
    """

    def __init__(
        self,
        horizon_days: int = 90,
        folds: int = 3,
        max_rows: int = 60_000,
        check_leaks: bool = True,
        random_state: int = 0,
    ) -> None:
        self.horizon_days = horizon_days
        self.folds = folds
        self.max_rows = max_rows
        self.check_leaks = check_leaks
        self.random_state = random_state

    def fit(
        self,
        X: pd.DataFrame,
        y: Any,
        cutoff: Any = None,
        closes: Any = None,
        customers: Any = None,
    ) -> Self:
        """Learn from features (n, k) and outcomes (n,), 1 for churned.

        Parameters
        ----------
        cutoff, closes : day on which the features stood, and last day of the label's window, (n,)
        customers : who each row is of, (n,); rows are customers of their own if not given

        Raises
        ------
        ValueError
            If there are no rows, an outcome is not 0 or 1, a window closes before it opens, or a
            feature knows the outcome.
        """
        from threadpoolctl import threadpool_limits  # noqa: PLC0415 - brought by scikit-learn

        rows = read_rows(X, y, cutoff, closes, customers)
        self.closes_ = None if cutoff is None else np.datetime64(int(rows.closes.max()), "D")
        self.n_rows_, self.n_customers_ = len(rows), len(np.unique(rows.customer))
        self.base_rate_ = float(rows.y.mean())
        kept = draw_customers(rows.customer, self.max_rows, self.random_state)
        rows = rows[kept]
        if self.check_leaks and (leaks := leaking_features(rows.X, rows.y)):
            raise ValueError(
                f"the outcome stands in {', '.join(leaks)}: leave out what was not known at the "
                "cutoff"
            )
        simple = fallback(rows.X, rows.y, self.n_customers_)
        entrants = simple or candidates(rows.X, self.horizon_days, self.random_state)
        # Sums over several threads differ in the last digit from machine to machine.
        with threadpool_limits(1):
            self._compete(entrants, rows, np.flatnonzero(kept))
        self.classes_ = np.array([0, 1])
        return self

    def decision_function(self, X: pd.DataFrame) -> Floats:
        """Return calibrated log-odds of churn without season, (n,)."""
        check_is_fitted(self, "models_")
        log_odds = [model.decision_function(X) for model in self.models_]
        return self.calibration_.transform(np.column_stack(log_odds))

    def predict_proba(self, X: pd.DataFrame, cutoff: Any = None) -> Floats:
        """Return the probabilities of staying and of churn, (n, 2).

        Parameters
        ----------
        cutoff : day on which the features stand, (n,); without it there is no season

        Raises
        ------
        ValueError
            If a cutoff is given that lies before the end of a window that the model learned from.
        """
        check_is_fitted(self, "models_")
        if cutoff is not None and self.closes_ is not None:
            first = np.asarray(pd.to_datetime(pd.Series(cutoff)), dtype="datetime64[D]").min()
            if first < self.closes_:
                raise ValueError(
                    f"labels of training close on {self.closes_}, after the cutoff {first} that is "
                    "to be forecast: train on windows that close by then"
                )
        log_odds = self.decision_function(X)
        return probabilities(log_odds if cutoff is None else log_odds + self.season(cutoff))

    def season(self, cutoff: Any) -> Floats:
        """Return what the season adds to the log-odds of windows that open on these days, (n,)."""
        check_is_fitted(self, "season_")
        return self.season_.at(days_since_1970(cutoff))

    def predict(self, X: pd.DataFrame) -> Integers:
        """Return 1 for those who are likelier to leave than to stay, (n,)."""
        likelier: Integers = (self.decision_function(X) > 0).astype(np.int64)
        return likelier

    def contributions(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return what each feature adds to the calibrated log-odds, (n, k).

        ``intercept_`` and a row's sum are its log-odds without season.
        """
        check_is_fitted(self, "models_")
        weighed = zip(self.models_, self.calibration_.slopes_, strict=True)
        return add_up([model.contributions(X) * slope for model, slope in weighed])

    def _compete(self, entrants: dict[str, Entrant], rows: Rows, places: Integers) -> None:
        """Find the champion and fit it on all rows, which stood at ``places``."""
        self.comparison_: dict[str, dict[str, float]] = {}
        self.test_probability_: dict[str, Floats] = {}
        self.contest_, test = self._contest(entrants, rows)
        self.test_rows_ = places[test]
        self.test_outcome_ = rows.y[test]
        losses = {name: figures["log_loss"] for name, figures in self.comparison_.items()}
        self.model_name_ = choose(losses) if losses else next(iter(entrants))
        champion = entrants[self.model_name_]
        seen = np.column_stack([self._cross_fit(model, rows) for model in champion])
        self.calibration_ = Stacking().fit(seen, rows.y)
        self.season_ = Season().fit(self.calibration_.transform(seen), rows.y, rows.cutoff)
        self.models_ = [clone(model).fit(rows.X, rows.y) for model in champion]
        intercepts = np.array([model.intercept_ for model in self.models_])
        self.intercept_ = float(self.calibration_.transform(intercepts))

    def _contest(self, entrants: dict[str, Entrant], rows: Rows) -> tuple[str, Integers]:
        """Judge each entrant; return how, and the positions of the judged rows."""
        newest = rows.cutoff == rows.cutoff.max()
        past = rows[rows.closes <= rows.cutoff.max()]
        in_time = _can_learn(past.y) and (
            len(entrants) == 1 or not fallback(past.X, past.y, len(np.unique(past.customer)))
        )
        if len(entrants) == 1 and not in_time:
            return "none", np.empty(0, dtype=np.int64)
        test = np.flatnonzero(newest) if in_time else np.arange(len(rows))
        splits = [(past, newest)] if in_time else [(rows[~h], h) for h in self._parts(rows)]
        forecasts = {name: np.empty(len(rows)) for name in entrants}
        for training, held in splits:
            known: dict[int, tuple[Floats, Floats]] = {}
            for name, entrant in entrants.items():
                parts = [self._log_odds(model, training, rows[held].X, known) for model in entrant]
                seen, unseen = (np.column_stack(part) for part in zip(*parts, strict=True))
                calibration = Stacking().fit(seen, training.y)
                season = Season().fit(calibration.transform(seen), training.y, training.cutoff)
                log_odds = calibration.transform(unseen) + season.at(rows[held].cutoff)
                forecasts[name][held] = probabilities(log_odds)[:, 1]
        for name, forecast in forecasts.items():
            self.test_probability_[name] = forecast[test]
            self.comparison_[name] = {
                metric: value(rows.y[test], forecast[test])
                for metric, value in CLASSIFICATION.items()
            }
        return "time" if in_time else "customers", test

    def _log_odds(
        self,
        model: AdditiveModel,
        rows: Rows,
        X: pd.DataFrame,
        known: dict[int, tuple[Floats, Floats]],
    ) -> tuple[Floats, Floats]:
        """Return log-odds of rows by models that have not seen their customers, and of X.

        A model that is part of several candidates is fitted once: ``known`` has what it says.
        """
        if id(model) not in known:
            fitted = clone(model).fit(rows.X, rows.y)
            known[id(model)] = self._cross_fit(model, rows), fitted.decision_function(X)
        return known[id(model)]

    def _cross_fit(self, model: AdditiveModel, rows: Rows) -> Floats:
        """Return each row's log-odds by the same model fitted on other customers."""
        log_odds = np.zeros(len(rows))
        for held in self._parts(rows):
            # Where the other customers are all alike, the model has nothing to say.
            if _can_learn(rows[~held].y):
                seen = clone(model).fit(rows[~held].X, rows[~held].y)
                log_odds[held] = seen.decision_function(rows[held].X)
        return log_odds

    def _parts(self, rows: Rows) -> list[Flags]:
        """Return for each fold which rows are held out; a customer's rows stay together."""
        names, place = np.unique(rows.customer, return_inverse=True)
        fold = np.random.default_rng(self.random_state).permutation(len(names)) % self.folds
        parts = [fold[place] == number for number in range(self.folds)]
        return [held for held in parts if held.any() and not held.all()]


def _can_learn(y: Floats) -> bool:
    """Whether both outcomes occur often enough to learn from."""
    return bool(len(y)) and 0 < y.sum() < len(y)
