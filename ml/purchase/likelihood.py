"""Maximum likelihood for the purchase models: positive parameters, searched on their logarithms."""

from abc import abstractmethod
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats
from ml.purchase.statistics import Statistics, group, read_statistics

_STEP = 1e-4


class PurchaseProcess(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """A model of repeat purchases with positive parameters, fitted by maximum likelihood.

    Attributes
    ----------
    parameters_ : dict of name to estimate
    standard_errors_ : dict of name to standard error, from the curvature of the likelihood; nan
        where the data do not tell
    log_likelihood_ : of the customers seen in ``fit``
    n_customers_ : how many these were
    """

    parameter_names: ClassVar[tuple[str, ...]]

    def fit(self, X: Any, y: object = None) -> Self:
        """Estimate the parameters.

        Parameters
        ----------
        X : frame with frequency, recency and age, or array of shape (n, 3) in that order

        Raises
        ------
        ValueError
            If X is no customers' past, or holds no repeat purchase to learn from.
        """
        from scipy.optimize import minimize  # noqa: PLC0415 - slow to import

        statistics = read_statistics(X)
        if not statistics.frequency.any():
            raise ValueError(
                f"{type(self).__name__} needs repeat purchases: none of {len(statistics.age)} "
                "customers bought twice"
            )
        distinct, counts = group(statistics)

        def loss(logarithms: Floats) -> tuple[float, Floats]:
            parameters = np.exp(logarithms)
            value, gradient = self._log_likelihood(parameters, distinct)
            scale = -1.0 / counts.sum()
            return scale * float(counts @ value), scale * (gradient @ counts) * parameters

        start = np.log(self._start(statistics))
        bounds = [(-12.0, 12.0)] * len(start)
        found = minimize(
            loss,
            start,
            jac=True,
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxiter": 500, "ftol": 1e-13, "gtol": 1e-7},
        )
        estimates = np.exp(found.x)
        self.parameters_ = dict(zip(self.parameter_names, estimates.tolist(), strict=True))
        self.log_likelihood_ = -float(found.fun) * float(counts.sum())
        self.n_customers_ = len(statistics.age)
        errors = estimates * standard_errors(loss, found.x, counts.sum())
        self.standard_errors_ = dict(zip(self.parameter_names, errors.tolist(), strict=True))
        return self

    def predict(self, X: Any, horizon: float) -> Floats:
        """Return each customer's expected purchases in the next ``horizon`` units of time, (n,)."""
        return self.alive_probability(X) * self._expected_while_alive(
            read_statistics(X), float(horizon)
        )

    def quiet_probability(self, X: Any, horizon: float) -> Floats:
        """Return the probability of no purchase in the next ``horizon`` units of time, (n,).

        It is how much likelier the past is than the same past followed by silence.
        """
        s = read_statistics(X)
        later = Statistics(s.frequency, s.recency, s.age + horizon)
        now = self._log_likelihood(self._estimates, s)[0]
        probability: Floats = np.exp(self._log_likelihood(self._estimates, later)[0] - now)
        return probability

    @abstractmethod
    def alive_probability(self, X: Any) -> Floats:
        """Return the probability that each customer has not left, (n,)."""

    @abstractmethod
    def expected_since_first(self, time: Any) -> Floats:
        """Return the repeat purchases that a new customer is expected to make in ``time``."""

    @abstractmethod
    def sample(
        self,
        X: Any,
        horizon: float,
        draws: int,
        rng: np.random.Generator,
    ) -> Floats:
        """Draw each customer's purchases in the next ``horizon`` units of time, (n, draws)."""

    @abstractmethod
    def _log_likelihood(self, parameters: Floats, s: Statistics) -> tuple[Floats, Floats]:
        """Return log-likelihoods (m,) and their gradients by the parameters (k, m)."""

    @abstractmethod
    def _expected_while_alive(self, s: Statistics, horizon: float) -> Floats:
        """Return the expected purchases of customers who are known to be alive now, (n,)."""

    def _start(self, s: Statistics) -> Floats:
        """Return parameters to begin the search with: the mean rate of purchases, spread widely."""
        rate = s.frequency.sum() / max(s.age.sum(), 1e-9)
        return np.array([1.0, 1.0 / rate, 1.0, 1.0])

    @property
    def _estimates(self) -> Floats:
        check_is_fitted(self, "parameters_")
        return np.array([self.parameters_[name] for name in self.parameter_names])


def standard_errors(loss: Any, at: Floats, customers: float) -> Floats:
    """Return standard errors of the logarithms from central differences of the gradient."""
    steps = _STEP * np.eye(len(at))
    hessian = np.array([loss(at + step)[1] - loss(at - step)[1] for step in steps]) / (2 * _STEP)
    information = customers * (hessian + hessian.T) / 2
    if not np.isfinite(information).all() or np.linalg.eigvalsh(information)[0] <= 0:
        return np.full(len(at), np.nan)
    errors: Floats = np.sqrt(np.diag(np.linalg.inv(information)))
    return errors
