"""The verdict on experiments: each variant beside its control, as of a day."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import chisquare

from ml.arrays import Floats
from ml.experiments.designs import Design
from ml.experiments.planning import LEAST_PER_GROUP, MISMATCH_LEVEL
from ml.experiments.sums import SUMS
from ml.experiments.trial import Trial, given
from ml.experiments.verdicts import INCONCLUSIVE
from ml.experiments.wording import recommendation

CONFIDENCE_LEVEL = 0.95

TEST_COLUMNS = [
    *("test_id", "metric_type", "control_group", "status"),
    *("end_date", "confidence_level", "minimum_effect"),
]
DAY_COLUMNS = [
    *("test_id", "group_name", "assigned_date", "assigned", "outliers", "outlier_limit"),
    *SUMS,
]
RESULT_COLUMNS = [
    *("test_id", "variant_group", "control_group", "confidence_level"),
    *("control_assigned", "variant_assigned", "control_n", "variant_n"),
    *("control_value", "variant_value"),
    *("effect_absolute", "effect_absolute_lower", "effect_absolute_upper"),
    *("effect_relative", "effect_relative_lower", "effect_relative_upper"),
    *("p_value", "p_value_monitored", "effect_size", "power"),
    *("sample_ratio_p_value", "has_sample_ratio_mismatch"),
    *("minimum_sample_size", "required_sample_size", "sample_percent"),
    *("is_complete", "looks", "variance_reduction_percent", "outliers"),
    *("outlier_limit", "decided_on", "winner", "recommendation"),
]


def judge_tests(
    tests: pd.DataFrame,
    days: pd.DataFrame,
    as_of: date,
    designs: Mapping[str, Design] | None = None,
) -> pd.DataFrame:
    """Judge every variant of every test that anyone was assigned to.

    Parameters
    ----------
    tests
        ``TEST_COLUMNS``, a row per test; ``confidence_level`` and ``minimum_effect`` may be empty.
    days
        ``DAY_COLUMNS``, a row per test, group and day: people assigned on that day, those capped
        as outliers and the limit that they were capped at, and sums over those who were measured.
    as_of
        The day that the verdict speaks of.
    designs
        By test, how it was planned; without one, groups of equal size where higher is better.

    Returns
    -------
    A row per test and variant, with all columns of ``RESULT_COLUMNS``.
    """
    planned = designs or {}
    of_test = dict(iter(days.groupby("test_id", sort=True)))
    rows = [
        row
        for _, test in tests.sort_values("test_id").iterrows()
        if test["test_id"] in of_test
        for row in _judge(
            test, of_test[test["test_id"]], as_of, planned.get(test["test_id"], Design())
        )
    ]
    return pd.DataFrame(rows, columns=RESULT_COLUMNS)


def _judge(
    test: pd.Series, days: pd.DataFrame, as_of: date, design: Design
) -> Iterator[dict[str, Any]]:
    confidence = given(test["confidence_level"], CONFIDENCE_LEVEL)
    groups = _groups(days, _last_day(test["end_date"], as_of))
    control_name = test["control_group"]
    variants = sorted(set(groups) - {control_name})
    assigned = {name: int(group["assigned"].iloc[-1]) for name, group in groups.items()}
    mismatch = sample_ratio_p_value(assigned, design.expected(assigned))
    rows = []
    judged = []
    for name in variants:
        row = {
            "test_id": test["test_id"],
            "variant_group": name,
            "control_group": control_name,
            "confidence_level": confidence,
            "control_assigned": assigned.get(control_name, 0),
            "variant_assigned": assigned[name],
            "sample_ratio_p_value": mismatch,
            "has_sample_ratio_mismatch": bool(mismatch < MISMATCH_LEVEL),
            "control_n": 0,
            "variant_n": int(groups[name]["units"].iloc[-1]),
            "minimum_sample_size": LEAST_PER_GROUP,
            "is_complete": False,
            "looks": 0,
            "decided_on": None,
            "winner": INCONCLUSIVE,
        }
        if control_name in groups:
            level = (1 - confidence) / len(variants)
            sides = groups[control_name], groups[name]
            trial = Trial(test, *sides, confidence, level, lower_is_better=design.lower_is_better)
            row |= trial.figures()
            judged.append((row, trial))
        rows.append(row)
    _decide(judged, 1 - confidence)
    described = {name: test[name] for name in TEST_COLUMNS}
    for row in rows:
        told = recommendation(row, rows, assigned, described, design)
        yield row | {"recommendation": told}


def sample_ratio_p_value(assigned: Mapping[str, int], expected: Mapping[str, float]) -> float:
    """Return how likely groups of these sizes or odder ones are, where others were meant.

    Parameters
    ----------
    assigned : people by group
    expected : share by group, of all these groups at least; together 1
    """
    people = sum(assigned.values())
    if len(expected) < 2 or not people:  # noqa: PLR2004
        return 1.0
    if any(assigned[name] and not expected[name] for name in assigned):
        return 0.0
    meant = {name: share * people for name, share in expected.items() if share}
    return float(chisquare([assigned.get(name, 0) for name in meant], list(meant.values())).pvalue)


def holm(p_values: list[float]) -> Floats:
    """Return p-values adjusted for there being several (Holm 1979)."""
    ordered = np.argsort(p_values, kind="stable")
    times = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[ordered] = np.minimum(np.maximum.accumulate(np.sort(p_values) * times), 1)
    return adjusted


def _decide(judged: list[tuple[dict[str, Any], Trial]], error_rate: float) -> None:
    """Enter who won, over all variants at one error rate."""
    # Variants that cannot be told yet count as tried: they will be.
    p_values = [1.0 if trial.p_value is None else trial.p_value for _, trial in judged]
    adjusted = holm(p_values)
    for rank, place in enumerate(np.argsort(p_values, kind="stable")):
        row, trial = judged[place]
        if trial.p_value is None:
            continue
        row["p_value_monitored"] = float(adjusted[place])
        if adjusted[place] <= error_rate and not row["has_sample_ratio_mismatch"]:
            decided = trial.decided(error_rate / (len(judged) - rank))
            if decided:
                row["decided_on"], row["winner"] = decided


def _groups(days: pd.DataFrame, last_day: pd.Timestamp | None) -> dict[str, pd.DataFrame]:
    """Return, by group, the sums over all people until each day of the test."""
    dated = days.assign(assigned_date=pd.to_datetime(days["assigned_date"]))
    all_days = pd.DatetimeIndex(dated["assigned_date"].unique())
    if last_day is not None:
        all_days = all_days.union([last_day])
    added = ["assigned", "outliers", *SUMS]
    groups = {}
    for name, group in dated.groupby("group_name", sort=True):
        by_day = group.set_index("assigned_date")[added].reindex(all_days.sort_values())
        groups[str(name)] = (
            by_day.fillna(0).cumsum().assign(outlier_limit=group["outlier_limit"].iloc[0])
        )
    return groups


def _last_day(end: Any, as_of: date) -> pd.Timestamp | None:
    """Return the last day of a test that is over."""
    return None if pd.isna(end) or pd.Timestamp(end) > pd.Timestamp(as_of) else pd.Timestamp(end)
