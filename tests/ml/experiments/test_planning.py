from typing import Any

import pytest
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import proportion_effectsize

from ml.experiments import ExperimentError, plan
from ml.experiments.planning import (
    LEAST_PER_GROUP,
    achieved_power,
    effect_to_find,
    inflation,
    one_look_sample,
)


def test_ten_against_twelve_percent_needs_the_published_sample() -> None:
    assert plan(0.10, 0.20).control_one_look == 3835


def test_a_fifth_of_a_deviation_needs_the_published_sample() -> None:
    assert plan(10, 0.2, standard_deviation=10).control_one_look == 394


@pytest.mark.parametrize(("level", "power"), [(0.05, 0.8), (0.01, 0.9), (0.025, 0.7)])
def test_samples_of_one_look_are_those_of_statsmodels(level: float, power: float) -> None:
    size = proportion_effectsize(0.33, 0.30)
    expected = NormalIndPower().solve_power(size, alpha=level, power=power)
    assert one_look_sample(size, level, power, is_mean=False) == pytest.approx(expected, rel=1e-4)
    expected = TTestIndPower().solve_power(0.15, alpha=level, power=power)
    assert one_look_sample(0.15, level, power, is_mean=True) == pytest.approx(expected, abs=0.1)


def test_unequal_groups_are_those_of_statsmodels() -> None:
    planned = plan(10, 0.2, standard_deviation=10, ratio=3)
    expected = TTestIndPower().solve_power(0.2, alpha=0.05, power=0.8, ratio=3)
    assert planned.control_one_look == pytest.approx(expected, abs=1)
    assert planned.variant_one_look == pytest.approx(3 * expected, abs=2)


def test_daily_looks_cost_a_fifth_more_people() -> None:
    planned = plan(0.10, 0.20)
    assert planned.control / planned.control_one_look == pytest.approx(1.2, abs=0.02)


def test_at_the_planned_sample_the_power_is_the_planned_one() -> None:
    planned = plan(0.10, 0.20)
    size = float(effect_to_find(0.10, 0.20))
    assert achieved_power(planned.control, size, 0.05) == pytest.approx(0.80, abs=1e-3)


def test_variants_share_the_error_rate() -> None:
    assert plan(0.10, 0.20, groups=3).control_one_look == pytest.approx(
        NormalIndPower().solve_power(float(effect_to_find(0.1, 0.2)), alpha=0.025, power=0.8), abs=1
    )


def test_days_are_those_of_all_groups() -> None:
    planned = plan(0.10, 0.20, groups=3, people_per_day=1000)
    assert planned.total == planned.control + 2 * planned.variant
    assert planned.days == -(-planned.total // 1000)


def test_no_group_is_planned_below_the_minimum() -> None:
    assert plan(0.5, 0.9).control == LEAST_PER_GROUP


def test_a_larger_power_needs_more_looks_paid_for() -> None:
    assert 1.1 < inflation(0.05, 0.9) < inflation(0.05, 0.8) < 1.25


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"baseline": 0.9}, "cannot change by"),
        ({"baseline": 1.5}, "lies between 0 and 1"),
        ({"baseline": 0.0}, "lies between 0 and 1"),
        ({"minimum_effect": 0.0}, "No sample finds an effect of 0"),
        ({"baseline": 0.0, "standard_deviation": 1.0}, "baseline other than 0"),
        ({"standard_deviation": 0.0}, "standard deviation above 0"),
        ({"power": 0.995}, "Power lies between"),
        ({"power": 0.01}, "Power lies between"),
        ({"confidence_level": 1.0}, "confidence level"),
        ({"groups": 1}, "two groups"),
        ({"ratio": 0.0}, "ratio"),
        ({"people_per_day": 0.0}, "more than 0"),
    ],
)
def test_a_plan_that_cannot_be_made_says_why(asked: dict[str, Any], told: str) -> None:
    arguments = {"baseline": 0.1, "minimum_effect": 0.2} | asked
    with pytest.raises(ExperimentError, match=told):
        plan(**arguments)


def test_what_cannot_rise_by_as_much_is_taken_to_fall() -> None:
    assert effect_to_find(0.9, 0.2) == pytest.approx(-proportion_effectsize(0.72, 0.9))


def test_without_a_baseline_there_is_no_effect_to_find() -> None:
    assert not effect_to_find([0.0, 0.1], 0.2)[0] > 0
