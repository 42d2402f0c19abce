"""Clusters of customers who behave alike, as many as the data bear."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats
from ml.segmentation.kmeans import Labels, LogKMeans
from ml.segmentation.scaling import RFM_BLOCKS
from ml.segmentation.stability import Gate, bootstrap_stability

_MUCH_LESS_CLEAR = 0.5


class BehaviouralClusters(ClusterMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """The number of clusters that is clearest, of those that are stable.

    Numbers from ``min_clusters`` to ``max_clusters`` are tried from the highest silhouette down;
    the first whose clusters a bootstrap finds again is taken. Where none is, two clusters are
    tried, and one is the last resort. A silhouette below 0.25 is no structure (Kaufman and
    Rousseeuw, "Finding Groups in Data", 1990), nor is one of half the best, as where two groups
    are cut at will, and clusters smaller than ``min_share`` are outliers: none of these is taken.

    Parameters
    ----------
    blocks : names of the columns to cluster by, see ``LogBlockScaler``
    min_clusters, max_clusters : two clusters tell only good from bad, hence 3
    min_customers : fewer are one cluster
    prefer : number of clusters to keep while it is stable and its silhouette within ``tolerance``
        of the best: last time's, so that clusters do not come and go by chance
    replicates, min_mean, min_lowest : bootstraps, and the adjusted Rand indices that they must
        reach
    fit_sample, silhouette_sample : customers drawn to find the centres, and the silhouette; all
        are labelled and compared
    random_state : seed of all randomness

    Attributes
    ----------
    model_ : fitted ``LogKMeans``
    labels_ : array of shape (n,), cluster of each customer seen in ``fit``, from 0
    n_clusters_ : how many clusters
    silhouette_ : mean silhouette width, -1 to 1; nan for one cluster
    stability_mean_, stability_lowest_ : adjusted Rand indices; nan for one cluster
    trials_ : one dict per number of clusters looked at: n_clusters, silhouette, smallest_share and,
        where bootstrapped, stability_mean, stability_lowest and replicates
    """

    def __init__(
        self,
        *,
        blocks: Sequence[Sequence[str]] = RFM_BLOCKS,
        min_clusters: int = 3,
        max_clusters: int = 8,
        min_customers: int = 200,
        min_share: float = 0.02,
        min_silhouette: float = 0.25,
        prefer: int | None = None,
        tolerance: float = 0.05,
        replicates: int = 20,
        min_mean: float = 0.85,
        min_lowest: float = 0.75,
        fit_sample: int = 10_000,
        silhouette_sample: int = 5_000,
        random_state: int = 0,
    ) -> None:
        self.blocks = blocks
        self.min_clusters = min_clusters
        self.max_clusters = max_clusters
        self.min_customers = min_customers
        self.min_share = min_share
        self.min_silhouette = min_silhouette
        self.prefer = prefer
        self.tolerance = tolerance
        self.replicates = replicates
        self.min_mean = min_mean
        self.min_lowest = min_lowest
        self.fit_sample = fit_sample
        self.silhouette_sample = silhouette_sample
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: object = None) -> Self:
        """Find the clusters of customers, a frame with the columns of ``blocks``.

        Raises
        ------
        ValueError
            If X has no rows, or lacks a column.
        """
        from threadpoolctl import threadpool_limits  # noqa: PLC0415

        columns = [name for block in self.blocks for name in block]
        X = X[[name for name in columns if name in X]]
        self._take(self._new(1).fit(X), X, {})
        self.trials_: list[dict[str, float]] = []
        if len(X) >= self.min_customers:
            # Threads add up in any order; one gives the same last digit every time.
            with threadpool_limits(limits=1):
                self._choose(X)
        return self

    def predict(self, X: pd.DataFrame) -> Labels:
        """Return the nearest cluster of each customer, (n,), from 0."""
        check_is_fitted(self, "model_")
        return self.model_.predict(X)

    def clarity(self, X: pd.DataFrame) -> Floats:
        """Return how clearly each customer belongs to their cluster, see ``LogKMeans``."""
        check_is_fitted(self, "model_")
        return self.model_.clarity(X)

    def _choose(self, X: pd.DataFrame) -> None:
        rng = np.random.default_rng(self.random_state)
        sample = X.iloc[_draw(len(X), self.fit_sample, rng)]
        models = self._try_out(sample, X, rng)
        gate = Gate(self.min_mean, self.min_lowest)
        for trial in self._in_order():
            model = models[int(trial["n_clusters"])]
            stability = bootstrap_stability(
                model, sample, X, replicates=self.replicates, gate=gate, rng=rng
            )
            trial["stability_mean"] = stability.mean
            trial["stability_lowest"] = stability.lowest
            trial["replicates"] = stability.replicates
            if gate.admits(stability):
                self._take(model, X, trial)
                return

    def _new(self, k: int) -> LogKMeans:
        return LogKMeans(k, blocks=self.blocks, random_state=self.random_state)

    def _take(self, model: LogKMeans, X: pd.DataFrame, trial: dict[str, float]) -> None:
        self.model_ = model
        self.n_clusters_ = model.n_clusters
        self.labels_ = model.predict(X)
        nothing = float("nan")
        self.silhouette_ = trial.get("silhouette", nothing)
        self.stability_mean_ = trial.get("stability_mean", nothing)
        self.stability_lowest_ = trial.get("stability_lowest", nothing)

    def _try_out(
        self, sample: pd.DataFrame, X: pd.DataFrame, rng: np.random.Generator
    ) -> dict[int, LogKMeans]:
        """Fit every number of clusters, and note its silhouette and smallest cluster."""
        from sklearn.metrics import silhouette_score  # noqa: PLC0415 - slow to import

        seen = _draw(len(X), self.silhouette_sample, rng)
        points = self.model_.scaler_.transform(X.iloc[seen])
        distinct = len(np.unique(self.model_.scaler_.transform(sample), axis=0))
        models = {}
        for k in range(2, min(self.max_clusters, distinct - 1) + 1):
            models[k] = self._new(k).fit(sample)
            labels = models[k].predict(X)
            share = np.bincount(labels, minlength=k).min() / len(labels)
            drawn = labels[seen]
            several = len(np.unique(drawn)) > 1
            silhouette = silhouette_score(points, drawn) if several else float("nan")
            self.trials_.append(
                {
                    "n_clusters": k,
                    "silhouette": float(silhouette),
                    "smallest_share": float(share),
                }
            )
        return models

    def _in_order(self) -> list[dict[str, float]]:
        """Return the trials worth a bootstrap, the most welcome first."""
        best = max((trial["silhouette"] for trial in self.trials_), default=0.0)
        least = max(self.min_silhouette, _MUCH_LESS_CLEAR * best)
        clear = [
            trial
            for trial in self.trials_
            if trial["silhouette"] >= least and trial["smallest_share"] >= self.min_share
        ]
        many = [trial for trial in clear if trial["n_clusters"] >= self.min_clusters]
        few = [trial for trial in clear if trial["n_clusters"] < self.min_clusters]
        best = max((trial["silhouette"] for trial in many), default=0.0)

        def welcome(trial: dict[str, float]) -> tuple[bool, float]:
            is_preferred = trial["n_clusters"] == self.prefer
            silhouette = trial["silhouette"]
            return is_preferred and silhouette >= best - self.tolerance, silhouette

        return sorted(many, key=welcome, reverse=True) + few[::-1]


def _draw(n: int, size: int, rng: np.random.Generator) -> Labels:
    """Return up to ``size`` of n rows, in their order."""
    drawn: Labels = np.arange(n) if n <= size else np.sort(rng.choice(n, size, replace=False))
    return drawn
