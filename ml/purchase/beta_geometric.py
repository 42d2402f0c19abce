"""BG/NBD and MBG/NBD: after each purchase a customer may leave.

While active, a customer buys at a rate that varies between customers as Gamma(r, alpha); after a
purchase they leave with a probability that varies as Beta(a, b). In the modified model they may
leave after the very first purchase too.

Sources: Fader, Hardie and Lee, "Counting Your Customers the Easy Way", Marketing Science 24 (2005);
Batislam, Denizel and Filiztekin, International Journal of Research in Marketing 24 (2007).
"""

from typing import Any, ClassVar

import numpy as np

from ml.arrays import Floats
from ml.purchase.likelihood import PurchaseProcess
from ml.purchase.statistics import Statistics, read_statistics

_POLE = 1e-6


class BetaGeometricNBD(PurchaseProcess):
    """BG/NBD. A customer who never came back is alive for certain: rank by ``predict``."""

    parameter_names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    leaves_after_first: ClassVar[bool] = False

    def alive_probability(self, X: Any) -> Floats:
        """Return the probability that each customer has not left, (n,)."""
        s = read_statistics(X)
        alive, gone = self._log_weights(self._estimates, s)
        probability: Floats = np.exp(alive - np.logaddexp(alive, gone))
        return probability

    def expected_since_first(self, time: Any) -> Floats:
        """Return the repeat purchases that a new customer is expected to make in ``time``."""
        r, alpha, a, b = self._estimates
        stays = b / (a + b) if self.leaves_after_first else 1.0
        b = b + 1 if self.leaves_after_first else b
        return stays * _expected(r, alpha, a, b, np.asarray(time, dtype=np.float64))

    def sample(
        self,
        X: Any,
        horizon: float,
        draws: int,
        rng: np.random.Generator,
    ) -> Floats:
        """Draw each customer's purchases in the next ``horizon`` units of time, (n, draws)."""
        s = read_statistics(X)
        r, alpha, a, b = self._estimates
        size = (len(s.age), draws)
        rate = rng.standard_gamma(r + s.frequency[:, None], size) / (alpha + s.age[:, None])
        leaving = rng.beta(a, b + s.frequency[:, None] + self.leaves_after_first, size)
        # A geometric draw: purchases up to and with the one after which the customer leaves.
        last = np.ceil(rng.standard_exponential(size) / -np.log1p(-np.minimum(leaving, 1 - 1e-15)))
        bought = np.minimum(rng.poisson(rate * horizon), last)
        is_alive = rng.random(size) < self.alive_probability(X)[:, None]
        return np.where(is_alive, bought, 0.0)

    def _log_weights(self, parameters: Floats, s: Statistics) -> tuple[Floats, Floats]:
        """Return log-weights of being alive, and of having left right after the last purchase."""
        r, alpha, a, b = parameters
        n = r + s.frequency
        alive = -n * np.log(alpha + s.age)
        gone = np.log(a) - n * np.log(alpha + s.recency)
        if self.leaves_after_first:
            both = np.log(a + b + s.frequency)
            return alive + np.log(b + s.frequency) - both, gone - both
        with np.errstate(divide="ignore", invalid="ignore"):
            gone = gone - np.log(b + s.frequency - 1)
        return alive, np.where(s.frequency > 0, gone, -np.inf)

    def _log_likelihood(self, parameters: Floats, s: Statistics) -> tuple[Floats, Floats]:
        from scipy.special import digamma, gammaln  # noqa: PLC0415 - slow to import

        r, alpha, a, b = parameters
        x = s.frequency
        alive, gone = self._log_weights(parameters, s)
        total = np.logaddexp(alive, gone)
        value = (
            gammaln(r + x)
            - gammaln(r)
            + r * np.log(alpha)
            + gammaln(a + b)
            - gammaln(b)
            + gammaln(b + x)
            - gammaln(a + b + x)
            + total
        )
        p_alive, p_gone = np.exp(alive - total), np.exp(gone - total)
        until_now, until_last = alpha + s.age, alpha + s.recency
        by_r = (
            digamma(r + x)
            - digamma(r)
            + np.log(alpha)
            - p_alive * np.log(until_now)
            - p_gone * np.log(until_last)
        )
        by_alpha = r / alpha - (r + x) * (p_alive / until_now + p_gone / until_last)
        beta = digamma(a + b) - digamma(a + b + x)
        by_a = beta + p_gone / a
        by_b = beta + digamma(b + x) - digamma(b)
        if self.leaves_after_first:
            both = 1.0 / (a + b + x)
            by_a, by_b = by_a - both, by_b + p_alive / (b + x) - both
        else:
            by_b = by_b - p_gone / np.where(x > 0, b + x - 1, 1.0)
        return value, np.array([by_r, by_alpha, by_a, by_b])

    def _expected_while_alive(self, s: Statistics, horizon: float) -> Floats:
        r, alpha, a, b = self._estimates
        b_now = b + s.frequency + self.leaves_after_first
        return _expected(r + s.frequency, alpha + s.age, a, b_now, horizon)


class ModifiedBetaGeometricNBD(BetaGeometricNBD):
    """MBG/NBD: a customer may leave after the first purchase, so no one is alive for certain."""

    leaves_after_first: ClassVar[bool] = True


def _expected(r: Any, alpha: Any, a: float, b: Any, time: Any) -> Floats:
    """Return expected purchases in ``time`` of an active customer with these parameters.

    The hypergeometric function stands in the form that Euler's transformation gives it, which does
    not overflow for frequent buyers.
    """
    from scipy.special import hyp2f1  # noqa: PLC0415 - slow to import

    # At a = 1 the formula is 0 / 0; its limit is as close as a step beside the pole.
    a = a if abs(a - 1) > _POLE else 1 + _POLE
    share = time / (alpha + time)
    kept = (1 - share) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, a + b - 1, share)
    expected: Floats = (a + b - 1) / (a - 1) * (1 - kept)
    return expected
