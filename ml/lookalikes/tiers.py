"""The few who bring much, the some, and the many who bring little."""

import numpy as np
import numpy.typing as npt

from ml.arrays import Floats

_FIRST_SHARE, _SECOND_SHARE = 0.5, 0.8


def tiers(margin: Floats) -> npt.NDArray[np.object_]:
    """Return A for the largest that bring half of the total, B for those up to 80 %, else C; (n,).

    Equal margins share a tier, that of the middle of what they bring together. Without any margin
    all are C.
    """
    order = np.argsort(-margin, kind="stable")
    total = margin.sum()
    if not total > 0:
        return np.full(len(margin), "C", dtype=object)
    _, group = np.unique(-margin[order], return_inverse=True)
    brought = np.bincount(group, weights=margin[order])
    middle = (np.cumsum(brought) - brought / 2)[group] / total
    letters = np.empty(len(margin), dtype=object)
    letters[order] = np.where(
        middle < _FIRST_SHARE, "A", np.where(middle < _SECOND_SHARE, "B", "C")
    )
    return letters
