"""Lifetime value of an organization's customers, by the candidate that forecast best."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats
from ml.clv import intervals
from ml.clv.candidates import COMBINATION, NAIVE, Candidates
from ml.clv.features import WEEK, features
from ml.clv.forecast import Forecast
from ml.clv.history import History, day_number, read_history
from ml.clv.judging import Verdict, judge, sampled_draws
from ml.clv.process import PurchaseProcess

LEAST_CUSTOMERS = 200
LEAST_WEEKS = 12
YEAR = 365.25 / WEEK
_WHY = {COMBINATION: "no candidate is clearly better than the combination"}
_WHY_ANOTHER = "lowest Tweedie deviance of value among the candidates"


class CustomerLifetimeValue(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Choose among candidates on the newest closed window, then train all on everything.

    The window is the last 30 % of the history, a year at most. The champion is the combination,
    unless another candidate is better on it by more than a tenth of the Tweedie deviance of value
    (power 1.5), which punishes a wrong order and a wrong level alike. An organization with fewer
    than 200 customers or 12 weeks, or with too few repeat purchases, gets the naive forecast of a
    year, without probability, intervals and lifetime.

    Parameters
    ----------
    value : column of days that tells what a day was worth: gross_margin or revenue, currency
    lifetime_years : years that count as lifetime
    discount_rate : what a year's waiting costs, share
    random_state : seed of samples and draws

    Attributes
    ----------
    champion_ : name of the chosen candidate
    reason_ : why, a sentence
    n_customers_ : customers with a purchase
    candidates_ : fitted ``Candidates``
    draws_inside_ : share of draws that intervals must hold for 80 % coverage; nan without them
    verdict_ : ``Verdict`` of the contest, None without one; not part of a saved model
    """

    verdict_: Verdict | None

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
        self.n_customers_ = len(features(history, until))
        self.champion_, self.reason_ = NAIVE, _too_little(self.n_customers_, history, until)
        self.draws_inside_, self.verdict_ = float("nan"), None
        if not self.reason_:
            try:
                verdict = judge(history, until, YEAR, self.random_state)
                self.candidates_ = Candidates(random_state=self.random_state)
                self.candidates_.fit(history, until, YEAR)
            except ValueError as error:
                self.reason_ = str(error)
            else:
                self.verdict_, self.champion_ = verdict, verdict.champion
                self.draws_inside_ = verdict.draws_inside
                self.reason_ = (
                    f"{_WHY.get(self.champion_, _WHY_ANOTHER)} on {len(verdict.holdout)} "
                    "customers' newest window"
                )
        if self.verdict_ is None:
            self.candidates_ = Candidates(False, self.random_state).fit(history, until, YEAR)
        return self

    def forecast(self, days: pd.DataFrame, as_of: date, weeks: float = YEAR) -> pd.DataFrame:
        """Forecast the next ``weeks`` of everyone who bought until ``as_of``, undiscounted.

        Returns
        -------
        one row per customer and candidate: customer_type, customer_id, algorithm, is_champion,
        historic_value, expected_transactions, expected_value, probability_alive, and of the
        champion interval_low and interval_high
        """
        customers = self._customers(days, as_of)
        return self._table(customers, weeks, self._forecasts(customers, weeks), np.array(1.0))

    def expect(self, days: pd.DataFrame, as_of: date, weeks: float = YEAR) -> pd.DataFrame:
        """Return what the champion expects of the next ``weeks``, undiscounted.

        One row per customer who bought until ``as_of``: customer_type, customer_id, expected_value.
        """
        customers = self._customers(days, as_of)
        champion = self._forecasts(customers, weeks)[self.champion_]
        return customers.who.assign(expected_value=champion.value)

    def predict(self, days: pd.DataFrame, as_of: date) -> pd.DataFrame:
        """Return the scores described in ``ml.clv``: twelve months, and where told, a lifetime."""
        customers = self._customers(days, as_of)
        year = self._forecasts(customers, YEAR)
        tables = [self._table(customers, YEAR, year, np.array(1.0)).assign(horizon="12_months")]
        process = self.candidates_.process_
        if process is not None:
            X, weeks = customers.X, self.lifetime_years * YEAR
            longer = process.purchases(X, weeks) / np.maximum(process.purchases(X, YEAR), 1e-12)
            lifetime = {n: Forecast(f.purchases * longer, f.spend) for n, f in year.items()}
            discount = process.discount(X, self.lifetime_years, self.discount_rate)
            tables.append(
                self._table(customers, weeks, lifetime, discount).assign(horizon="lifetime")
            )
        return pd.concat(tables, ignore_index=True)

    @property
    def parameters_(self) -> dict[str, Any]:
        """What was learned, as plain values."""
        check_is_fitted(self, "candidates_")
        learned: dict[str, Any] = {"champion": self.champion_, "reason": self.reason_}
        process = self.candidates_.process_
        if process is not None:
            learned |= {
                "draws_inside": self.draws_inside_,
                "purchases": process.counts_.parameters_,
                "purchases_standard_errors": process.counts_.standard_errors_,
                "spend": process.spend_.parameters_,
                "assumed_half_life_weeks": process.half_life_,
                "year_levels": self.candidates_.year_levels_,
            }
        return learned

    def __getstate__(self) -> dict[str, Any]:
        """Leave out customers' outcomes: a saved model holds none."""
        state: dict[str, Any] = super().__getstate__()
        return state | {"verdict_": None}

    def _customers(self, days: pd.DataFrame, as_of: date) -> "_Customers":
        check_is_fitted(self, "candidates_")
        until = day_number(as_of)
        history = read_history(days, self.value).until(until)
        X = features(history, until)
        return _Customers(history.customers.iloc[X.index].reset_index(drop=True), X)

    def _forecasts(self, customers: "_Customers", weeks: float) -> dict[str, Forecast]:
        return self.candidates_.predict(customers.X, weeks)

    def _table(
        self,
        customers: "_Customers",
        weeks: float,
        forecasts: dict[str, Forecast],
        discount: Floats,
    ) -> pd.DataFrame:
        process, X = self.candidates_.process_, customers.X
        nothing = np.full(len(X), np.nan)
        alive = nothing if process is None else process.alive_probability(X)
        parts = []
        for name, forecast in forecasts.items():
            low, high = nothing, nothing
            if name == self.champion_ and process is not None:
                low, high = self._interval(process, X, forecast, weeks)
            parts.append(
                customers.who.assign(
                    algorithm=name,
                    is_champion=name == self.champion_,
                    historic_value=X["value"].to_numpy(),
                    expected_transactions=forecast.purchases,
                    expected_value=forecast.value * discount,
                    probability_alive=nothing if name == NAIVE else alive,
                    interval_low=low * discount,
                    interval_high=high * discount,
                )
            )
        return pd.concat(parts, ignore_index=True)

    def _interval(
        self, process: PurchaseProcess, X: pd.DataFrame, forecast: Forecast, weeks: float
    ) -> tuple[Floats, Floats]:
        draws, _ = sampled_draws(process, X, forecast, weeks, self.random_state)
        level = intervals.level_for(draws, self.draws_inside_)
        rng = np.random.default_rng(self.random_state)
        found = [
            intervals.bounds(chunk, level)
            for chunk in intervals.draw_values(process, X, forecast, weeks, rng)
        ]
        low, high = (np.concatenate(side) for side in zip(*found, strict=True))
        return low, high


@dataclass(frozen=True)
class _Customers:
    """Who they are, and their features."""

    who: pd.DataFrame
    X: pd.DataFrame


def _too_little(customers: int, history: History, until: int) -> str:
    """Return why no model can be trained, or nothing."""
    weeks = (until - history.first_purchase()) / WEEK
    if customers < LEAST_CUSTOMERS:
        return f"{customers} customers are fewer than the {LEAST_CUSTOMERS} that models need"
    if weeks < LEAST_WEEKS:
        return f"{weeks:.0f} weeks of history are fewer than the {LEAST_WEEKS} that models need"
    return ""
