"""Lifetime value of an organization's customers, by the candidate that forecast best."""

from datetime import date
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.clv import intervals
from ml.clv.candidates import NAIVE, Candidates
from ml.clv.features import WEEK, features, outcomes
from ml.clv.forecast import Forecast
from ml.clv.history import Floats, History, day_number, read_history
from ml.evaluation.regression import bias_percent, mae, normalized_gini, rmse, tweedie_deviance

LEAST_CUSTOMERS = 200
LEAST_WEEKS = 12
YEAR = 365.25 / WEEK
HOLDOUT_SHARE = 0.3
_INTERVAL_CUSTOMERS = 5_000


class CustomerLifetimeValue(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Choose among candidates on the newest closed window, then train the champion on everything.

    The holdout is the last 30 % of the history, a year at most. The champion is the candidate with
    the lowest Tweedie deviance (power 1.5) of value on it, which punishes a wrong order and a wrong
    level alike. An organization with fewer than 200 customers, 12 weeks or no repeat purchase gets
    the naive forecast, without intervals and lifetime.

    Parameters
    ----------
    value : column of days that is worth something: gross_margin or revenue, currency
    lifetime_years : years that count as lifetime
    discount_rate : what a year's waiting costs, share
    random_state : seed of samples and draws

    Attributes
    ----------
    champion_ : name of the chosen candidate
    reason_ : why, a sentence
    metrics_ : dict of candidate to dict of figures on the holdout; empty without one
    parameters_ : dict of what was learned
    holdout_ : frame with the champion's forecast and what came; empty without one
    candidates_ : fitted ``Candidates``
    trained_as_of_ : date
    """

    def __init__(
        self,
        value: str = "gross_margin",
        lifetime_years: int = 5,
        discount_rate: float = 0.1,
        random_state: int = 0,
    ) -> None:
        self.value = value
        self.lifetime_years = lifetime_years
        self.discount_rate = discount_rate
        self.random_state = random_state

    def fit(self, days: pd.DataFrame, as_of: date) -> Self:
        """Train on customers' days up to and with ``as_of``.

        Raises
        ------
        ValueError
            If days lacks a column, repeats a customer's day, or nobody has bought anything yet.
        """
        until = day_number(as_of)
        history = read_history(days, self.value).until(until)
        self.trained_as_of_ = as_of
        self.champion_, self.holdout_ = NAIVE, pd.DataFrame()
        self.metrics_: dict[str, dict[str, float]] = {}
        self.promised_coverage_ = self.plain_coverage_ = float("nan")
        self.reason_ = _too_little(history, until)
        if not self.reason_:
            try:
                self._judge(history, until)
                self.candidates_ = Candidates(True, self.random_state).fit(history, until, YEAR)
            except ValueError as error:
                self.champion_, self.reason_ = NAIVE, f"no purchase process: {error}"
        if self.champion_ == NAIVE and not self.metrics_:
            self.candidates_ = Candidates(False, self.random_state).fit(history, until, YEAR)
        return self

    def predict(self, days: pd.DataFrame, as_of: date) -> pd.DataFrame:
        """Return the scores described in ``ml.clv`` of everyone who bought until ``as_of``."""
        check_is_fitted(self, "candidates_")
        until = day_number(as_of)
        history = read_history(days, self.value).until(until)
        X = features(history, until)
        who = history.customers.iloc[X.index].reset_index(drop=True)
        forecasts = self.candidates_.predict(X, YEAR)
        shared = self._shared(X)
        low_high = self._intervals(X, forecasts[self.champion_], shared["ratio"])
        parts = []
        for name, forecast in forecasts.items():
            part = who.assign(
                model_name=name,
                is_champion=name == self.champion_,
                historic_value=X["value"].to_numpy(),
                probability_alive=shared["alive"],
                expected_transactions_12m=forecast.purchases,
                expected_value_12m=forecast.value,
                value_12m_low=np.nan,
                value_12m_high=np.nan,
                expected_value_lifetime=forecast.value * shared["ratio"],
                value_lifetime_low=np.nan,
                value_lifetime_high=np.nan,
            )
            if name == self.champion_:
                part = part.assign(**low_high)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    @property
    def parameters_(self) -> dict[str, Any]:
        """What was learned, as plain values."""
        check_is_fitted(self, "candidates_")
        process = self.candidates_.process_
        learned: dict[str, Any] = {
            "champion": self.champion_,
            "reason": self.reason_,
            "promised_coverage": self.promised_coverage_,
        }
        if process is not None:
            learned |= {"purchases": process.counts_.parameters_}
            learned |= {"spend": process.spend_.parameters_}
        return learned

    def _judge(self, history: History, until: int) -> None:
        """Train on the past alone, forecast the newest window, choose and calibrate."""
        span = (until - history.first_purchase()) / WEEK
        held_out = int(min(HOLDOUT_SHARE * span, YEAR) * WEEK)
        cutoff, weeks = until - held_out, held_out / WEEK
        candidates = Candidates(True, self.random_state).fit(history, cutoff, weeks)
        X = features(history, cutoff)
        came = outcomes(history, cutoff, until, X.index)
        forecasts = candidates.predict(X, weeks)
        self.metrics_ = {name: _figures(came, forecast) for name, forecast in forecasts.items()}
        self.champion_ = min(self.metrics_, key=lambda name: self.metrics_[name]["value_deviance"])
        best = forecasts[self.champion_]
        self.reason_ = (
            f"lowest Tweedie deviance of value on the last {held_out} days, which "
            f"{len(X)} customers spent after training"
        )
        self.holdout_ = came.assign(
            expected_purchases=best.purchases, expected_value=best.value
        ).reset_index(drop=True)
        draws, rows = self._sampled_draws(candidates, X, best, weeks)
        actual = came["value"].to_numpy()[rows]
        self.promised_coverage_, self.plain_coverage_ = intervals.promised_coverage(draws, actual)

    def _sampled_draws(
        self, candidates: Candidates, X: pd.DataFrame, forecast: Forecast, weeks: float
    ) -> tuple[Floats, Any]:
        rng = np.random.default_rng(self.random_state)
        rows = np.sort(rng.permutation(len(X))[:_INTERVAL_CUSTOMERS])
        part = Forecast(forecast.purchases[rows], forecast.spend[rows])
        assert candidates.process_ is not None
        drawn = intervals.draw_values(candidates.process_, X.iloc[rows], part, weeks, rng)
        return np.concatenate(list(drawn)), rows

    def _shared(self, X: pd.DataFrame) -> dict[str, Floats]:
        """Return what all candidates take from the process; nan without one."""
        process = self.candidates_.process_
        if process is None:
            nothing = np.full(len(X), np.nan)
            return {"alive": nothing, "ratio": nothing}
        ratio = process.lifetime_ratio(X, YEAR, self.lifetime_years, self.discount_rate)
        return {"alive": process.alive_probability(X), "ratio": ratio}

    def _intervals(self, X: pd.DataFrame, forecast: Forecast, ratio: Floats) -> dict[str, Floats]:
        process = self.candidates_.process_
        if process is None or not np.isfinite(self.promised_coverage_):
            return {}
        found = {}
        lifetime = self.lifetime_years * YEAR
        # Draws of a lifetime are not discounted; their bounds are, as its mean is.
        discount = ratio / np.maximum(
            process.counts_.predict(X, lifetime)
            / np.maximum(process.counts_.predict(X, YEAR), 1e-12),
            1e-12,
        )
        far = Forecast(forecast.purchases * ratio / discount, forecast.spend)
        for name, ahead, weeks, factor in (
            ("12m", forecast, YEAR, np.ones(len(X))),
            ("lifetime", far, lifetime, discount),
        ):
            draws, _ = self._sampled_draws(self.candidates_, X, ahead, weeks)
            level = intervals.level_for(draws, self.promised_coverage_)
            rng = np.random.default_rng(self.random_state)
            pairs = [
                intervals.bounds(chunk, level)
                for chunk in intervals.draw_values(process, X, ahead, weeks, rng)
            ]
            found[f"value_{name}_low"] = np.concatenate([low for low, _ in pairs]) * factor
            found[f"value_{name}_high"] = np.concatenate([high for _, high in pairs]) * factor
        return found


def _figures(came: pd.DataFrame, forecast: Forecast) -> dict[str, float]:
    measures = {"mae": mae, "rmse": rmse, "bias_percent": bias_percent, "gini": normalized_gini}
    pairs = {
        "purchases": (came["purchases"].to_numpy(), forecast.purchases),
        "value": (came["value"].to_numpy(), forecast.value),
    }
    figures = {
        f"{what}_{name}": measure(actual, expected)
        for what, (actual, expected) in pairs.items()
        for name, measure in measures.items()
    }
    return figures | {"value_deviance": tweedie_deviance(*pairs["value"])}


def _too_little(history: History, until: int) -> str:
    """Return why no model can be trained, or nothing."""
    customers = len(features(history, until))
    weeks = (until - history.first_purchase()) / WEEK
    if customers < LEAST_CUSTOMERS:
        return f"{customers} customers are fewer than the {LEAST_CUSTOMERS} that models need"
    if weeks < LEAST_WEEKS:
        return f"{weeks:.0f} weeks of history are fewer than the {LEAST_WEEKS} that models need"
    return ""
