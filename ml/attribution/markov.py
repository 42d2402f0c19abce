"""What is lost without a channel."""

from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator

from ml.arrays import Floats
from ml.attribution.chain import AbsorbingChain
from ml.attribution.journeys import Journeys


class MarkovAttribution(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Credits channels in proportion to what a Markov chain of the journeys loses without them.

    Parameters
    ----------
    order : how many channels of the past decide how a journey goes on
    separator : what stands between the channels of a path

    Attributes
    ----------
    credits_ : frame of channel, conversions, revenue, removal_effect and revenue_removal_effect
        (shares of all conversions and revenue, 0 to 1), a row per channel
    conversion_probability_ : of the chain, which is the share of journeys that converted

    Source: Anderl et al., "Mapping the customer journey: Lessons learned from graph-based online
    attribution modeling", International Journal of Research in Marketing 33 (2016)
    """

    def __init__(self, *, order: int = 1, separator: str = ">") -> None:
        self.order = order
        self.separator = separator

    def fit(
        self,
        paths: npt.ArrayLike,
        conversions: npt.ArrayLike,
        revenue: npt.ArrayLike | None = None,
        nulls: npt.ArrayLike | None = None,
    ) -> Self:
        """Learn from paths and their counts: see ``Journeys.of``.

        Raises
        ------
        ValueError
            If a path or a count is wrong, there is no path, or the order is below 1.
        """
        journeys = Journeys.of(paths, conversions, revenue, nulls, separator=self.separator)
        chain, size = AbsorbingChain(journeys, self.order), len(journeys.channels)
        whole = chain.expected(np.ones(size, dtype=bool))
        without = np.vstack([chain.expected(np.arange(size) != removed) for removed in range(size)])
        effect = _share(whole - without, whole)
        earned = _share(effect, effect.sum(axis=0)) * journeys.outcomes.sum(axis=0)
        self.credits_ = journeys.credits(
            earned,
            removal_effect=effect[:, 0],
            revenue_removal_effect=np.nan if journeys.revenue is None else effect[:, 1],
        )
        count = float((journeys.conversions + journeys.nulls).sum())
        self.conversion_probability_ = float(whole[0]) / count if count else float("nan")
        return self


def _share(part: Floats, whole: Floats) -> Floats:
    """Divide by column; of nothing, nobody has a share."""
    shares: Floats = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    return shares
