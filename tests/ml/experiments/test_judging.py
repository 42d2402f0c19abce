from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from ml.experiments import DAY_COLUMNS, RESULT_COLUMNS, Design, judge_tests, plan
from ml.experiments.judging import holm, sample_ratio_p_value
from tests.ml.experiments.samples import FIRST, by_day, conversions, settings

LAST = FIRST + timedelta(days=60)


def verdict(
    people: pd.DataFrame, as_of: date = LAST, design: Design | None = None, **test: Any
) -> pd.DataFrame:
    days = by_day(people)
    known = days[days["assigned_date"] <= as_of]
    designs = {"t": design} if design else None
    return judge_tests(settings(**test), known, as_of, designs).set_index("variant_group")


def counts(**groups: tuple[int, int]) -> pd.DataFrame:
    """Return groups by their numbers of people and of those who converted, all of one day."""
    return pd.concat(
        pd.DataFrame({"group_name": name, "value": np.arange(people) < converted}).astype(
            {"value": float}
        )
        for name, (people, converted) in groups.items()
    )


def test_sample_ratios_have_the_published_p_values() -> None:
    even = {"a": 0.5, "b": 0.5}
    assert sample_ratio_p_value({"a": 1000, "b": 1200}, even) == pytest.approx(2.0079e-05, rel=1e-4)
    gates = sample_ratio_p_value({"a": 44700, "b": 45489}, even)
    assert gates == pytest.approx(0.008608, rel=1e-3)
    assert stats.chi2.isf(gates, 1) == pytest.approx(6.9024, abs=5e-5)


def test_p_values_of_several_variants_are_adjusted_as_statsmodels_does() -> None:
    for p_values in ([0.03], [0.04, 0.001, 0.03, 0.03], [0.9, 0.6, 0.02]):
        adjusted = multipletests(p_values, method="holm")[1]
        np.testing.assert_allclose(holm(p_values), adjusted)


def test_a_large_difference_is_found_and_told() -> None:
    told = verdict(counts(a=(5000, 500), b=(5010, 650))).loc["b"]
    assert told["winner"] == "variant"
    assert told["decided_on"] == FIRST
    assert told["p_value"] < told["p_value_monitored"] < 1e-3
    assert told["recommendation"].startswith("Use b: 12.97% with b against 10.00% with a, +29.7%")


def test_a_harmful_variant_loses() -> None:
    told = verdict(counts(a=(5000, 650), b=(5010, 500))).loc["b"]
    assert told["winner"] == "control"
    assert told["recommendation"].startswith("Keep a")


def test_groups_of_odd_sizes_block_the_verdict() -> None:
    told = verdict(counts(a=(4000, 400), b=(4400, 900))).loc["b"]
    assert told["has_sample_ratio_mismatch"]
    assert told["winner"] == "inconclusive"
    assert pd.isna(told["decided_on"])
    assert "Do not trust this test" in told["recommendation"]


def test_groups_of_planned_shares_have_a_verdict() -> None:
    people = counts(a=(9030, 900), b=(970, 150))
    assert verdict(people).loc["b", "has_sample_ratio_mismatch"]
    told = verdict(people, design=Design({"a": 0.9, "b": 0.1})).loc["b"]
    assert told["sample_ratio_p_value"] == pytest.approx(
        stats.chisquare([9030, 970], [9000, 1000]).pvalue
    )
    assert told["winner"] == "variant"


@pytest.mark.parametrize(
    ("shares", "meant"),
    [
        ({"a": 0.8, "b": 0.2}, "80% in a, 20% in b were meant"),
        ({"a": 0.6, "b": 0.1, "c": 0.3}, "60% in a, 10% in b, 30% in c were meant"),
        ({"a": 0.9, "c": 0.1}, "90% in a, 10% in c were meant"),
    ],
)
def test_groups_of_other_shares_than_planned_block_the_verdict(
    shares: dict[str, float], meant: str
) -> None:
    told = verdict(counts(a=(9030, 900), b=(970, 150)), design=Design(shares)).loc["b"]
    assert told["winner"] == "inconclusive"
    assert meant in told["recommendation"]


