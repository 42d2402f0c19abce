"""What a variant changed: differences of proportions, means and ratios, from sums of each group."""

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from scipy import stats
from tea_tasting.aggr import Aggregates

from ml.arrays import Floats
from ml.experiments.planning import cohens_h
from ml.experiments.sums import COVARIATE, DENOMINATOR, VALUE

PROPORTION, MEAN, RATIO = "proportion", "mean", "ratio"
# The variable that is measured, and the one that it is over, if any.
_Metric: TypeAlias = tuple[str, str | None]
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


class _Side(NamedTuple):
    """A group at each look: its people, their mean and variance, adjusted by the covariate."""

    people: Floats
    mean: Floats
    variance: Floats

    @property
    def squared_error(self) -> Floats:
        """Of the mean: its standard error, squared."""
        return self.variance / self.people


def _compare(
    control: Aggregates, variant: Aggregates, metric_type: str, confidence_level: float
) -> Effect:
    metric: _Metric = (VALUE, DENOMINATOR if metric_type == RATIO else None)
    both = control + variant
    spread = np.asarray(both.var(COVARIATE), float)
    slope = np.where(spread > 0, both.ratio_cov(*metric, COVARIATE, None) / spread, 0.0)
    is_plain = metric_type == PROPORTION and not np.any(slope)
    before, after = (_adjusted(group, both, metric, slope) for group in (control, variant))
    if is_plain:
        before, after = _of_shares(before), _of_shares(after)
    freedom = (before.squared_error + after.squared_error) ** 2 / (
        before.squared_error**2 / (before.people - 1) + after.squared_error**2 / (after.people - 1)
    )
    quantile = stats.t.ppf((1 + confidence_level) / 2, freedom)
    difference, error = (
        after.mean - before.mean,
        np.sqrt(before.squared_error + after.squared_error),
    )
    if is_plain:
        z, p_value = _pooled_test(before, after, np.asarray(both.mean(VALUE), float))
    else:
        z, p_value = _welch_test(difference / error, freedom)
    measured = [_adjusted(group, both, metric, 0 * slope) for group in (control, variant)]
    raw = _pooled(*measured)
    return Effect(
        control=measured[0].mean,
        variant=measured[1].mean,
        absolute=_estimate(difference, error, freedom, quantile),
        relative=_relative(before, after, freedom, quantile),
        z=np.where(np.isfinite(z), z, np.nan),
        p_value=np.asarray(p_value),
        baseline=before.mean,
        deviation=np.sqrt(before.variance),
        size=cohens_h(measured[1].mean, measured[0].mean)
        if metric_type == PROPORTION
        else difference / np.sqrt(raw),
        variance_left=np.where(slope != 0, _pooled(before, after) / raw, 1.0),
        balanced=2 / (1 / before.people + 1 / after.people),
    )


def _adjusted(group: Aggregates, both: Aggregates, metric: _Metric, slope: Floats) -> _Side:
    shift = slope * (group.mean(COVARIATE) - both.mean(COVARIATE))
    variance = (
        group.ratio_var(*metric)
        + slope**2 * group.var(COVARIATE)
        - 2 * slope * group.ratio_cov(*metric, COVARIATE, None)
    )
    value, denominator = metric
    mean = group.mean(value) / group.mean(denominator) - shift
    return _Side(*(np.asarray(told, float) for told in (group.count(), mean, variance)))


def _of_shares(side: _Side) -> _Side:
    """Return a group with the variance of its share itself, p times one less p."""
    return side._replace(variance=side.variance * (side.people - 1) / side.people)


def _pooled_test(before: _Side, after: _Side, share: Floats) -> tuple[Floats, Floats]:
    """Return z and p-value; under no difference both groups have one share, and its variance."""
    error = np.sqrt(share * (1 - share) * (1 / before.people + 1 / after.people))
    z = (after.mean - before.mean) / error
    return z, 2 * stats.norm.sf(np.abs(z))


def _welch_test(t: Floats, freedom: Floats) -> tuple[Floats, Floats]:
    """Return the z that is as rare as t, and the p-value of both."""
    p_value = 2 * stats.t.sf(np.abs(t), freedom)
    z = np.sign(t) * stats.norm.isf(np.maximum(p_value / 2, stats.norm.sf(_LARGEST_Z)))
    return np.where(np.isnan(p_value), np.nan, z), p_value


def _pooled(before: _Side, after: _Side) -> Floats:
    """Return the variance of both groups together, each by its own mean."""
    freedom = before.people - 1, after.people - 1
    total = before.variance * freedom[0] + after.variance * freedom[1]
    return np.asarray(total / sum(freedom))


def _relative(before: _Side, after: _Side, freedom: Floats, quantile: Floats) -> Estimate:
    base = np.where(before.mean > 0, before.mean, np.nan)
    error = np.sqrt(after.squared_error / base**2 + before.squared_error * after.mean**2 / base**4)
    return _estimate(after.mean / base - 1, error, freedom, quantile)


def _estimate(value: Floats, error: Floats, freedom: Floats, quantile: Floats) -> Estimate:
    return Estimate(
        value=value,
        lower=value - quantile * error,
        upper=value + quantile * error,
        p_value=np.asarray(2 * stats.t.sf(np.abs(value / error), freedom)),
    )
