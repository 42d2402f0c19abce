"""What operators say of pairs of records, which overrules what their data says."""

import numpy as np
import pandas as pd

from ml.identity.clusters import PAIR, groups
from ml.identity.links import surest, with_reason

RULING = ["left_type", "left_id", "right_type", "right_id", "is_same"]


class RulingError(ValueError):
    """Rulings contradict each other; the message names two records."""


def check(pairs: pd.DataFrame, records: pd.DataFrame, organization_id: str) -> None:
    """Refuse rulings by which two records are both the same and different.

    Parameters
    ----------
    pairs : ``left``, ``right`` (numbers) and ``is_same``
    records : ``record_type`` and ``record_id``, by number from 0
    organization_id : for the message

    Raises
    ------
    RulingError
        If there are such; the message names two of them.
    """
    is_same = pairs["is_same"].to_numpy(bool)
    group = groups(pairs.loc[is_same, PAIR].to_numpy(np.int64), len(records))
    different = pairs.loc[~is_same, PAIR].to_numpy(np.int64)
    wrong = different[group[different[:, 0]] == group[different[:, 1]]]
    if len(wrong):
        names = records.loc[wrong[0], ["record_type", "record_id"]].agg(" ".join, axis=1)
        raise RulingError(
            f"{names.iloc[0]} and {names.iloc[1]} are ruled to be different, and by other rulings "
            f"the same: mend `identities` in the file of organization {organization_id}."
        )


def resolve(rulings: pd.DataFrame, records: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the records that rulings speak of.

    Parameters
    ----------
    rulings : columns ``RULING``
    records : ``record_type`` and ``record_id``, by number

    Returns
    -------
    pairs
        ``left`` and ``right`` (numbers, the smaller is left) and ``is_same``.
    unknown
        The rulings of which a record is not there (yet, or any more).
    """
    number = pd.Series(
        records.index, pd.MultiIndex.from_frame(records[["record_type", "record_id"]])
    )
    sides = [
        number.reindex(pd.MultiIndex.from_frame(rulings[[f"{side}_type", f"{side}_id"]])).to_numpy()
        for side in ("left", "right")
    ]
    is_known = ~(pd.isna(sides[0]) | pd.isna(sides[1]))
    found = np.array([side[is_known] for side in sides], dtype=np.int64).reshape(2, -1)
    pairs = pd.DataFrame(
        {
            "left": found.min(axis=0),
            "right": found.max(axis=0),
            "is_same": rulings["is_same"].to_numpy()[is_known],
        }
    )
    return pairs, rulings[~is_known]


def overrule(
    links: pd.DataFrame, apart: pd.DataFrame, ruled: pd.DataFrame, speaks_of_it: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put rulings before what data says.

    Parameters
    ----------
    links : columns ``links.LINK``, of persons or of companies
    apart : ``left`` and ``right`` of pairs that data tells apart
    ruled : as ``resolve`` returns them
    speaks_of_it : which rulings link the kind at hand; those that tell apart do so in every kind

    Returns
    -------
    links
        The surest of each pair.
    apart
        Without pairs that are ruled the same, with those that are ruled different.
    """
    same = ruled.loc[ruled["is_same"] & speaks_of_it, PAIR]
    rulings = with_reason(same, 1.0, "operator", "an operator says so")
    is_overruled = pd.MultiIndex.from_frame(apart[PAIR]).isin(pd.MultiIndex.from_frame(same))
    different = ruled.loc[~ruled["is_same"], PAIR]
    return surest(pd.concat([rulings, links])), pd.concat([apart[~is_overruled], different])
