"""Pareto/NBD: customers buy at a rate and may leave at any moment.

Rates vary between customers as Gamma(r, alpha), times until leaving are exponential with rates that
vary as Gamma(s, beta).

Sources: Schmittlein, Morrison and Colombo, Management Science 33 (1987); Fader and Hardie, "A Note
on Deriving the Pareto/NBD Model" (2005).
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ml.arrays import Floats
from ml.purchase.likelihood import PurchaseProcess
from ml.purchase.statistics import Statistics, read_statistics

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
_NEGLIGIBLE = 40.0


class ParetoNBD(PurchaseProcess):
    """Pareto/NBD."""

    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    def alive_probability(self, X: Any) -> Floats:
        """Return the probability that each customer has not left, (n,)."""
        statistics = read_statistics(X)
        alive, gone, _ = _log_weights(self._estimates, statistics)
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
        pace: Floats | None = None,
    ) -> Floats:
        """Draw each customer's purchases in the next ``horizon`` units of time, (n, draws).

        ``pace``, (n,), makes customers buy that many times as fast as their past tells.
        """
        statistics = read_statistics(X)
        r, alpha, s, beta = self._estimates
        size = (len(statistics.age), draws)
        age = statistics.age[:, None]
        rate = rng.standard_gamma(r + statistics.frequency[:, None], size) / (alpha + age)
        leaving = rng.standard_gamma(s, size) / (beta + age)
        with np.errstate(divide="ignore", over="ignore"):
            active = np.minimum(rng.standard_exponential(size) / leaving, horizon)
        is_alive = rng.random(size) < self.alive_probability(X)[:, None]
        rate = rate if pace is None else rate * pace[:, None]
        return np.where(is_alive, rng.poisson(rate * active), 0).astype(np.float64)

    def _log_likelihood(self, parameters: Floats, s: Statistics) -> tuple[Floats, Floats]:
        from scipy.special import digamma, gammaln  # noqa: PLC0415 - slow to import

        r, alpha, shape, beta = parameters
        alive, gone, by = _log_weights(parameters, s)
        total = np.logaddexp(alive, gone)
        value = (
            gammaln(r + s.frequency) - gammaln(r) + r * np.log(alpha) + shape * np.log(beta) + total
        )
        p_alive, p_gone = np.exp(alive - total), np.exp(gone - total)
        bought, left = alpha + s.age, beta + s.age
        by_r = (
            digamma(r + s.frequency)
            - digamma(r)
            + np.log(alpha)
            - p_alive * np.log(bought)
            - p_gone * by.log_alpha
        )
        by_alpha = r / alpha - (r + s.frequency) * (p_alive / bought + p_gone * by.per_alpha)
        by_s = np.log(beta) - p_alive * np.log(left) + p_gone * (1 / shape - by.log_beta)
        by_beta = shape / beta - p_alive * shape / left - p_gone * (shape + 1) * by.per_beta
        return value, np.array([by_r, by_alpha, by_s, by_beta])

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


@dataclass(frozen=True)
class _Moments:
    """Means over the moment of leaving, of those who left, at time u: what gradients are made of.

    log(alpha + u), 1 / (alpha + u), log(beta + u), 1 / (beta + u); each of shape (n,).
    """

    log_alpha: Floats
    per_alpha: Floats
    log_beta: Floats
    per_beta: Floats


def _log_weights(parameters: Floats, statistics: Statistics) -> tuple[Floats, Floats, _Moments]:
    """Return log-weights of being alive, and of having left since the last purchase.

    The second is ``s`` times the integral over u, from recency to age, of
    ``(alpha + u) ** -(r + x) * (beta + u) ** -(s + 1)``. Gauss-Legendre on a logarithmic scale
    is as exact as the published hypergeometric form, and neither overflows nor slows down where
    that does.
    """
    r, alpha, s, beta = parameters
    n = r + statistics.frequency
    alive = -n * np.log(alpha + statistics.age) - s * np.log(beta + statistics.age)
    nearer = min(alpha, beta)
    start = nearer + statistics.recency
    # Beyond this the integrand has died away.
    latest = np.exp(np.minimum(_NEGLIGIBLE / n, 700.0)) * (alpha + statistics.recency) - alpha
    end = nearer + np.minimum(statistics.age, latest)
    half = np.log(end / start)[:, None] / 2
    scaled = start[:, None] * np.exp(half * (_NODES + 1))
    time = scaled - nearer
    log_alpha, log_beta = np.log(alpha + time), np.log(beta + time)
    integrand = np.log(scaled) - n[:, None] * log_alpha - (s + 1) * log_beta
    peak = integrand.max(axis=1)
    share = np.exp(integrand - peak[:, None]) * _WEIGHTS
    area = share.sum(axis=1)
    with np.errstate(divide="ignore"):
        gone = np.log(s) + peak + np.log(half[:, 0] * area)
    share /= area[:, None]
    moments = _Moments(
        log_alpha=(share * log_alpha).sum(axis=1),
        per_alpha=(share / (alpha + time)).sum(axis=1),
        log_beta=(share * log_beta).sum(axis=1),
        per_beta=(share / (beta + time)).sum(axis=1),
    )
    return alive, gone, moments
