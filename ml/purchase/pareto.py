"""Pareto/NBD: customers buy at a rate and may leave at any moment.

Rates vary between customers as Gamma(r, alpha), times until leaving are exponential with rates that
vary as Gamma(s, beta).

Sources: Schmittlein, Morrison and Colombo, Management Science 33 (1987); Fader and Hardie, "A Note
on Deriving the Pareto/NBD Model" (2005).
"""

from typing import Any, ClassVar

import numpy as np

from ml.purchase.likelihood import PurchaseProcess
from ml.purchase.statistics import Floats, Statistics, read_statistics

_STEP = 1e-6


class ParetoNBD(PurchaseProcess):
    """Pareto/NBD."""

    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    def alive_probability(self, X: Any) -> Floats:
        """Return the probability that each customer has not left, (n,)."""
        statistics = read_statistics(X)
        alive, gone = _log_weights(self._estimates, statistics)
        probability: Floats = np.exp(alive - np.logaddexp(alive, gone))
        return probability

    def expected_since_first(self, time: Any) -> Floats:
        """Return the repeat purchases that a new customer is expected to make in ``time``."""
        r, alpha, s, beta = self._estimates
        expected: Floats = r / alpha * _active_time(s, beta, np.asarray(time, dtype=np.float64))
        return expected

    def sample(
        self,
        X: Any,
        horizon: float,
        draws: int,
        rng: np.random.Generator,
    ) -> Floats:
        """Draw each customer's purchases in the next ``horizon`` units of time, (n, draws)."""
        statistics = read_statistics(X)
        r, alpha, s, beta = self._estimates
        size = (len(statistics.age), draws)
        age = statistics.age[:, None]
        rate = rng.standard_gamma(r + statistics.frequency[:, None], size) / (alpha + age)
        leaving = rng.standard_gamma(s, size) / (beta + age)
        with np.errstate(divide="ignore", over="ignore"):
            active = np.minimum(rng.standard_exponential(size) / leaving, horizon)
        is_alive = rng.random(size) < self.alive_probability(X)[:, None]
        return np.where(is_alive, rng.poisson(rate * active), 0).astype(np.float64)

    def _log_likelihood(self, parameters: Floats, s: Statistics) -> tuple[Floats, Floats]:
        logarithms = np.log(parameters)
        value = _value(parameters, s)
        gradient = [
            (_value(np.exp(logarithms + step), s) - _value(np.exp(logarithms - step), s))
            / (2 * _STEP)
            for step in _STEP * np.eye(len(parameters))
        ]
        return value, np.array(gradient) / parameters[:, None]

    def _expected_while_alive(self, s: Statistics, horizon: float) -> Floats:
        r, alpha, shape, beta = self._estimates
        rate: Floats = (r + s.frequency) / (alpha + s.age)
        return rate * _active_time(shape, beta + s.age, horizon)


def _active_time(s: float, beta: Any, time: Any) -> Floats:
    """Return the expected part of ``time`` before a customer who is alive now leaves."""
    ratio = -np.log1p(time / beta)
    power = (s - 1) * ratio
    # expm1(p) / p keeps its precision where s is close to 1.
    scale = np.where(power == 0, 1.0, np.expm1(power) / np.where(power == 0, 1.0, power))
    active: Floats = -beta * ratio * scale
    return active


def _value(parameters: Floats, s: Statistics) -> Floats:
    from scipy.special import gammaln  # noqa: PLC0415 - slow to import

    r, alpha, shape, beta = parameters
    alive, gone = _log_weights(parameters, s)
    value: Floats = (
        gammaln(r + s.frequency)
        - gammaln(r)
        + r * np.log(alpha)
        + shape * np.log(beta)
        + np.logaddexp(alive, gone)
    )
    return value


def _log_weights(parameters: Floats, statistics: Statistics) -> tuple[Floats, Floats]:
    """Return log-weights of being alive, and of having left since the last purchase."""
    from scipy.special import hyp2f1  # noqa: PLC0415 - slow to import

    r, alpha, s, beta = parameters
    n = r + s + statistics.frequency
    alive = -(n - s) * np.log(alpha + statistics.age) - s * np.log(beta + statistics.age)
    larger, gap = max(alpha, beta), abs(alpha - beta)
    second = s + 1 if alpha >= beta else r + statistics.frequency

    def tail(time: Floats) -> Floats:
        until = larger + time
        logarithm: Floats = np.log(hyp2f1(n, second, n + 1, gap / until)) - n * np.log(until)
        return logarithm

    since_last, since_now = tail(statistics.recency), tail(statistics.age)
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = since_last + np.log1p(-np.exp(np.minimum(since_now - since_last, 0.0)))
    return alive, np.log(s) - np.log(n) + difference
