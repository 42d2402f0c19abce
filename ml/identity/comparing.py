"""Fellegi and Sunter's model of record linkage, with what is known beforehand in place of training.

A trait that two records share speaks for their being one by how rarely strangers share it, and one
that they do not share speaks against it by how rarely it changes or is miswritten. The latter is
set down here rather than learnt: few organizations have enough of the same twice to learn it from.
How rare a value is, is counted in the organization's own records, and how often strangers come
near each other is measured by pairs drawn at random.

Fellegi, Sunter: A Theory for Record Linkage. JASA 64 (1969).
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from ml.identity.likeness import Likeness
from ml.identity.splink_linker import splink_linker

SAMPLED_PAIRS = 200_000
"""Pairs, at most, by which it is measured how often strangers agree."""

PAIRS_BEFOREHAND = 1_000
"""Pairs that count for as much as what was known before measuring."""

SEED = 7

LARGEST_BLOCK = 50
"""Records that share the value of a block; one that more share is too common to compare by."""

LEAST_WEIGHT = -8
"""Log2 odds below which nothing can come of a pair, be it that one trait is miswritten."""


def compare(records: pd.DataFrame, likeness: Likeness) -> pd.DataFrame:
    """Score the pairs of records that share a block, and return those that are worth a look.

    Parameters
    ----------
    records : the columns that the likeness speaks of, texts or numbers, by a whole number that
        tells the record; of shape (n, ...)
    likeness : what they are compared by

    Returns
    -------
    ``left`` and ``right`` (the smaller number is left), ``weight`` (log2 odds that they are one),
    ``reason`` (in what they agree, in words), and for each trait its level and ``<trait>_weight``,
    its part of the weight; sorted by left and right
    """
    blocks = pd.DataFrame(_blocks(records, likeness))
    if not blocks.notna().any(axis=None):
        return _empty(likeness)
    blocked = records.join(blocks).rename_axis("unique_id").reset_index()
    linker = splink_linker(blocked, _measured(blocked, likeness))
    keys = [f"gamma_{trait.name} = {trait.closest}" for trait in likeness.traits if trait.is_key]
    scored = linker.inference.predict(warning_mode="never").as_duckdbpyrelation()
    found = scored.filter(" or ".join([f"match_weight >= {LEAST_WEIGHT}", *keys]))
    columns = ", ".join(_result(likeness))
    pairs: pd.DataFrame = found.project(columns).order('"left", "right"').to_df()
    return pairs.assign(reason=_reasons(pairs, likeness))


def probability(weight: pd.Series) -> pd.Series:
    """Return the probability for log2 odds."""
    return pd.Series(1 / (1 + np.exp2(-weight.to_numpy())), weight.index)


def _empty(likeness: Likeness) -> pd.DataFrame:
    levels = ["left", "right", *(trait.name for trait in likeness.traits)]
    weights = ["weight", *(trait.weight for trait in likeness.traits)]
    types = dict.fromkeys(levels, "int64") | dict.fromkeys(weights, "float64") | {"reason": "str"}
    return pd.DataFrame(columns=list(types)).astype(types)


def _measured(records: pd.DataFrame, likeness: Likeness) -> Likeness:
    """Measure by pairs drawn at random how often strangers agree, and to which level."""
    linker = splink_linker(records, likeness)
    linker.training.estimate_u_using_random_sampling(
        max_pairs=SAMPLED_PAIRS, seed=SEED, min_count_per_level=None, num_chunks=1
    )
    size = len(records)
    weight = min(size * (size - 1) / 2, SAMPLED_PAIRS) / PAIRS_BEFOREHAND
    measured = linker.misc.save_model_to_json()["comparisons"]
    traits = []
    for trait, comparison in zip(likeness.traits, measured, strict=True):
        # The first one is for what is unknown, and one that no pair came to has no figure.
        shares = [level.get("u_probability") for level in comparison["comparison_levels"][1:]]
        levels = [
            replace(level, u=(level.u + weight * share) / (1 + weight))
            for level, share in zip(trait.levels, map(_number, shares), strict=True)
        ]
        traits.append(replace(trait, levels=tuple(levels)))
    return replace(likeness, traits=tuple(traits))


def _number(share: object) -> float:
    return share if isinstance(share, float) else 0.0


def _blocks(records: pd.DataFrame, likeness: Likeness) -> dict[str, pd.Series]:
    """Return the values of each block as numbers, missing where unknown or shared by too many."""
    blocks = {}
    for name, columns in zip(likeness.block_names, likeness.blocks, strict=True):
        groups = records.groupby(list(columns), sort=False)
        number = groups.ngroup().astype("Int64").where(records[list(columns)].notna().all(axis=1))
        size = number.map(number.value_counts())
        blocks[name] = number.where(size.between(2, LARGEST_BLOCK).fillna(False))
    return blocks


def _result(likeness: Likeness) -> list[str]:
    columns = ['unique_id_l as "left"', 'unique_id_r as "right"', "match_weight as weight"]
    for trait in likeness.traits:
        is_counted = any(level.counted for level in trait.levels)
        adjustment = f" + mw_tf_adj_{trait.name}" if is_counted else ""
        columns.append(f"gamma_{trait.name}::bigint as {trait.name}")
        columns.append(f"mw_{trait.name}{adjustment} as {trait.weight}")
    return columns


def _reasons(pairs: pd.DataFrame, likeness: Likeness) -> pd.Series:
    reasons = pd.Series("", pairs.index)
    for trait in likeness.traits:
        said = {trait.closest - place: level.says for place, level in enumerate(trait.levels)}
        words = pairs[trait.name].map(said).fillna("")
        comma = np.where(reasons.ne("") & words.ne(""), ", ", "")
        reasons = reasons + comma + words
    return reasons
