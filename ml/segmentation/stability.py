"""Whether the same clusters are found again among other customers like these."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone


@dataclass(frozen=True)
class Stability:
    """Adjusted Rand indices between the labels of one clustering and those of its replicates.

    1 is the same partition, 0 what chance alone gives.
    """

    mean: float
    lowest: float
    replicates: int


@dataclass(frozen=True)
class Gate:
    """How stable clusters must be to be believed."""

    mean: float = 0.85
    lowest: float = 0.75

    def admits(self, stability: Stability) -> bool:
        """Whether clusters as stable as this are believed."""
        return stability.mean >= self.mean and stability.lowest >= self.lowest


def bootstrap_stability(
    fitted: Any,
    X: pd.DataFrame,
    everyone: pd.DataFrame,
    *,
    replicates: int,
    gate: Gate,
    rng: np.random.Generator,
) -> Stability:
    """Cluster resampled customers anew and compare the labels that everyone gets.

    Stops at the first replicate that the gate cannot admit any more.

    Parameters
    ----------
    fitted : the clustering in question; its replicates differ in ``random_state`` too
    X : customers to draw from, with replacement and as many as there are
    everyone : customers whose labels are compared

    Source: Hennig, "Cluster-wise assessment of cluster stability", Computational Statistics and
    Data Analysis 52 (2007), with the index of Hubert and Arabie (1985) over all clusters at once.
    """
    from sklearn.metrics import adjusted_rand_score  # noqa: PLC0415 - slow to import

    labels = fitted.predict(everyone)
    agreement: list[float] = []
    for seed in rng.integers(0, 2**31 - 1, replicates).tolist():
        rows = rng.integers(0, len(X), len(X))
        replicate = clone(fitted).set_params(random_state=seed).fit(X.iloc[rows])
        agreement.append(float(adjusted_rand_score(labels, replicate.predict(everyone))))
        if agreement[-1] < gate.lowest:
            break
    return Stability(float(np.mean(agreement)), min(agreement), len(agreement))
