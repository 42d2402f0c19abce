"""Checks that every figure of merit makes of what it is given."""

import numpy as np
import numpy.typing as npt

from ml.arrays import Floats


def pair(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return both as float arrays of shape (n,).

    Raises
    ------
    ValueError
        If they differ in length, are empty, or hold a value that is not a finite number.
    """
    y, f = np.asarray(actual, dtype=np.float64), np.asarray(forecast, dtype=np.float64)
    if y.ndim != 1 or y.shape != f.shape or not len(y):
        raise ValueError(
            f"actual has shape {y.shape}, forecast {f.shape}: both must be (n,), n > 0"
        )
    if not (np.isfinite(y).all() and np.isfinite(f).all()):
        raise ValueError("actual and forecast must be finite numbers")
    return y, f
