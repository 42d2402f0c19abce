"""Clusters that keep their number from one fit to the next."""

import numpy as np

from ml.segmentation.kmeans import Labels


def match(new: Labels, old: Labels, dissolved: float = 0.5) -> dict[int, int]:
    """Find last time's cluster of each new one by the customers that they share.

    The assignment is the one that shares most in all (Hungarian method, on Jaccard indices).
    Clusters that share no more than ``dissolved`` of the customers in either are not the same.

    Parameters
    ----------
    new, old : labels of the same customers by the new and by last time's clusters, shape (n,)

    Returns
    -------
    number of the old cluster by that of the new one, for those that are the same

    Source of the threshold: Hennig, Computational Statistics and Data Analysis 52 (2007).
    """
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - slow to import

    new_ids, new_place = np.unique(new, return_inverse=True)
    old_ids, old_place = np.unique(old, return_inverse=True)
    shared = np.zeros((len(new_ids), len(old_ids)))
    np.add.at(shared, (new_place, old_place), 1)
    either = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    jaccard = shared / either
    rows, columns = linear_sum_assignment(-jaccard)
    return {
        int(new_ids[row]): int(old_ids[column])
        for row, column in zip(rows, columns, strict=True)
        if jaccard[row, column] > dissolved
    }
