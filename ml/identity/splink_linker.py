"""Splink, which compares records in DuckDB, told what a likeness says."""

# ruff: noqa: PLC0415 - Splink takes long to import, and most of the time nobody links anything.

from functools import partial
from tempfile import gettempdir
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ml.identity.likeness import Level, Likeness, Trait

EXPECTED_SHARE = 0.5
"""Pairs that are one, per record, before anything is compared."""

HIGHEST_PRIOR = 0.01
"""Probability, at most, that two records are one before they are compared: of few records too."""

SMOOTHING = 100
"""Strangers that are counted beside the records, with values of their own: among few records
nothing would be rare."""


def splink_linker(records: pd.DataFrame, likeness: Likeness) -> Any:
    """Return a linker of Splink.

    Parameters
    ----------
    records : ``unique_id``, what the likeness speaks of, and its ``block_names``
    likeness : how they are compared
    """
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    # One thread adds up in the same order each time.
    api = DuckDBAPI(duckdb.connect(config={"threads": 1, "temp_directory": gettempdir()}))
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(trait) for trait in likeness.traits],
        blocking_rules_to_generate_predictions=[block_on(name) for name in likeness.block_names],
        probability_two_random_records_match=_prior(len(records)),
        retain_intermediate_calculation_columns=True,
    )
    register = partial(pa.Table.from_pandas, preserve_index=False)
    linker = Linker(
        api.register(register(records)), settings, log_level=None, validate_settings=False
    )
    for column in likeness.counted:
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


def _shares(values: pd.Series) -> pd.DataFrame:
    """Return the share of the other records that have each value, under Splink's names."""
    counts = values.value_counts()
    shares = np.maximum(counts.to_numpy() - 1, 1) / (len(values) + SMOOTHING)
    return pd.DataFrame({values.name: counts.index, f"tf_{values.name}": shares})
