import numpy as np
import pytest
from hypothesis import given, settings

from ml.attribution import MarkovAttribution
from tests.ml.attribution.conftest import Counts, counts


def credits_of(model: MarkovAttribution, column: str = "conversions") -> dict[str, float]:
    return dict(zip(model.credits_["channel"], model.credits_[column], strict=True))


def test_credits_follow_what_the_chain_loses_without_a_channel() -> None:
    # Of 4 journeys, a leads on to b in 2 of 3, b converts in 2 of 3: P = 3/4 * 2/3 * 2/3 + 1/4 * 2/3.
    model = MarkovAttribution().fit(["a > b", "a", "b"], [2, 0, 0], nulls=[0, 1, 1])
    assert model.conversion_probability_ == pytest.approx(1 / 2)
    assert credits_of(model, "removal_effect") == pytest.approx({"a": 2 / 3, "b": 1})
    assert credits_of(model) == pytest.approx({"a": 0.8, "b": 1.2})


def test_a_longer_memory_tells_apart_what_came_before() -> None:
    paths, conversions, nulls = ["a > b", "c > b"], [10, 0], [0, 10]
    short = MarkovAttribution(order=1).fit(paths, conversions, nulls=nulls)
    long = MarkovAttribution(order=2).fit(paths, conversions, nulls=nulls)
    assert credits_of(short) == pytest.approx({"a": 2.5, "b": 5, "c": 2.5})
    assert credits_of(long) == pytest.approx({"a": 5, "b": 5, "c": 0})


def test_a_channel_that_is_met_twice_in_a_row_changes_nothing() -> None:
    once = MarkovAttribution().fit(["a > b", "b"], [3, 1], nulls=[1, 4])
    twice = MarkovAttribution().fit(["a > a > b", "b"], [3, 1], nulls=[1, 4])
    assert credits_of(twice) == pytest.approx(credits_of(once))


def test_revenue_goes_where_the_dear_journeys_went() -> None:
    model = MarkovAttribution().fit(["a", "b"], [1, 1], [90, 10], [1, 1])
    assert credits_of(model) == pytest.approx({"a": 1, "b": 1})
    assert credits_of(model, "revenue") == pytest.approx({"a": 90, "b": 10})


@settings(max_examples=60, deadline=None)
@given(counts)
def test_credits_add_up_and_the_chain_converts_as_often_as_journeys_did(drawn: Counts) -> None:
    for order in (1, 2, 3):
        model = MarkovAttribution(order=order).fit(*drawn.fitted_on())
        assert model.credits_["conversions"].sum() == pytest.approx(sum(drawn.conversions))
        assert model.credits_["revenue"].sum() == pytest.approx(sum(drawn.revenue))
        assert model.credits_[["conversions", "revenue"]].min().min() >= -1e-9
        journeys = sum(drawn.conversions) + sum(drawn.nulls)
        if journeys:
            empirical = sum(drawn.conversions) / journeys
            assert model.conversion_probability_ == pytest.approx(empirical)


def test_the_solution_is_what_a_simulation_of_the_chain_comes_to(many: Counts) -> None:
    model = MarkovAttribution().fit(*many.fitted_on())
    lost = simulated_loss(many, removed="c03")
    assert credits_of(model, "removal_effect")["c03"] == pytest.approx(lost, abs=0.03)


def simulated_loss(counts: Counts, removed: str) -> float:
    """Walk along the chain 20,000 times and count the conversions that came by a channel."""
    onward: dict[str, list[str]] = {}
    weight: dict[str, list[int]] = {}
    for path, converted, nulls in zip(counts.paths, counts.conversions, counts.nulls, strict=True):
        steps = ["start", *path.split(" > ")]
        moves = list(zip(steps, steps[1:], [converted + nulls] * len(steps), strict=False))
        for here, there, count in [*moves, (steps[-1], "", nulls), (steps[-1], "!", converted)]:
            onward.setdefault(here, []).append(there)
            weight.setdefault(here, []).append(count)
    share = {here: np.array(counted) / sum(counted) for here, counted in weight.items()}
    draw = np.random.default_rng(0)
    converted_by: list[bool] = []
    for _ in range(20_000):
        here, met = "start", False
        while here not in ("", "!"):
            here = onward[here][draw.choice(len(onward[here]), p=share[here])]
            met |= here == removed
        if here == "!":
            converted_by.append(met)
    return float(np.mean(converted_by))


def test_nothing_that_converted_earns_nothing() -> None:
    model = MarkovAttribution().fit(["a > b", "a"], [0, 0], [0, 0], [3, 1])
    assert credits_of(model) == {"a": 0, "b": 0}
    assert credits_of(model, "revenue") == {"a": 0, "b": 0}
    assert model.conversion_probability_ == 0


def test_who_knows_no_revenue_gets_none() -> None:
    model = MarkovAttribution().fit(["a"], [1])
    assert model.credits_["revenue"].isna().all()


def test_an_order_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="remembers at least one channel"):
        MarkovAttribution(order=0).fit(["a"], [1])
