"""What a channel adds to the others, whoever comes first."""

from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator

from ml.arrays import Floats
from ml.attribution.chain import AbsorbingChain
from ml.attribution.games import exact_values, sampled_values
from ml.attribution.journeys import Journeys


class ShapleyAttribution(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Credits channels by the mean of what each adds to the channels before it, over all orders.

    What a set of channels is worth is either what is observed of it, the conversions of journeys
    that no other channel touched, or what is left of a Markov chain of the journeys without the
    others. The first is a sum of games that each need all channels of a journey, whose value is
    their even share (Zhao et al. 2018): it is exact for any number of channels. The second is exact
    while there are few channels, and sampled beyond.

    Parameters
    ----------
    game : observed or chain
    order : how many channels the chain remembers
    max_exact_channels : with more of them, the game of the chain is sampled
    n_orders : pairs of an order and its reverse to sample
    separator : what stands between the channels of a path
    random_state : seed of the sample

    Attributes
    ----------
    credits_ : frame of channel, conversions, revenue, conversions_standard_error and
        revenue_standard_error (0 where values are exact), a row per channel

    Sources: Shapley, "A value for n-person games" (1953); Zhao, Mahboobi and Bagheri, "Shapley
    value methods for attribution modeling in online advertising" (2018)
    """

    def __init__(
        self,
        *,
        game: str = "observed",
        order: int = 1,
        max_exact_channels: int = 10,
        n_orders: int = 200,
        separator: str = ">",
        random_state: int = 0,
    ) -> None:
        self.game = game
        self.order = order
        self.max_exact_channels = max_exact_channels
        self.n_orders = n_orders
        self.separator = separator
        self.random_state = random_state

    def fit(
        self,
        paths: npt.ArrayLike,
        conversions: npt.ArrayLike,
        revenue: npt.ArrayLike | None = None,
        nulls: npt.ArrayLike | None = None,
    ) -> Self:
        """Learn from paths and their counts: see ``Journeys.of``; nulls matter to the chain alone.

        Raises
        ------
        ValueError
            If a path or a count is wrong, there is no path, or the game is unknown.
        """
        if self.game not in ("observed", "chain"):
            raise ValueError(f"game is {self.game!r}: it must be observed or chain")
        journeys = Journeys.of(paths, conversions, revenue, nulls, separator=self.separator)
        earned, error = self._values(journeys)
        self.credits_ = journeys.credits(
            earned,
            conversions_standard_error=error[:, 0],
            revenue_standard_error=np.nan if journeys.revenue is None else error[:, 1],
        )
        return self

    def _values(self, journeys: Journeys) -> tuple[Floats, Floats]:
        size = len(journeys.channels)
        if self.game == "observed":
            return _even_shares(journeys), np.zeros((size, 2))
        chain = AbsorbingChain(journeys, self.order)
        if size <= self.max_exact_channels:
            return exact_values(chain.expected, size), np.zeros((size, 2))
        rng = np.random.default_rng(self.random_state)
        return sampled_values(chain.expected, size, self.n_orders, rng)


def _even_shares(journeys: Journeys) -> Floats:
    """Share out what each path brought among its channels, (channels, 2)."""
    size = len(journeys.channels)
    path, channel = np.divmod(np.unique(journeys.path * size + journeys.touches), size)
    outcomes = journeys.outcomes / np.maximum(np.bincount(path), 1)[:, None]
    return np.column_stack([np.bincount(channel, column[path], size) for column in outcomes.T])
