"""Group sequential designs: how strong evidence must be when one looks again and again.

The error rate is spent by the information that has come (Lan and DeMets 1983), as O'Brien and
Fleming would: next to nothing early, most around the planned sample. How large that must be is
known by and by, from the control group, so spending ends a tenth past it: a plan that turns out to
be smaller costs no power. The rest is kept for tests that run on. Bounds follow from the looks that
were really taken, however they lie (Armitage, McPherson and Rowe 1969).
"""

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from ml.arrays import Floats

# Share of the plan at which spending by it ends, and the share of the error rate that is left then.
SLACK = 1.1
RESERVE = 0.15
# P-values below are not told apart.
SMALLEST_P_VALUE = 1e-12

# Nodes of the quadrature between the middle and a bound; looks a hundredth of the information apart
# keep six digits.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_NODES, _WEIGHTS = (_NODES + 1) / 2, _WEIGHTS / 2
# Standard deviations beyond which nothing is, and what counts as nothing.
_FAR = 12.0
_LEAST_RATE = 1e-40
# A look that may use up less of the error rate is none.
_LEAST_SHARE = 1e-7


def spent(
    level: float, fractions: npt.ArrayLike, *, slack: float = SLACK, reserve: float = RESERVE
) -> Floats:
    """Return how much of the error rate may be used up by each look.

    Parameters
    ----------
    level : two-sided error rate of all looks together
    fractions : share of the planned information at each look, shape (n_looks,); over 1 past it
    slack : share of the plan at which spending by it ends
    reserve : share of the level that is kept for looks past that; used up slowly, never wholly
    """
    share = np.asarray(fractions, dtype=float) / slack
    planned = level * (1 - reserve)
    by_plan = 4 * ndtr(ndtri(planned / 4) / np.sqrt(np.clip(share, 1e-9, 1)))
    past = level * reserve * (1 - np.maximum(share, 1) ** -0.25)
    return np.where(by_plan > level * _LEAST_SHARE, by_plan + past, 0.0)


def bounds(information: npt.ArrayLike, spending: npt.ArrayLike) -> Floats:
    """Return what the absolute z statistic has to reach at each look.

    Parameters
    ----------
    information : information at each look in any unit, increasing, shape (n_looks,)
    spending : error rate used up by each look, not decreasing, shape (n_looks,)

    Returns
    -------
    Shape (n_looks,), infinite where a look may use up nothing.
    """
    known, used = np.asarray(information, float), np.asarray(spending, float)
    needed = np.full(len(known), np.inf)
    walk = _Walk()
    before = 0.0
    for look in range(len(known)):
        if used[look] <= before:
            continue
        needed[look] = walk.look_spending(known[look], used[look] - before)
        before = used[look]
    return needed


def crossing_probability(
    information: npt.ArrayLike, needed: npt.ArrayLike, drift: float = 0.0
) -> float:
    """Return the probability that z leaves its bounds at some look.

    Parameters
    ----------
    information : information at each look, increasing, shape (n_looks,)
    needed : bounds of absolute z, shape (n_looks,)
    drift : expected z at an information of 1
    """
    walk = _Walk()
    looks = zip(np.asarray(information, float), np.asarray(needed, float), strict=True)
    for known, bound in looks:
        if np.isfinite(bound):
            walk.look(known, bound)
    return 1 - walk.staying(drift)


def first_crossing(z: npt.ArrayLike, needed: npt.ArrayLike) -> int | None:
    """Return the number of the first look at which z reaches its bound, from 0."""
    crossed = np.flatnonzero(np.abs(np.asarray(z, float)) >= np.asarray(needed, float))
    return int(crossed[0]) if len(crossed) else None


def sequential_p_value(
    z: npt.ArrayLike, information: npt.ArrayLike, fractions: npt.ArrayLike
) -> float:
    """Return the smallest error rate at which the looks so far would have rejected no difference.

    It only ever falls, and may be acted on at any look.

    Parameters
    ----------
    z : z statistic at each look, shape (n_looks,)
    information : information at each look, increasing, shape (n_looks,)
    fractions : share of the planned information at each look, not decreasing, shape (n_looks,)
    """
    reached = np.abs(np.asarray(z, float))
    if not len(reached):
        return 1.0

    def beyond(log_level: float) -> float:
        level = float(np.exp(log_level))
        needed = bounds(information, spent(level, fractions))
        return float(np.max(np.minimum(reached, 99) - np.minimum(needed, 100)))

    # No look's bound is below that of a single look.
    least = np.log(np.clip(2 * ndtr(-reached.max()), SMALLEST_P_VALUE, 0.99))
    if beyond(least) >= 0:
        return float(np.exp(least))
    most, least_of_all = least, np.log(0.999)
    while most < least_of_all:
        least, most = most, min(most + 1, least_of_all)
        if beyond(most) >= 0:
            return float(np.exp(brentq(beyond, least, most, xtol=1e-4)))
    return 1.0


class _Walk:
    """Brownian motion, watched at looks: where it is while it has left no bounds yet.

    Bounds and motion are the same on both sides: one of them is enough.
    """

    def __init__(self) -> None:
        self._known = 0.0
        self._places: Floats = np.zeros(1)
        self._mass: Floats = np.ones(1)

    def look_spending(self, known: float, rate: float) -> float:
        """Look with the bound that uses up an error rate, and return it as z."""
        deviation = float(np.sqrt(known - self._known))

        def too_much(bound: float) -> float:
            leaving = ndtr((self._places - bound) / deviation)
            leaving += ndtr((-self._places - bound) / deviation)
            # A normal tail is almost a parabola in logarithms: the root is found in few steps.
            return float(np.log(max(self._mass @ leaving, _LEAST_RATE) / rate))

        bound = float(brentq(too_much, 0, _FAR * np.sqrt(known), xtol=1e-6))
        needed = bound / float(np.sqrt(known))
        self.look(known, needed)
        return needed

    def look(self, known: float, needed: float) -> None:
        """Look with a bound of z."""
        deviation = float(np.sqrt(known - self._known))
        half = min(needed, _FAR) * float(np.sqrt(known))
        arrived = half * _NODES
        density = np.exp(-0.5 * ((arrived[:, None] - self._places) / deviation) ** 2)
        density += np.exp(-0.5 * ((arrived[:, None] + self._places) / deviation) ** 2)
        weights = 2 * half * _WEIGHTS / (deviation * np.sqrt(2 * np.pi))
        # The mass of both sides; from either, half of it moves to this one.
        self._known, self._places = known, arrived
        self._mass = weights * (density @ self._mass) / 2

    def staying(self, drift: float = 0.0) -> float:
        """Return the probability of having left no bound, were there a drift (Girsanov)."""
        likelihood = np.cosh(drift * self._places) * np.exp(-0.5 * drift**2 * self._known)
        return float(self._mass @ likelihood)


def evenly(looks: int) -> Floats:
    """Return the shares of the plan at looks that lie evenly, the last one at its end."""
    return np.linspace(1 / looks, 1, looks)
