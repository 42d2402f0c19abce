"""k-means on scaled logarithms, for a given number of clusters."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats, Integers
from ml.segmentation.scaling import RFM_BLOCKS, LogBlockScaler

Labels = Integers


class LogKMeans(ClusterMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """k-means on the scale of ``LogBlockScaler``.

    Parameters
    ----------
    n_clusters : how many
    blocks, tail : see ``LogBlockScaler``
    n_init : starts, of which the best counts
    random_state : seed of the starts

    Attributes
    ----------
    scaler_ : fitted ``LogBlockScaler``
    centers_ : array of shape (clusters, columns), on its scale
    """

    def __init__(
        self,
        n_clusters: int = 4,
        blocks: Sequence[Sequence[str]] = RFM_BLOCKS,
        tail: float = 0.01,
        n_init: int = 10,
        random_state: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.blocks = blocks
        self.tail = tail
        self.n_init = n_init
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Find the centres among customers, a frame with the columns of ``blocks``.

        Raises
        ------
        ValueError
            If X has no rows, or lacks a column.
        """
        from sklearn.cluster import KMeans  # noqa: PLC0415 - slow to import

        self.scaler_ = LogBlockScaler(self.blocks, self.tail).fit(X)
        model = KMeans(self.n_clusters, n_init=self.n_init, random_state=self.random_state)
        self.centers_: Floats = model.fit(self.scaler_.transform(X)).cluster_centers_
        return self

    def predict(self, X: pd.DataFrame) -> Labels:
        """Return the nearest cluster of each customer, (n,), from 0."""
        from scipy.cluster.vq import vq  # noqa: PLC0415 - slow to import

        check_is_fitted(self, "centers_")
        nearest, _ = vq(self.scaler_.transform(X), self.centers_)
        labels: Labels = nearest.astype(np.int64)
        return labels

    def clarity(self, X: pd.DataFrame) -> Floats:
        """Return how clearly each customer belongs to their cluster, (n,).

        1 less the distance to the nearest centre over that to the next: 0 halfway between two
        clusters, 1 at a centre. nan where there is one cluster alone.
        """
        from scipy.spatial.distance import cdist  # noqa: PLC0415 - slow to import

        check_is_fitted(self, "centers_")
        if len(self.centers_) == 1:
            return np.full(len(X), np.nan)
        distances = cdist(self.scaler_.transform(X), self.centers_)
        nearest, next_nearest = np.partition(distances, 1, axis=1)[:, :2].T
        clear: Floats = 1 - nearest / np.maximum(next_nearest, np.finfo(float).tiny)
        return clear
