"""A verdict as a sentence for whoever ran the campaign."""

from collections.abc import Mapping, Sequence
from typing import Any

from ml.experiments.designs import Design
from ml.experiments.effects import PROPORTION
from ml.experiments.verdicts import CONTROL_WINS, VARIANT_WINS

Row = Mapping[str, Any]

_COMPLETED = "completed"
_MILLION = 1_000_000


def recommendation(
    row: Row, rows: Sequence[Row], assigned: Mapping[str, int], test: Row, design: Design
) -> str:
    """Say what to do about a variant, and why.

    Parameters
    ----------
    row : the variant's results
    rows : the results of all variants of the test
    assigned : people by group, the control among them
    test : its ``metric_type`` (proportion, mean or ratio) and ``status`` (draft, running, paused or
        completed)
    design : how it was planned
    """
    variant, control = row["variant_group"], row["control_group"]
    if control not in assigned:
        seen = ", ".join(sorted(assigned))
        return f"Nothing to compare with: nobody is in the control group {control}, only in {seen}."
    if row["has_sample_ratio_mismatch"]:
        sizes = ", ".join(f"{people:,} in {name}" for name, people in sorted(assigned.items()))
        return (
            f"Do not trust this test: {_meant(design)} meant, but there are {sizes}, as by chance "
            f"{_rarely(row['sample_ratio_p_value'])}. "
            "Find out who is missing before you read the results."
        )
    if row["winner"] == VARIANT_WINS:
        winners = sorted((one for one in rows if one["winner"] == VARIANT_WINS), key=_effect)
        best = winners[0 if design.lower_is_better else -1]
        better = _comparison(row, test, design)
        if best is row:
            return f"Use {variant}: {better}."
        return f"{variant} beats {control}, but {best['variant_group']} did better still: {better}."
    if row["winner"] == CONTROL_WINS:
        return f"Keep {control}: {_comparison(row, test, design)}."
    return _undecided(row, test, design)


def _meant(design: Design) -> str:
    if not design.shares:
        return "equal groups were"
    shares = (f"{100 * share:.4g}% in {name}" for name, share in sorted(design.shares.items()))
    return f"{', '.join(shares)} were"


def _undecided(row: Row, test: Row, design: Design) -> str:
    variant, control = row["variant_group"], row["control_group"]
    measured, least = min(row["control_n"], row["variant_n"]), row["minimum_sample_size"]
    needed = row["required_sample_size"]
    if measured < least:
        return f"Too early to tell: {measured:,} of at least {least:,} people per group are there."
    if row["effect_absolute"] is None or row["p_value"] is None:
        return f"Nothing to tell yet: {variant} and {control} show no difference to weigh."
    if row["is_complete"]:
        return (
            f"No winner: {_comparison(row, test, design)}, which may be chance. "
            f"Keep {control}, or choose by cost."
        )
    so_far = f"{_comparison(row, test, design)}, which is not proven yet"
    if needed is None:
        return f"Too early to tell: {so_far}."
    there = (
        f"{row['sample_percent']:.0f}% of the people it takes"
        if design.shares
        else f"{measured:,} of {needed:,} people per group"
    )
    if test["status"] == _COMPLETED:
        return (
            f"Stopped too early to tell: {so_far}. {there} had come, "
            "and no last day had been set, by which to judge it by fewer."
        )
    return f"Keep the test running: {so_far}. {there} are there."


def _comparison(row: Row, test: Row, design: Design) -> str:
    """Say what the variant brought, beside the control."""
    metric_type = test["metric_type"]
    values = " against ".join(
        f"{_value(row[f'{group}_value'], metric_type)} with {row[f'{group}_group']}"
        for group in ("variant", "control")
    )
    relative = row["effect_relative"]
    which = ", where lower is better" if design.lower_is_better else ""
    if relative is None:
        return f"{values}{which}"
    bounds = (row["effect_relative_lower"], row["effect_relative_upper"])
    span = " to ".join(f"{bound:+.1%}" for bound in bounds)
    level = f"{100 * row['confidence_level']:.4g}%"
    adjusted = " allowing for what they did before" if row["variance_reduction_percent"] else ""
    return f"{values}, {relative:+.1%}{adjusted} ({level} interval {span}){which}"


def _rarely(p_value: float) -> str:
    if p_value < 1 / _MILLION:
        return "less than once in a million times"
    return f"once in {1 / p_value:,.0f} times"


def _value(value: float, metric_type: str) -> str:
    return f"{value:.2%}" if metric_type == PROPORTION else f"{value:,.4g}"


def _effect(row: Row) -> float:
    return float(row["effect_absolute"])
