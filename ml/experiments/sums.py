"""Sums over a group's people, and the moments that follow from them."""

import numpy as np
import pandas as pd
from tea_tasting.aggr import Aggregates

from ml.arrays import Floats

VALUE, DENOMINATOR, COVARIATE = "value", "denominator", "covariate"
_VARIABLES = (VALUE, DENOMINATOR, COVARIATE)
_PAIRS = ((VALUE, DENOMINATOR), (VALUE, COVARIATE), (DENOMINATOR, COVARIATE))
# Of a group's people, what is added up: how many, each variable, its square, each product of two.
SUMS = [
    "units",
    *(f"{name}_sum" for name in _VARIABLES),
    *(f"{name}_squares" for name in _VARIABLES),
    *(f"{left}_{right}_products" for left, right in _PAIRS),
]


def aggregates(sums: pd.DataFrame) -> Aggregates:
    """Return a group's moments at each look.

    Parameters
    ----------
    sums : the columns ``SUMS``, one row per look, each over all people until then
    """
    told = {name: sums[name].to_numpy(float) for name in SUMS}
    people = told["units"]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = {name: told[f"{name}_sum"] / people for name in _VARIABLES}

        def covariance(products: str, left: str, right: str) -> Floats:
            return np.asarray((told[products] - people * means[left] * means[right]) / (people - 1))

        variances = {
            name: np.maximum(covariance(f"{name}_squares", name, name), 0) for name in _VARIABLES
        }
        covariances = {pair: covariance("_".join([*pair, "products"]), *pair) for pair in _PAIRS}
    # Its arithmetic is that of numbers, which arrays know too: one call for all looks.
    return Aggregates(people, means, variances, covariances)
