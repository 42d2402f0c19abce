"""Why a company scores as it does."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.arrays import Floats
from ml.lookalikes.companies import titles

_REASONS = 3
_TELLING = 0.05


def reason_texts(contributions: Floats, values: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Return the traits that raise each score most, from the strongest, as one text."""
    titled = [
        f"{title}: " + values[name].astype("str").where(values[name].notna(), "")
        for title, name in zip(titles(), values, strict=True)
    ]
    texts = np.column_stack(titled).astype(object)
    strongest = np.argsort(-contributions, axis=1, kind="stable")[:, :_REASONS]
    tells = np.take_along_axis(contributions, strongest, axis=1) >= _TELLING
    chosen = np.take_along_axis(texts, strongest, axis=1)
    # Reasons come in falling order: after the first that tells nothing none does.
    joined = np.where(tells[:, 0], chosen[:, 0], "")
    for place in range(1, _REASONS):
        joined = np.where(tells[:, place], joined + "; " + chosen[:, place], joined)
    return joined


def reason_table(
    target_id: pd.Series, contributions: Floats, values: pd.DataFrame, intercept: float
) -> pd.DataFrame:
    """Return one row per target and trait that is known of it, and one for the baseline.

    Columns target_id, trait, trait_value, contribution and position, 1 for what raises a score
    most. Contributions of a target add up to its log-odds, for unknown traits contribute nothing.
    """
    names = [*values.columns, "baseline"]
    everything = np.column_stack([contributions, np.full(len(values), intercept)])
    position = np.argsort(np.argsort(-contributions, axis=1, kind="stable"), axis=1) + 1
    long = pd.DataFrame(
        {
            "target_id": np.repeat(target_id.to_numpy(), len(names)),
            "trait": np.tile(np.array(names, dtype=object), len(values)),
            "trait_value": values.assign(baseline=None).to_numpy(dtype=object).ravel(),
            "contribution": everything.ravel(),
            "position": np.column_stack([position, np.zeros(len(values), dtype=int)]).ravel(),
        }
    )
    is_known = long["trait_value"].notna() | long["trait"].eq("baseline")
    return long[is_known].reset_index(drop=True)
