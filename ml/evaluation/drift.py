"""How far a distribution has moved since a model was trained."""

import numpy as np
import numpy.typing as npt

from ml.arrays import Floats

_LEAST_SHARE = 1e-4


def population_stability_index(
    reference: npt.ArrayLike, current: npt.ArrayLike, bins: int = 10
) -> float:
    """Return the population stability index over the reference's quantiles.

    Missing values are a bin of their own. By common use below 0.1 is stable, above 0.25 has moved.

    Raises
    ------
    ValueError
        If either is empty.
    """
    old, new = np.asarray(reference, np.float64), np.asarray(current, np.float64)
    if not len(old) or not len(new):
        raise ValueError("reference and current must both hold values")
    known = old[~np.isnan(old)]
    inner = np.linspace(0, 1, bins + 1)[1:-1]
    edges = np.unique(np.quantile(known, inner)) if len(known) else np.empty(0)
    expected, actual = _shares(old, edges), _shares(new, edges)
    return stability_index(expected, actual)


def stability_index(reference: npt.ArrayLike, current: npt.ArrayLike) -> float:
    """Return the population stability index between the shares of the same classes, (k,) each."""
    # An empty class would make the index infinite.
    expected, actual = (
        np.maximum(np.asarray(shares, np.float64), _LEAST_SHARE) for shares in (reference, current)
    )
    return float(((actual - expected) * np.log(actual / expected)).sum())


def _shares(values: Floats, edges: Floats) -> Floats:
    missing = np.isnan(values)
    cells = np.where(missing, len(edges) + 1, np.searchsorted(edges, values, side="left"))
    counts = np.bincount(cells, minlength=len(edges) + 2)
    shares: Floats = counts / len(values)
    return shares
