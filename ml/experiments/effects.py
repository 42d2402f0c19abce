"""What a variant changed: differences of proportions, means and ratios, from sums of each group."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from tea_tasting.aggr import Aggregates

from ml.arrays import Floats
from ml.experiments.planning import cohens_h

PROPORTION, MEAN, RATIO = "proportion", "mean", "ratio"
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
# Where a z statistic is too large to be told from infinity.
_LARGEST_Z = 37.0


@dataclass(frozen=True)
class Estimate:
    """An effect with its interval, shape (n_looks,) each."""

    value: Floats
    lower: Floats
    upper: Floats
    p_value: Floats


@dataclass(frozen=True)
class Effect:
    """A variant beside its control at each look, shape (n_looks,) each.

    Attributes
    ----------
    control, variant : the groups' values as measured
    absolute : variant less control, adjusted by the covariate
    relative : the same over the control, by the delta method; not a number unless the control is
        above 0
    z : test statistic as a standard normal one
    p_value : two-sided: chi-square without continuity correction, or Welch
    baseline : the control's value, adjusted
    deviation : standard deviation of a person's value in the control group, adjusted
    size : Cohen's h of a proportion, d otherwise
    variance_left : share of the variance that the covariate leaves; 1 without one
    balanced : harmonic mean of the groups' numbers of people
    """

    control: Floats
    variant: Floats
    absolute: Estimate
    relative: Estimate
    z: Floats
    p_value: Floats
    baseline: Floats
    deviation: Floats
    size: Floats
    variance_left: Floats
    balanced: Floats


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


def compare(
    control: Aggregates, variant: Aggregates, metric_type: str, confidence_level: float = 0.95
) -> Effect:
    """Compare a variant with its control at each look.

    A covariate that was measured before the experiment lowers the variance (CUPED, Deng and others
    2013); one that is the same for all, or was never measured, changes nothing.

    Parameters
    ----------
    control, variant : as ``aggregates`` returns them
    metric_type : proportion, mean or ratio
    """
    with np.errstate(all="ignore"):
        return _compare(control, variant, metric_type, confidence_level)


def _compare(
    control: Aggregates, variant: Aggregates, metric_type: str, confidence_level: float
) -> Effect:
    denominator = DENOMINATOR if metric_type == RATIO else None
    metric = (VALUE, denominator)
    both = control + variant
    spread = np.asarray(both.var(COVARIATE), float)
    slope = np.where(spread > 0, both.ratio_cov(*metric, COVARIATE, None) / spread, 0.0)
    is_plain = metric_type == PROPORTION and not np.any(slope)

    people, means, variances = [], [], []
    for group in (control, variant):
        count = np.asarray(group.count(), float)
        shift = slope * (group.mean(COVARIATE) - both.mean(COVARIATE))
        variance = (
            group.ratio_var(*metric)
            + slope**2 * group.var(COVARIATE)
            - 2 * slope * group.ratio_cov(*metric, COVARIATE, None)
        )
        people.append(count)
        means.append(_value(group, denominator) - shift)
        variances.append(variance * (count - 1) / count if is_plain else variance)

    before, after = means
    errors = [variance / count for variance, count in zip(variances, people, strict=True)]
    freedom = sum(errors) ** 2 / sum(
        error**2 / (count - 1) for error, count in zip(errors, people, strict=True)
    )
    quantile = stats.t.ppf((1 + confidence_level) / 2, freedom)
    difference = after - before
    if is_plain:
        # Under no difference both groups have one share, and its variance.
        share = np.asarray(both.mean(VALUE), float)
        z = difference / np.sqrt(share * (1 - share) * (1 / people[0] + 1 / people[1]))
        p_value = 2 * stats.norm.sf(np.abs(z))
    else:
        t = difference / np.sqrt(sum(errors))
        p_value = 2 * stats.t.sf(np.abs(t), freedom)
        z = np.sign(t) * stats.norm.isf(np.maximum(p_value / 2, stats.norm.sf(_LARGEST_Z)))
        z = np.where(np.isnan(p_value), np.nan, z)
    pooled = _pooled(variances, people)
    raw = [np.asarray(group.ratio_var(*metric), float) for group in (control, variant)]
    values = [_value(group, denominator) for group in (control, variant)]
    return Effect(
        control=values[0],
        variant=values[1],
        absolute=_estimate(difference, np.sqrt(sum(errors)), freedom, quantile),
        relative=_relative(before, after, errors, freedom, quantile),
        z=np.where(np.isfinite(z), z, np.nan),
        p_value=np.asarray(p_value),
        baseline=before,
        deviation=np.sqrt(variances[0]),
        size=cohens_h(values[1], values[0])
        if metric_type == PROPORTION
        else difference / np.sqrt(_pooled(raw, people)),
        variance_left=np.where(slope != 0, pooled / _pooled(raw, people), 1.0),
        balanced=2 / (1 / people[0] + 1 / people[1]),
    )


def _value(group: Aggregates, denominator: str | None) -> Floats:
    return np.asarray(group.mean(VALUE) / group.mean(denominator), float)


def _pooled(variances: list[Floats], people: list[Floats]) -> Floats:
    freedom = [count - 1 for count in people]
    total = variances[0] * freedom[0] + variances[1] * freedom[1]
    return np.asarray(total / (freedom[0] + freedom[1]))


def _relative(
    before: Floats, after: Floats, errors: list[Floats], freedom: Floats, quantile: Floats
) -> Estimate:
    base = np.where(before > 0, before, np.nan)
    error = np.sqrt(errors[1] / base**2 + errors[0] * after**2 / base**4)
    return _estimate(after / base - 1, error, freedom, quantile)


def _estimate(value: Floats, error: Floats, freedom: Floats, quantile: Floats) -> Estimate:
    return Estimate(
        value=value,
        lower=value - quantile * error,
        upper=value + quantile * error,
        p_value=np.asarray(2 * stats.t.sf(np.abs(value / error), freedom)),
    )
