from typing import Any

import pytest

from ml.experiments import Design
from ml.experiments.wording import recommendation

RESULT = {
    "variant_group": "new",
    "control_group": "old",
    "control_n": 1000,
    "variant_n": 1000,
    "minimum_sample_size": 100,
    "required_sample_size": 4000,
    "control_value": 1234.5,
    "variant_value": 1358.0,
    "effect_absolute": 123.5,
    "effect_relative": 0.1,
    "effect_relative_lower": -0.0214,
    "effect_relative_upper": 0.2214,
    "confidence_level": 0.95,
    "p_value": 0.1,
    "variance_reduction_percent": 0.0,
    "sample_ratio_p_value": 0.5,
    "has_sample_ratio_mismatch": False,
    "is_complete": False,
    "winner": "inconclusive",
}
PEOPLE = {"old": 1000, "new": 1000}


def say(
    metric_type: str = "mean", status: str = "running", design: Design | None = None, **changed: Any
) -> str:
    row = RESULT | changed
    test = {"metric_type": metric_type, "status": status}
    return recommendation(row, [row], PEOPLE, test, design or Design())


def test_a_mean_is_told_with_its_interval_and_what_is_missing() -> None:
    assert say() == (
        "Keep the test running: 1,358 with new against 1,234 with old, +10.0% "
        "(95% interval -2.1% to +22.1%), which is not proven yet. "
        "1,000 of 4,000 people per group are there."
    )


def test_groups_of_planned_shares_are_told_the_part_of_all_people_that_is_there() -> None:
    design = Design({"old": 0.9, "new": 0.1})
    told = say(design=design, control_n=9000, sample_percent=45.0)
    assert told.endswith("which is not proven yet. 45% of the people it takes are there.")


def test_a_proportion_is_told_in_percent() -> None:
    told = say("proportion", winner="variant", control_value=0.1, variant_value=0.11)
    assert told.startswith("Use new: 11.00% with new against 10.00% with old, +10.0% (95%")


def test_an_adjusted_effect_says_so() -> None:
    told = say(winner="control", variance_reduction_percent=40.0)
    assert told.startswith("Keep old: ")
    assert "+10.0% allowing for what they did before (95%" in told


def test_without_a_relative_effect_the_values_speak_alone() -> None:
    told = say(winner="variant", effect_relative=None, control_value=-1.5, variant_value=2.25)
    assert told == "Use new: 2.25 with new against -1.5 with old."


@pytest.mark.parametrize(
    ("p_value", "told"),
    [(0.008608, "once in 116 times"), (1e-20, "less than once in a million times")],
)
def test_groups_of_odd_sizes_are_told_with_how_rare_they_are(p_value: float, told: str) -> None:
    said = say(has_sample_ratio_mismatch=True, sample_ratio_p_value=p_value)
    assert said.startswith("Do not trust this test: equal groups were meant, but there are")
    assert told in said
