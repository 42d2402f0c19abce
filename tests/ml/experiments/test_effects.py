from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tea_tasting
from scipy import stats
from tea_tasting.aggr import Aggregates

from ml.experiments.effects import Effect, compare
from ml.experiments.sums import SUMS, aggregates
from tests.ml.experiments.samples import by_day


def sums(people: float, total: float, squares: float) -> Aggregates:
    told = dict.fromkeys(SUMS, 0.0) | {
        "units": people,
        "value_sum": total,
        "value_squares": squares,
    }
    return aggregates(pd.DataFrame([told]))


def groups_of(people: pd.DataFrame) -> tuple[Aggregates, Aggregates]:
    days = by_day(people).set_index("group_name")
    return aggregates(days.loc[["a"]]), aggregates(days.loc[["b"]])


def visitors(seed: int = 0, people: int = 2000) -> pd.DataFrame:
    """Return clicks and views of people in two groups, and their clicks of the month before."""
    rng = np.random.default_rng(seed)
    group = rng.choice(["a", "b"], people)
    before = rng.poisson(3, people).astype(float)
    views = rng.poisson(5 + before).astype(float) + 1
    clicks = rng.binomial(views.astype(int), np.where(group == "b", 0.24, 0.2)).astype(float)
    return pd.DataFrame(
        {"group_name": group, "value": clicks, "denominator": views, "covariate": before}
    )


def by_library(metric: tea_tasting.metrics.MetricBase, people: pd.DataFrame) -> object:
    experiment = tea_tasting.Experiment({"metric": metric}, variant="group_name")
    return experiment.analyze(people, control="a")["metric"]


def assert_agree(effect: Effect, expected: object) -> None:
    assert effect.absolute.value[0] == pytest.approx(expected.effect_size)
    assert effect.absolute.lower[0] == pytest.approx(expected.effect_size_ci_lower, rel=1e-4)
    assert effect.absolute.upper[0] == pytest.approx(expected.effect_size_ci_upper, rel=1e-4)
    assert effect.p_value[0] == pytest.approx(expected.pvalue)


def test_welch_is_the_published_one() -> None:
    effect = compare(sums(3407, 1396.87, 52377.9767), sums(3461, 2422.7, 134698.29), "mean")
    interval = effect.absolute
    assert interval.value[0] == pytest.approx(0.29, abs=5e-6)
    assert interval.lower[0] == pytest.approx(0.04538, abs=5e-6)
    assert interval.upper[0] == pytest.approx(0.53462, abs=5e-6)
    assert effect.p_value[0] == pytest.approx(0.02016, abs=5e-6)
    relative = effect.relative
    assert relative.value[0] == pytest.approx(0.70732, abs=5e-6)
    assert relative.lower[0] == pytest.approx(-0.03526, abs=5e-6)
    assert relative.upper[0] == pytest.approx(1.44989, abs=5e-6)


def test_relative_effect_of_proportions_is_the_published_one() -> None:
    relative = compare(sums(28, 14, 14), sums(30, 16, 16), "proportion").relative
    assert relative.lower[0] == pytest.approx(-0.47767, abs=5e-6)
    assert relative.upper[0] == pytest.approx(0.61101, abs=5e-6)
    assert relative.p_value[0] == pytest.approx(0.80707, abs=5e-6)


@pytest.mark.parametrize(
    ("column", "p_value"), [("retention_1", 0.07441), ("retention_7", 0.001554)]
)
def test_proportions_of_a_game_have_the_p_value_of_chi_square(
    column: str, p_value: float, shared_data: Path
) -> None:
    players = pd.read_csv(shared_data / "data" / "cookie_cats.csv")
    groups = players["version"].map({"gate_30": "a", "gate_40": "b"})
    people = pd.DataFrame({"group_name": groups, "value": players[column].astype(float)})
    effect = compare(*groups_of(people), "proportion")
    table = pd.crosstab(players["version"], players[column])
    expected = stats.chi2_contingency(table, correction=False)
    assert effect.p_value[0] == pytest.approx(expected.pvalue)
    assert effect.p_value[0] == pytest.approx(p_value, rel=1e-3)


