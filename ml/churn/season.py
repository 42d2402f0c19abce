"""The season of a window, as the same window a year before showed it."""

from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats, Integers

_YEAR_DAYS = 365
# Cutoffs are month ends: the nearest to a day is not further than this.
_NEAR_DAYS = 16
_FEWEST_ROWS = 200
# In the first windows of a young organization all customers are new, which looks like a season.
_IMMATURE = 2
# One year tells season and chance in one.
_SHRUNK_TO = 0.5


class Season(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Half of what all customers' log-odds were off by a year before; 0 where that is not known.

    Models see customers, not the calendar: before Christmas they expect too many to leave, after
    it too few. The newest windows do not tell, for their season is over.

    Attributes
    ----------
    opened_, level_ : cutoffs of windows learned from, days since 1970, and what to add, log-odds
    """

    def fit(self, log_odds: Floats, y: Floats, cutoff: Integers) -> Self:
        """Learn from calibrated log-odds of rows not seen in training, outcomes and cutoffs (n,).

        Parameters
        ----------
        cutoff : days since 1970
        """
        levels = {}
        for day in np.unique(cutoff)[_IMMATURE:]:
            here = cutoff == day
            if here.sum() >= _FEWEST_ROWS and 0 < y[here].sum() < here.sum():
                levels[day] = _SHRUNK_TO * _shift(log_odds[here], y[here])
        self.opened_ = np.array(list(levels), dtype=np.int64)
        self.level_ = np.array(list(levels.values()), dtype=np.float64)
        return self

    def at(self, cutoff: Any) -> Floats:
        """Return what to add to the log-odds of windows that open on these days, (n,)."""
        check_is_fitted(self, "level_")
        wanted = np.asarray(cutoff, dtype=np.int64) - _YEAR_DAYS
        if not len(self.opened_):
            return np.zeros(len(wanted))
        away = np.abs(wanted[:, None] - self.opened_)
        nearest = away.argmin(axis=1)
        is_near = np.take_along_axis(away, nearest[:, None], axis=1)[:, 0] <= _NEAR_DAYS
        return np.where(is_near, self.level_[nearest], 0.0)


def _shift(log_odds: Floats, y: Floats) -> float:
    """Return what must be added to log-odds for as many to leave as left."""
    from scipy.optimize import brentq  # noqa: PLC0415 - slow to import
    from scipy.special import expit  # noqa: PLC0415 - slow to import

    bound = float(np.abs(log_odds).max()) + 50.0
    return float(brentq(lambda shift: expit(log_odds + shift).mean() - y.mean(), -bound, bound))
