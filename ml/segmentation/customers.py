"""Segments of customers that keep their numbers and names from one training to the next."""

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from ml.arrays import Floats
from ml.segmentation.clusters import BehaviouralClusters
from ml.segmentation.descriptions import describe_clusters
from ml.segmentation.kmeans import Labels
from ml.segmentation.matching import match
from ml.segmentation.personas import RESPECTS, Levels, name_clusters
from ml.segmentation.scaling import numbers

NEVER_BOUGHT = 0
_NOT_YET = "Not yet buying"
_NOT_YET_BUYING = "Known, but without a purchase so far."


class CustomerSegmentation(BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Behavioural clusters with numbers and personas.

    Customers without a purchase are cluster 0. The others' clusters bear numbers from 1: those of
    last time's clusters where they are the same (``match``), new ones from the greatest revenue
    down. A number that went out of use is not given again.

    Parameters
    ----------
    min_customers : fewer customers with a purchase are one cluster
    random_state : seed of all randomness

    Attributes
    ----------
    clusters_ : fitted ``BehaviouralClusters``
    ids_ : array of shape (clusters,), the number of each of its clusters
    next_id_ : first number not used yet
    personas_ : list of dicts, see ``name_clusters``
    model_name_ : ``behavioural_clusters``, or ``one_segment`` where the data bear no clusters
    """

    def __init__(self, min_customers: int = 200, random_state: int = 0) -> None:
        self.min_customers = min_customers
        self.random_state = random_state

    def fit(
        self, X: pd.DataFrame, y: object = None, *, previous: "CustomerSegmentation | None" = None
    ) -> Self:
        """Find clusters, number and name them.

        Parameters
        ----------
        X : customers at one cutoff, a frame of shape (n, ...) with ``RESPECTS``, and habits to
            describe clusters by, named as in ``features.customer_features``
        previous : the segmentation whose numbers are to be kept

        Raises
        ------
        ValueError
            If X lacks a column.
        """
        bought = X[_has_bought(X)]
        self.next_id_: int = previous.next_id_ if previous else 1
        prefer: int | None = None
        if previous and previous.has_clusters:
            prefer = previous.clusters_.n_clusters_
        self.personas_: list[dict[str, Any]] = []
        self.ids_: Labels = np.empty(0, dtype=np.int64)
        self.clusters_: BehaviouralClusters = BehaviouralClusters(
            min_customers=self.min_customers, prefer=prefer, random_state=self.random_state
        )
        self.model_name_ = "one_segment"
        if len(bought):
            self.clusters_.fit(bought)
            self._number(bought, previous)
            levels = _levels_of(previous)
            ids = self.ids_[self.clusters_.labels_]
            self.personas_ = name_clusters(bought, ids, levels)
            if self.clusters_.n_clusters_ > 1:
                self.model_name_ = "behavioural_clusters"
        return self

    @property
    def has_clusters(self) -> bool:
        """Whether any customer had bought."""
        check_is_fitted(self, "ids_")
        return len(self.ids_) > 0

    def predict(self, X: pd.DataFrame) -> Labels:
        """Return the number of each customer's cluster, (n,); 0 without a purchase."""
        ids = np.full(len(X), NEVER_BOUGHT, dtype=np.int64)
        bought = _has_bought(X)
        if self.has_clusters and bought.any():
            ids[bought] = self.ids_[self.clusters_.predict(X[bought])]
        return ids

    def clarity(self, X: pd.DataFrame) -> Floats:
        """Return how clearly each customer belongs to their cluster, (n,): see ``LogKMeans``.

        nan without a purchase.
        """
        clear = np.full(len(X), np.nan)
        bought = _has_bought(X)
        if self.has_clusters and bought.any():
            clear[bought] = self.clusters_.clarity(X[bought])
        return clear

    def describe(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return one row per cluster with what its customers among X are like.

        See ``describe_clusters``; the first row are those without a purchase.
        """
        check_is_fitted(self, "personas_")
        bought = _has_bought(X)
        described = describe_clusters(X[bought], self.predict(X[bought]), self.personas_)
        never = {
            "cluster_id": NEVER_BOUGHT,
            "persona": _NOT_YET,
            "description": _NOT_YET_BUYING,
            "customers": int((~bought).sum()),
        }
        return pd.concat([pd.DataFrame([never]), described], ignore_index=True)

    def _number(self, bought: pd.DataFrame, previous: "CustomerSegmentation | None") -> None:
        labels = self.clusters_.labels_
        same = {}
        if previous and previous.has_clusters:
            same = match(labels, previous.predict(bought))
        revenue = np.nan_to_num(numbers(bought["total_revenue"]))
        middle = [
            np.median(revenue[labels == label]) for label in range(self.clusters_.n_clusters_)
        ]
        self.ids_ = np.zeros(self.clusters_.n_clusters_, dtype=np.int64)
        for label in np.argsort(middle)[::-1].tolist():
            if label in same:
                self.ids_[label] = same[label]
            else:
                self.ids_[label] = self.next_id_
                self.next_id_ += 1


def _has_bought(X: pd.DataFrame) -> Any:
    missing = [name for name in RESPECTS if name not in X]
    if missing:
        raise ValueError(f"X has no column {', '.join(missing)}; it needs {', '.join(RESPECTS)}")
    return X["recency_days"].notna().to_numpy()


def _levels_of(previous: CustomerSegmentation | None) -> dict[int, Levels]:
    personas = previous.personas_ if previous else []
    return {persona["cluster_id"]: tuple(persona["levels"]) for persona in personas}