def test_means_are_those_of_the_library() -> None:
    people = visitors()
    effect = compare(*groups_of(people.assign(covariate=0.0)), "mean")
    assert_agree(effect, by_library(tea_tasting.Mean("value"), people))


def test_a_covariate_adjusts_as_the_library_does() -> None:
    people = visitors()
    effect = compare(*groups_of(people), "mean")
    assert_agree(effect, by_library(tea_tasting.Mean("value", "covariate"), people))
    assert 0 < effect.variance_left[0] < 1


def test_ratios_are_those_of_the_library() -> None:
    people = visitors()
    effect = compare(*groups_of(people.assign(covariate=0.0)), "ratio")
    expected = by_library(tea_tasting.RatioOfMeans("value", "denominator"), people)
    assert_agree(effect, expected)
    adjusted = compare(*groups_of(people), "ratio")
    metric = tea_tasting.RatioOfMeans("value", "denominator", "covariate")
    assert_agree(adjusted, by_library(metric, people))


def test_a_covariate_of_a_proportion_sharpens_it() -> None:
    rng = np.random.default_rng(2)
    before = rng.random(4000)
    people = pd.DataFrame(
        {
            "group_name": rng.choice(["a", "b"], 4000),
            "value": (rng.random(4000) < before).astype(float),
            "covariate": before,
        }
    )
    effect = compare(*groups_of(people), "proportion")
    expected = by_library(tea_tasting.Mean("value", "covariate"), people)
    assert_agree(effect, expected)
    assert effect.variance_left[0] == pytest.approx(2 / 3, abs=0.03)


def test_a_covariate_that_is_the_same_for_all_changes_nothing() -> None:
    people = visitors().assign(covariate=4.0)
    plain = compare(*groups_of(people.assign(covariate=0.0)), "mean")
    assert compare(*groups_of(people), "mean").p_value[0] == plain.p_value[0]


def test_the_looks_of_several_days_are_compared_at_once() -> None:
    people = visitors().assign(day=np.arange(2000) % 3)
    days = by_day(people)
    cumulated = {
        name: aggregates(group[SUMS].cumsum()) for name, group in days.groupby("group_name")
    }
    effect = compare(cumulated["a"], cumulated["b"], "ratio")
    first = compare(*groups_of(people[people["day"] == 0]), "ratio")
    assert effect.p_value[0] == pytest.approx(first.p_value[0], rel=1e-2)
    last = compare(*groups_of(people.assign(day=0)), "ratio")
    assert effect.p_value[2] == pytest.approx(last.p_value[0])


def test_sizes_are_those_of_cohen() -> None:
    people = visitors().assign(covariate=0.0)
    a, b = (people.loc[people["group_name"] == name, "value"] for name in "ab")
    pooled = np.sqrt(((len(a) - 1) * a.var() + (len(b) - 1) * b.var()) / (len(people) - 2))
    effect = compare(*groups_of(people), "mean")
    assert effect.size[0] == pytest.approx((b.mean() - a.mean()) / pooled)
    h = compare(sums(100, 50, 50), sums(100, 64, 64), "proportion").size[0]
    assert h == pytest.approx(2 * (np.arcsin(0.8) - np.arcsin(np.sqrt(0.5))))


@pytest.mark.parametrize("metric_type", ["proportion", "mean", "ratio"])
def test_where_nothing_differs_or_nobody_is_there_nothing_is_told(metric_type: str) -> None:
    for control, variant in [(sums(0, 0, 0), sums(1, 1, 1)), (sums(50, 0, 0), sums(50, 0, 0))]:
        effect = compare(control, variant, metric_type)
        assert np.isnan(effect.z[0])
        assert np.isnan(effect.relative.value[0])


def test_relative_to_nothing_or_to_a_loss_there_is_no_effect() -> None:
    effect = compare(sums(100, -50, 200), sums(100, 20, 200), "mean")
    assert np.isnan(effect.relative.value[0])
    assert effect.absolute.value[0] == pytest.approx(0.7)
