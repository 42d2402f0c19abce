"""Fellegi and Sunter's model of record linkage, with beforehand knowledge in place of training.

A trait that two records share speaks for their being one by how rarely strangers share it, and one
that they do not share speaks against it by how rarely it changes or is miswritten. The latter is
set down here rather than learnt: few organizations have enough of the same twice to learn it from.
How rare a value is, is counted in the organization's own records.

Fellegi, Sunter: A Theory for Record Linkage. JASA 64 (1969).
"""

# ruff: noqa: PLC0415 - Splink takes long to import, and most of the time nobody links anything.

from dataclasses import dataclass, replace
from functools import partial
from tempfile import gettempdir
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

EXPECTED_SHARE = 0.5
"""Pairs that are one, per record, before anything is compared."""

HIGHEST_PRIOR = 0.01
"""Probability, at most, that two records are one before they are compared: of few records too."""

SMOOTHING = 100
"""Strangers that are counted beside the records, with values of their own: among few records
nothing would be rare."""

SAMPLED_PAIRS = 200_000
"""Pairs, at most, by which it is measured how often strangers agree."""

PAIRS_BEFOREHAND = 1_000
"""Pairs that count for as much as what was known before measuring."""

SEED = 7

LARGEST_BLOCK = 50
"""Records that share the value of a block; one that more share is too common to compare by."""

LEAST_WEIGHT = -8
"""Log2 odds below which nothing can come of a pair, be it that one trait is miswritten."""

UNKNOWN = -1
"""Level of a trait that one of two records does not have."""


@dataclass(frozen=True)
class Level:
    """How far two records agree in a trait.

    Attributes
    ----------
    condition : SQL over the columns of both, such as ``city_l = city_r``; empty for all the rest
    m : probability of it for two records of one person or company, 0 to 1
    u : probability of it for two strangers, 0 to 1, before anything is measured
    says : the agreement in words, empty where there is none
    counted : column whose value's share of the records stands in for ``u``
    """

    condition: str
    m: float
    u: float
    says: str = ""
    counted: str = ""


@dataclass(frozen=True)
class Trait:
    """Something that records are compared by.

    Attributes
    ----------
    name : of the trait
    unknown : SQL condition under which it tells nothing
    levels : from the closest agreement to none; the last is level 0
    is_key : whether the closest agreement is worth a look, whatever speaks against the pair
    """

    name: str
    unknown: str
    levels: tuple[Level, ...]
    is_key: bool = False

    @property
    def closest(self) -> int:
        """The number of the level of closest agreement."""
        return len(self.levels) - 1


@dataclass(frozen=True)
class Likeness:
    """What tells whether two records are one person or company.

    Attributes
    ----------
    traits : what they are compared by
    blocks : sets of columns; two records are compared if they share the values of one
    """

    traits: tuple[Trait, ...]
    blocks: tuple[tuple[str, ...], ...]


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
    linker = _linker(blocked, _measured(blocked, likeness))
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
    names = [trait.name for trait in likeness.traits]
    levels = {name: pd.Series(dtype="int64") for name in ("left", "right", *names)}
    weights = {name: pd.Series(dtype="float64") for name in ("weight", *map(_weight, names))}
    return pd.DataFrame({**levels, **weights, "reason": pd.Series(dtype="str")})


def _measured(records: pd.DataFrame, likeness: Likeness) -> Likeness:
    """Measure by pairs drawn at random how often strangers agree, and to which level."""
    linker = _linker(records, likeness)
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


def _linker(records: pd.DataFrame, likeness: Likeness) -> Any:
    """Let Splink know records and likeness."""
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    # One thread adds up in the same order each time.
    api = DuckDBAPI(duckdb.connect(config={"threads": 1, "temp_directory": gettempdir()}))
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(trait) for trait in likeness.traits],
        blocking_rules_to_generate_predictions=[block_on(name) for name in _block_names(likeness)],
        probability_two_random_records_match=_prior(len(records)),
        retain_intermediate_calculation_columns=True,
    )
    register = partial(pa.Table.from_pandas, preserve_index=False)
    linker = Linker(
        api.register(register(records)), settings, log_level=None, validate_settings=False
    )
    for column in _counted(likeness):
        shares = api.register(register(_shares(records[column])))
        linker.table_management.register_term_frequency_lookup(shares, column)
    return linker


def _prior(size: int) -> float:
    """Return the probability that two of so many records are one."""
    return min(HIGHEST_PRIOR, 2 * EXPECTED_SHARE / (size - 1))


def _comparison(trait: Trait) -> Any:
    import splink.comparison_level_library as levels
    from splink.comparison_library import CustomComparison

    unknown = levels.CustomLevel(trait.unknown).configure(is_null_level=True)
    return CustomComparison(
        output_column_name=trait.name,
        comparison_levels=[unknown, *(_level(level) for level in trait.levels)],
    )


def _level(level: Level) -> Any:
    import splink.comparison_level_library as levels

    made = levels.CustomLevel(level.condition) if level.condition else levels.ElseLevel()
    made.configure(m_probability=level.m, u_probability=level.u)
    if level.counted:
        made.configure(tf_adjustment_column=level.counted, tf_adjustment_weight=1.0)
    return made


def _block_names(likeness: Likeness) -> list[str]:
    return [f"block_{number}" for number in range(len(likeness.blocks))]


def _blocks(records: pd.DataFrame, likeness: Likeness) -> dict[str, pd.Series]:
    """Return the values of each block as numbers, missing where unknown or shared by too many."""
    blocks = {}
    for name, columns in zip(_block_names(likeness), likeness.blocks, strict=True):
        groups = records.groupby(list(columns), sort=False)
        number = groups.ngroup().astype("Int64").where(records[list(columns)].notna().all(axis=1))
        size = number.map(number.value_counts())
        blocks[name] = number.where(size.between(2, LARGEST_BLOCK).fillna(False))
    return blocks


def _counted(likeness: Likeness) -> list[str]:
    levels = (level for trait in likeness.traits for level in trait.levels)
    return list(dict.fromkeys(level.counted for level in levels if level.counted))


def _shares(values: pd.Series) -> pd.DataFrame:
    """Return the share of the other records that have each value, under Splink's names."""
    counts = values.value_counts()
    shares = np.maximum(counts.to_numpy() - 1, 1) / (len(values) + SMOOTHING)
    return pd.DataFrame({values.name: counts.index, f"tf_{values.name}": shares})


def _weight(trait: str) -> str:
    return f"{trait}_weight"


def _result(likeness: Likeness) -> list[str]:
    columns = ['unique_id_l as "left"', 'unique_id_r as "right"', "match_weight as weight"]
    for trait in likeness.traits:
        is_counted = any(level.counted for level in trait.levels)
        adjustment = f" + mw_tf_adj_{trait.name}" if is_counted else ""
        columns.append(f"gamma_{trait.name}::bigint as {trait.name}")
        columns.append(f"mw_{trait.name}{adjustment} as {_weight(trait.name)}")
    return columns


def _reasons(pairs: pd.DataFrame, likeness: Likeness) -> pd.Series:
    reasons = pd.Series("", pairs.index)
    for trait in likeness.traits:
        said = {trait.closest - place: level.says for place, level in enumerate(trait.levels)}
        words = pairs[trait.name].map(said).fillna("")
        comma = np.where(reasons.ne("") & words.ne(""), ", ", "")
        reasons = reasons + comma + words
    return reasons
