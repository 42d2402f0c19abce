"""How many people an experiment needs, and what it can find with those that it has.

The sample of a single look is that of Cohen's h for proportions and d for means (Cohen 1988). A
verdict is looked for every day, so the plan has the sample of the group sequential design of
``ml.experiments.sequential``, which is what the verdict goes by too.
"""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtri

from ml.arrays import Floats
from ml.experiments.errors import ExperimentError
from ml.experiments.sequential import bounds, crossing_probability, evenly, spent

POWER = 0.80
# Two weeks of daily looks; with twice as many a plan would need less than 1 % more.
PLANNED_LOOKS = 14
# Groups that fit equal shares worse than this were not filled by chance: there is no verdict.
MISMATCH_LEVEL = 0.01
# Fewer people in a group are never enough.
LEAST_PER_GROUP = 100


@dataclass(frozen=True)
class Plan:
    """An experiment's sample.

    Attributes
    ----------
    control, variant : people in the control group and in each variant, with daily looks
    control_one_look, variant_one_look : people if one looked once, at the end
    total : people in all groups, with daily looks
    days : days that it takes, None where traffic was not named
    """

    control: int
    variant: int
    control_one_look: int
    variant_one_look: int
    total: int
    days: int | None


def plan(
    baseline: float,
    minimum_effect: float,
    *,
    standard_deviation: float | None = None,
    confidence_level: float = 0.95,
    power: float = POWER,
    groups: int = 2,
    ratio: float = 1.0,
    people_per_day: float | None = None,
) -> Plan:
    """Plan an experiment that looks at its results every day.

    Parameters
    ----------
    baseline
        The control group's expected value.
    minimum_effect
        Smallest relative effect worth knowing: 0.2 is a fifth more than the baseline.
    standard_deviation
        Of a person's value; None for a proportion. For a ratio, that of its numerator less the
        baseline times its denominator, over the mean denominator.
    confidence_level
        Of the whole test, whatever the number of looks and groups.
    power
        Probability that a variant with that effect is found better than the control.
    groups
        Number of groups, the control among them; the error rate is shared by the variants.
    ratio
        People in each variant for one in the control.
    people_per_day
        Assigned to all groups together.

    Raises
    ------
    ExperimentError
        Where no sample could answer the question.
    """
    _check(baseline, minimum_effect, standard_deviation, confidence_level, power)
    _check_groups(groups, ratio, people_per_day)
    level = (1 - confidence_level) / (groups - 1)
    size = effect_to_find(baseline, minimum_effect, standard_deviation)
    balanced = one_look_sample(size, level, power, is_mean=standard_deviation is not None)
    # Two groups tell as much as their harmonic mean.
    control = float(balanced) * (1 + 1 / ratio) / 2
    inflated = control * inflation(level, power)
    in_control = max(math.ceil(inflated), LEAST_PER_GROUP)
    in_variant = max(math.ceil(inflated * ratio), LEAST_PER_GROUP)
    total = in_control + in_variant * (groups - 1)
    return Plan(
        control=in_control,
        variant=in_variant,
        control_one_look=math.ceil(control),
        variant_one_look=math.ceil(control * ratio),
        total=total,
        days=math.ceil(total / people_per_day) if people_per_day else None,
    )


def effect_to_find(
    baseline: npt.ArrayLike,
    minimum_effect: float,
    standard_deviation: npt.ArrayLike | None = None,
) -> Floats:
    """Return the smallest effect worth knowing as Cohen's h (a proportion's) or d.

    A proportion that cannot rise by as much is taken to fall by it. Not a number where the
    baseline or the deviation is zero: there is nothing that an effect could be relative to.
    """
    before = np.asarray(baseline, float)
    change = before * minimum_effect
    with np.errstate(divide="ignore", invalid="ignore"):
        if standard_deviation is not None:
            size = np.abs(change) / np.asarray(standard_deviation, float)
        else:
            after = np.where(before + change <= 1, before + change, before - change)
            size = np.abs(cohens_h(after, before))
        return np.asarray(np.where((size > 0) & np.isfinite(size), size, np.nan))