def test_the_lower_value_wins_where_lower_is_better() -> None:
    lower = Design(lower_is_better=True)
    told = verdict(counts(a=(6000, 900), b=(6000, 700), c=(6000, 600)), design=lower)
    assert told["winner"].tolist() == ["variant", "variant"]
    assert told.loc["c", "recommendation"].startswith("Use c: 10.00% with c against 15.00% with a")
    assert told.loc["c", "recommendation"].endswith(", where lower is better.")
    assert "c did better still" in told.loc["b", "recommendation"]
    worse = verdict(counts(a=(6000, 600), b=(6000, 900)), design=lower).loc["b"]
    assert worse["winner"] == "control"


def test_where_lower_is_better_the_sample_is_planned_for_a_fall() -> None:
    people = counts(a=(6000, 600), b=(6000, 600))
    told = verdict(people, design=Design(lower_is_better=True)).loc["b"]
    assert told["required_sample_size"] == plan(0.1, -0.2).control
    assert told["required_sample_size"] < verdict(people).loc["b", "required_sample_size"]


def test_nothing_is_called_before_the_minimum_sample() -> None:
    told = verdict(counts(a=(90, 9), b=(90, 60)), end_date=FIRST).loc["b"]
    assert told["p_value"] < 1e-6
    assert told["winner"] == "inconclusive"
    assert told["recommendation"].startswith("Too early to tell: 90 of at least 100")


def test_a_few_conversions_are_no_proportion_to_test() -> None:
    told = verdict(counts(a=(400, 0), b=(400, 7)), end_date=FIRST).loc["b"]
    assert told["p_value"] < 0.01
    assert told["winner"] == "inconclusive"


def test_a_small_test_that_ran_to_its_end_is_judged_by_what_came() -> None:
    people = counts(a=(1000, 100), b=(1000, 140))
    running = verdict(people).loc["b"]
    assert running["required_sample_size"] > 4000
    assert running["winner"] == "inconclusive"
    assert "Keep the test running" in running["recommendation"]
    assert "1,000 of 4,627 people per group" in running["recommendation"]
    stopped = verdict(people, status="completed").loc["b"]
    assert stopped["recommendation"].startswith("Stopped too early to tell")
    before_its_end = verdict(people, end_date=LAST + timedelta(days=1)).loc["b"]
    assert before_its_end["winner"] == "inconclusive"
    ended = verdict(people, end_date=LAST).loc["b"]
    assert ended["winner"] == "variant"
    assert ended["decided_on"] == LAST


def test_a_test_without_a_difference_ends_without_a_winner() -> None:
    told = verdict(counts(a=(6000, 600), b=(6000, 610))).loc["b"]
    assert told["is_complete"]
    assert told["recommendation"].startswith("No winner")


def test_what_a_day_called_stands_and_was_called_on_that_day() -> None:
    people = conversions({"a": 0.10, "b": 0.14}, people=4000, days=14, seed=1)
    told = verdict(people).loc["b"]
    days = [FIRST + timedelta(days=day) for day in range(14)]
    called = [verdict(people, as_of=day).loc["b", "winner"] == "variant" for day in days]
    decided = days.index(told["decided_on"])
    assert 0 < decided < 13
    assert called == [day >= decided for day in range(14)]


def test_peeking_calls_no_more_winners_than_promised() -> None:
    rng = np.random.default_rng(5)
    tests, looks, people = 60, 20, 200
    converted = rng.binomial(people, 0.3, (tests, 2, looks)).astype(float)
    key = pd.MultiIndex.from_product(
        [[f"t{test}" for test in range(tests)], ["a", "b"], range(looks)]
    )
    days = key.to_frame(index=False, name=["test_id", "group_name", "day"]).assign(
        assigned_date=lambda told: pd.to_datetime(FIRST) + pd.to_timedelta(told["day"], "D"),
        assigned=people,
        units=people,
        value_sum=converted.ravel(),
        value_squares=converted.ravel(),
    )
    days = days.reindex(columns=DAY_COLUMNS).fillna(0)
    told = judge_tests(pd.concat(settings(test_id=test) for test in key.levels[0]), days, LAST)
    sums, people_so_far = converted.cumsum(axis=2), people * np.arange(1, looks + 1)
    share = sums.sum(axis=1) / (2 * people_so_far)
    z = (sums[:, 1] - sums[:, 0]) / np.sqrt(2 * people_so_far * share * (1 - share))
    assert (np.abs(z) > 1.96).any(axis=1).mean() > 0.15
    assert (told["winner"] != "inconclusive").mean() <= 0.05


