import numpy as np
import pandas as pd
import pytest
from scipy import stats

from orchestration.sample.outreach.campaigns import plan_campaigns
from orchestration.sample.outreach.experiments import (
    CONTROL,
    EXPERIMENTS,
    VARIANT,
    draw_observations,
    list_experiments,
)

COMPLETED = [one for one in EXPERIMENTS if one.ends < 1]
FAULTY = "AB-07"


@pytest.fixture(scope="module")
def observations(club):
    many = pd.DataFrame({"customer_id": np.arange(60_000).astype(str), "customer_type": "member"})
    drawn = draw_observations(np.random.default_rng(8), many, club.timetable)
    return drawn.drop_duplicates(["test_id", "unit_id"], keep="last")


def groups(observations, test_id):
    rows = observations[observations["test_id"] == test_id]
    return rows[rows["group_name"] == CONTROL], rows[rows["group_name"] == VARIANT]


@pytest.mark.parametrize("experiment", COMPLETED, ids=lambda one: one.test_id)
def test_the_effect_is_the_true_one(observations, experiment):
    control, variant = groups(observations, experiment.test_id)
    if experiment.metric_type == "ratio":
        means = [group["value"].sum() / group["denominator"].sum() for group in (control, variant)]
        errors = [
            (group["value"] - mean * group["denominator"]).std()
            / group["denominator"].mean()
            / len(group) ** 0.5
            for group, mean in zip((control, variant), means, strict=True)
        ]
    else:
        means = [group["value"].mean() for group in (control, variant)]
        errors = [group["value"].std() / len(group) ** 0.5 for group in (control, variant)]
    expected = experiment.effect * experiment.control_mean
    assert means[1] - means[0] == pytest.approx(expected, abs=3.5 * np.hypot(*errors))


@pytest.mark.parametrize("experiment", COMPLETED, ids=lambda one: one.test_id)
def test_groups_are_as_large_as_meant_but_in_one_experiment(observations, experiment):
    control, variant = groups(observations, experiment.test_id)
    p_value = stats.binomtest(len(variant), len(control) + len(variant), 0.5).pvalue
    assert (p_value < 1e-6) == (experiment.test_id == FAULTY)


def test_a_covariate_is_the_same_measure_of_before(observations):
    [experiment] = [one for one in EXPERIMENTS if one.covariate_correlation]
    control, _ = groups(observations, experiment.test_id)
    correlation = control["value"].corr(control["covariate"])
    assert correlation == pytest.approx(experiment.covariate_correlation, abs=0.02)


def test_a_running_experiment_has_units_that_are_not_measured_yet(observations):
    rows = observations[observations["test_id"] == "AB-08"]
    assert 0.05 < rows["value"].isna().mean() < 0.95


def test_a_draft_has_no_units(observations):
    assert "AB-09" not in set(observations["test_id"])


def test_the_list_tells_how_far_each_experiment_is(club):
    listed = list_experiments(plan_campaigns(club.timetable), club.timetable)
    last = listed[listed["delivered"] == club.timetable.last].set_index("test_id")["status"]
    assert last["AB-08"] == "running"
    assert last["AB-09"] == "draft"
    assert set(last.drop(["AB-08", "AB-09"])) == {"completed"}