def cohens_h(variant: npt.ArrayLike, control: npt.ArrayLike) -> Floats:
    """Return the distance of two proportions on the scale on which all have one variance."""
    after, before = (np.clip(np.asarray(p, float), 0, 1) for p in (variant, control))
    return np.asarray(2 * (np.arcsin(np.sqrt(after)) - np.arcsin(np.sqrt(before))))


def one_look_sample(size: npt.ArrayLike, level: float, power: float, *, is_mean: bool) -> Floats:
    """Return the people per group, in two equal groups, that a single look needs.

    Parameters
    ----------
    size : Cohen's h or d to be found
    is_mean : whether the variance has to be learned too (Guenther 1981)
    """
    wanted = -ndtri(level / 2)
    needed = 2 * (wanted + ndtri(power)) ** 2 / np.asarray(size, float) ** 2
    return np.asarray(needed + (wanted**2 / 4 if is_mean else 0))


@cache
def inflation(level: float, power: float) -> float:
    """Return how many times the sample of a single look the daily looks need.

    Groups whose sizes differ by chance now and then prevent a verdict: that is paid for too.
    """
    looks = evenly(PLANNED_LOOKS)
    needed = bounds(looks, spent(level, looks))

    def missing(drift: float) -> float:
        return (1 - MISMATCH_LEVEL) * crossing_probability(looks, needed, drift) - power

    one_look = float(-ndtri(level / 2) + ndtri(power))
    return float((brentq(missing, 0.5 * one_look, 2 * one_look) / one_look) ** 2)


def achieved_power(balanced: float, size: float, level: float, power: float = POWER) -> float:
    """Return the probability that the sample so far finds an effect, if it is there.

    The daily looks are paid for: at the planned sample it is the planned power.

    Parameters
    ----------
    balanced : people per group, or the harmonic mean of two groups
    size : Cohen's h or d
    """
    from statsmodels.stats.power import NormalIndPower  # noqa: PLC0415 - loads for long

    people = balanced / inflation(level, power)
    return float(NormalIndPower().power(size, people, level, ratio=1))


def _check(
    baseline: float,
    minimum_effect: float,
    standard_deviation: float | None,
    confidence_level: float,
    power: float,
) -> None:
    if not minimum_effect:
        raise ExperimentError("No sample finds an effect of 0: name the smallest worth knowing.")
    if standard_deviation is None:
        if not 0 < baseline < 1:
            raise ExperimentError(f"A proportion's baseline lies between 0 and 1, not {baseline}.")
        if not 0 <= baseline * (1 + minimum_effect) <= 1:
            raise ExperimentError(
                f"A proportion of {baseline} cannot change by {minimum_effect:+.0%}: "
                "name a smaller effect."
            )
    elif not baseline or standard_deviation <= 0:
        raise ExperimentError(
            "A mean or ratio needs a baseline other than 0 and a standard deviation above 0."
        )
    if not 0.5 <= confidence_level < 1:  # noqa: PLR2004
        raise ExperimentError(f"A confidence level lies between 0.5 and 1, not {confidence_level}.")
    if not 1 - confidence_level < power < 1 - MISMATCH_LEVEL:
        raise ExperimentError(
            f"Power lies between {1 - confidence_level:.4g} (the error rate) and "
            f"{1 - MISMATCH_LEVEL:.4g}, not at {power}."
        )


def _check_groups(groups: int, ratio: float, people_per_day: float | None) -> None:
    if groups < 2:  # noqa: PLR2004
        raise ExperimentError("An experiment has two groups at least, one of them the control.")
    if ratio <= 0:
        raise ExperimentError(f"The ratio of variant to control is above 0, not {ratio}.")
    if people_per_day is not None and people_per_day <= 0:
        raise ExperimentError(f"People per day are more than 0, not {people_per_day}.")