def test_the_planned_sample_finds_the_planned_effect_as_often_as_promised() -> None:
    size = plan(0.3, 0.2).control
    rng = np.random.default_rng(6)
    drawn = [
        counts(a=(size, rng.binomial(size, 0.3)), b=(size, rng.binomial(size, 0.36))).assign(
            test_id=f"t{test}", day=test % 2
        )
        for test in range(60)
    ]
    tests = pd.concat(settings(test_id=f"t{test}", end_date=LAST) for test in range(60))
    told = judge_tests(tests, by_day(pd.concat(drawn)), LAST)
    assert (told["winner"] == "variant").mean() == pytest.approx(0.8, abs=0.15)


def test_several_variants_share_the_error_rate() -> None:
    people = counts(a=(6000, 600), b=(6000, 690), c=(6000, 610))
    told = verdict(people)
    alone = verdict(people[people["group_name"] != "c"])
    assert told.loc["b", "p_value"] == alone.loc["b", "p_value"]
    assert told.loc["b", "p_value_monitored"] > 1.9 * alone.loc["b", "p_value_monitored"]
    assert told.loc["b", "required_sample_size"] > alone.loc["b", "required_sample_size"]
    # Holm: once b has won, c alone bears what is left.
    assert told["winner"].to_dict() == {"b": "variant", "c": "inconclusive"}


def test_the_better_of_two_winners_is_recommended() -> None:
    told = verdict(counts(a=(6000, 600), b=(6000, 900), c=(6000, 800)))
    assert told["winner"].tolist() == ["variant", "variant"]
    assert told.loc["b", "recommendation"].startswith("Use b")
    assert told.loc["c", "recommendation"].startswith("c beats a, but b did better still")


def test_a_test_without_its_control_group_says_so() -> None:
    told = verdict(counts(b=(500, 50), c=(500, 90)))
    assert told["winner"].tolist() == ["inconclusive"] * 2
    assert "nobody is in the control group a, only in b, c" in told.loc["b", "recommendation"]


@pytest.mark.parametrize("metric_type", ["proportion", "mean", "ratio"])
def test_one_person_and_no_conversion_at_all_are_no_error(metric_type: str) -> None:
    few = verdict(counts(a=(1, 0), b=(1, 1)), metric_type=metric_type).loc["b"]
    assert few["recommendation"].startswith("Too early to tell")
    none = verdict(counts(a=(500, 0), b=(500, 0)), metric_type=metric_type).loc["b"]
    assert none["winner"] == "inconclusive"
    assert none["required_sample_size"] is None or pd.isna(none["required_sample_size"])
    assert none["recommendation"].startswith("Nothing to tell yet")


def test_people_who_are_not_measured_yet_count_for_the_sample_ratio_alone() -> None:
    people = counts(a=(600, 60), b=(600, 70))
    people.loc[people.index >= 500, "value"] = np.nan
    told = verdict(people).loc["b"]
    assert (told["variant_assigned"], told["variant_n"]) == (600, 500)
    assert told["variant_value"] == pytest.approx(70 / 500)


def test_a_confidence_level_of_its_own_widens_the_interval() -> None:
    people = counts(a=(6000, 600), b=(6000, 640))
    usual, strict = verdict(people).loc["b"], verdict(people, confidence_level=0.99).loc["b"]
    assert strict["effect_absolute_lower"] < usual["effect_absolute_lower"]
    assert strict["required_sample_size"] > usual["required_sample_size"]
    assert "99% interval" in strict["recommendation"]


def test_a_covariate_saves_part_of_the_sample() -> None:
    rng = np.random.default_rng(4)
    before = rng.lognormal(3, 0.6, 4000)
    people = pd.DataFrame({"group_name": rng.choice(["a", "b"], 4000), "covariate": before})
    people["value"] = before * rng.lognormal(0, 0.3, 4000)
    told = verdict(people, metric_type="mean", minimum_effect=0.05).loc["b"]
    plain = verdict(people.drop(columns="covariate"), metric_type="mean", minimum_effect=0.05)
    saved = told["required_sample_size"] / plain.loc["b", "required_sample_size"]
    assert told["variance_reduction_percent"] > 50
    assert saved == pytest.approx(1 - told["variance_reduction_percent"] / 100, abs=0.05)


def test_without_tests_or_observations_there_is_no_verdict() -> None:
    nothing = judge_tests(settings().head(0), by_day(counts(a=(1, 0))).head(0), LAST)
    assert list(nothing.columns) == RESULT_COLUMNS
    assert nothing.empty
    assert judge_tests(settings(), by_day(counts(a=(1, 0))), LAST).empty
