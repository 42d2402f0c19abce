"""One variant beside its control, day by day."""

from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ml.experiments.effects import PROPORTION, Estimate, compare
from ml.experiments.looks import Looks, looks_of, minimum_sample
from ml.experiments.planning import (
    POWER,
    achieved_power,
    effect_to_find,
    inflation,
    one_look_sample,
)
from ml.experiments.sequential import bounds, first_crossing, sequential_p_value, spent
from ml.experiments.sums import VALUE, aggregates
from ml.experiments.verdicts import CONTROL_WINS, VARIANT_WINS

MINIMUM_EFFECT = 0.20


class Trial:
    """One variant beside the control, day by day."""

    def __init__(
        self,
        test: pd.Series,
        control: pd.DataFrame,
        variant: pd.DataFrame,
        confidence: float,
        level: float,
        *,
        lower_is_better: bool = False,
    ) -> None:
        self.level = level
        self.better = -1 if lower_is_better else 1
        self.is_proportion = test["metric_type"] == PROPORTION
        self.control, self.variant = control, variant
        groups = aggregates(control), aggregates(variant)
        self.effect = compare(*groups, test["metric_type"], confidence)
        minimum_effect = given(test["minimum_effect"], MINIMUM_EFFECT)
        deviation = None if self.is_proportion else self.effect.deviation
        self.size = effect_to_find(self.effect.baseline, self.better * minimum_effect, deviation)
        # A covariate that explains part of the variance saves as much of the sample.
        saved = self.effect.variance_left if self.is_proportion else 1.0
        needed = one_look_sample(self.size, level, POWER, is_mean=not self.is_proportion)
        self.planned = needed * saved * inflation(level, POWER)
        self.looks = self._looks(test["end_date"], control.index)

    def _looks(self, end: Any, days: pd.Index) -> Looks:
        people = self.control["units"].to_numpy(float), self.variant["units"].to_numpy(float)
        share = None
        if self.is_proportion:
            sums = self.control[f"{VALUE}_sum"] + self.variant[f"{VALUE}_sum"]
            share = np.divide(
                *(sums.to_numpy(float), people[0] + people[1]),
                out=np.zeros(len(sums)),
                where=people[0] + people[1] > 0,
            )
        is_over = (
            np.zeros(len(days), bool) if pd.isna(end) else np.asarray(days >= pd.Timestamp(end))
        )
        can_be_told = minimum_sample(*people, share) & np.isfinite(self.effect.z)
        planned = np.where(np.isnan(self.planned), np.inf, self.planned)
        return looks_of(self.effect.balanced, planned, can_be_told, is_over)

    @cached_property
    def p_value(self) -> float | None:
        """Return the p-value that daily looks do not spoil; None before the first look."""
        if not len(self.looks.days):
            return None
        z = self.effect.z[self.looks.days]
        return sequential_p_value(z, self.looks.information, self.looks.fractions)

    def decided(self, level: float) -> tuple[date, str] | None:
        """Return the day whose evidence sufficed at an error rate, and who won."""
        z = self.effect.z[self.looks.days]
        needed = bounds(self.looks.information, spent(level, self.looks.fractions))
        look = first_crossing(z, needed)
        if look is None:
            return None
        day = self.control.index[self.looks.days[look]]
        return day.date(), VARIANT_WINS if self.better * z[look] > 0 else CONTROL_WINS

    def figures(self) -> dict[str, Any]:
        """Return what is known on the last day."""
        effect, last = self.effect, -1
        planned = _number(self.planned[last])
        power = None
        if planned is not None and np.isfinite(effect.balanced[last]):
            saved = effect.variance_left[last] if self.is_proportion else 1.0
            power = achieved_power(effect.balanced[last] / saved, self.size[last], self.level)
        left = effect.variance_left[last]
        return {
            "control_n": int(self.control["units"].iloc[last]),
            "variant_n": int(self.variant["units"].iloc[last]),
            "control_value": _number(effect.control[last]),
            "variant_value": _number(effect.variant[last]),
            **_interval("effect_absolute", effect.absolute),
            **_interval("effect_relative", effect.relative),
            "p_value": _number(effect.p_value[last]),
            "effect_size": _number(effect.size[last]),
            "power": power,
            "required_sample_size": None if planned is None else int(np.ceil(planned)),
            "looks": len(self.looks.days),
            "sample_percent": _number(100 * effect.balanced[last] / self.planned[last]),
            "is_complete": bool(len(self.looks.days) and self.looks.fractions[-1] >= 1),
            "variance_reduction_percent": _number(100 * (1 - left)),
            "outlier_limit": _number(self.variant["outlier_limit"].iloc[last]),
            "outliers": int(
                self.control["outliers"].iloc[last] + self.variant["outliers"].iloc[last]
            ),
        }


def given(value: Any, default: float) -> float:
    """Return a setting of a test, or what stands where there is none."""
    return default if value is None or pd.isna(value) else float(value)


def _interval(name: str, estimate: Estimate) -> dict[str, float | None]:
    return {
        name: _number(estimate.value[-1]),
        f"{name}_lower": _number(estimate.lower[-1]),
        f"{name}_upper": _number(estimate.upper[-1]),
    }


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
