"""What a company would bring in a year."""

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats
from ml.lookalikes.traits import TraitEncoder

_POWER = 1.5
_CHUNK = 20_000


class ExpectedMargin(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Mean yearly gross margin of customers with these traits.

    A Tweedie regression with log link: a mean that is never negative, of margins of which many are
    small or nothing and few are large. The penalty is chosen on held-out customers; where none
    beats the plain mean by more than its standard error, the mean is what every company gets.

    Parameters
    ----------
    traits : see ``TraitEncoder``
    penalties : strengths ``alpha`` to choose from
    min_customers : fewer give their mean
    sample : customers to learn from, at most
    n_folds, random_state : of the choice of penalty

    Attributes
    ----------
    mean_ : mean margin, in the unit of y
    encoder_, coef_, intercept_ : log of the margin over the mean
    penalty_ : chosen ``alpha``, nan where the mean is the answer
    deviance_explained_ : share of the held-out deviance from the mean that the traits explain
    model_name_ : ``tweedie_regression`` or ``mean_margin``

    Source: Jorgensen and Paes de Souza, Scandinavian Actuarial Journal (1994).
    """

    def __init__(
        self,
        traits: Mapping[str, Sequence[str]],
        *,
        penalties: Sequence[float] = (0.01, 0.03, 0.1, 0.3, 1.0),
        min_customers: int = 50,
        sample: int = 20_000,
        n_folds: int = 5,
        random_state: int = 0,
    ) -> None:
        self.traits = traits
        self.penalties = penalties
        self.min_customers = min_customers
        self.sample = sample
        self.n_folds = n_folds
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: npt.ArrayLike) -> Self:
        """Learn from customers.

        Parameters
        ----------
        X : customers, a frame of shape (n, ...) with the columns of ``traits``
        y : their yearly margins, (n,); a loss counts as nothing

        Raises
        ------
        ValueError
            If X lacks a column, or y has another length or values that are not finite.
        """
        from threadpoolctl import threadpool_limits  # noqa: PLC0415

        margins = np.asarray(y, dtype=np.float64)
        if margins.shape != (len(X),) or not np.isfinite(margins).all():
            raise ValueError(f"y must be {len(X)} finite margins, one per row of X")
        margins = np.maximum(margins, 0.0)
        rng = np.random.default_rng(self.random_state)
        rows = np.arange(len(X))
        if len(X) > self.sample:
            rows = np.sort(rng.choice(rows, self.sample, replace=False))
        self.encoder_ = TraitEncoder(self.traits).fit(X.iloc[rows])
        self.mean_ = float(margins.mean()) if len(X) else 0.0
        self.coef_: Floats = np.zeros(len(self.encoder_.center_))
        self.intercept_ = 0.0
        self.penalty_ = self.deviance_explained_ = float("nan")
        self.model_name_ = "mean_margin"
        if len(X) >= self.min_customers and len(self.coef_) and self.mean_ > 0:
            with threadpool_limits(limits=1):
                self._learn(self.encoder_.transform(X.iloc[rows]), margins[rows] / self.mean_, rng)
        return self

    def predict(self, X: pd.DataFrame) -> Floats:
        """Return the expected margin of a year, (n,), in the unit of y."""
        check_is_fitted(self, "coef_")
        parts = [
            self.encoder_.transform(X.iloc[start : start + _CHUNK]) @ self.coef_
            for start in range(0, len(X), _CHUNK)
        ]
        expected: Floats = self.mean_ * np.exp(self.intercept_ + np.concatenate([*parts, []]))
        return expected

    def _learn(self, Z: Floats, y: Floats, rng: np.random.Generator) -> None:
        fold = rng.permutation(np.arange(len(y)) % self.n_folds)
        plain = np.array([y[fold != number].mean() for number in range(self.n_folds)])[fold]
        if not plain.all():
            return
        nothing = least = _deviances(y, plain)
        chosen = float("nan")
        for penalty in self.penalties:
            expected = np.empty(len(y))
            for number in range(self.n_folds):
                out = fold == number
                model = _tweedie(penalty).fit(Z[~out], y[~out])
                expected[out] = model.predict(Z[out])
            deviances = _deviances(y, expected)
            if deviances.mean() < least.mean():
                least, chosen = deviances, float(penalty)
        gain = nothing - least
        self.deviance_explained_ = float(gain.mean() / nothing.mean())
        if gain.mean() > gain.std() / np.sqrt(len(y)):
            model = _tweedie(chosen).fit(Z, y)
            self.coef_, self.intercept_ = model.coef_, float(model.intercept_)
            self.penalty_ = chosen
            self.model_name_ = "tweedie_regression"


def _deviances(y: Floats, expected: Floats) -> Floats:
    """Return the Tweedie deviance of each margin; of power 1.5 it has this simple form, (n,)."""
    deviances: Floats = 4 * (np.sqrt(y) - np.sqrt(expected)) ** 2 / np.sqrt(expected)
    return deviances


def _tweedie(penalty: float) -> "TweedieRegressor":  # type: ignore[name-defined]  # noqa: F821
    from sklearn.linear_model import TweedieRegressor  # noqa: PLC0415 - slow to import

    return TweedieRegressor(power=_POWER, alpha=penalty, link="log", max_iter=1000)
