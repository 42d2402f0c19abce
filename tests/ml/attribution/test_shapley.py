from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings

from ml.attribution import AbsorbingChain, Journeys, ShapleyAttribution
from ml.attribution.games import exact_values, sampled_values
from tests.ml.attribution.conftest import Counts, counts


def by_all_orders(worth, players: int) -> np.ndarray:
    """Return the mean gain of each player over every order there is."""
    gains = np.zeros((players, 2))
    orders = list(permutations(range(players)))
    for order in orders:
        present = np.zeros(players, dtype=bool)
        for player in order:
            before = worth(present)
            present[player] = True
            gains[player] += worth(present) - before
    return gains / len(orders)


def observed(counts: Counts, channels: list[str]):
    """Return what a set of channels is worth: the journeys that no other channel touched."""

    def worth(present: np.ndarray) -> np.ndarray:
        there = {channel for channel, is_there in zip(channels, present, strict=True) if is_there}
        kept = [set(path.split(" > ")) <= there for path in counts.paths]
        return np.array([np.dot(kept, counts.conversions), np.dot(kept, counts.revenue)])

    return worth


def earned(model: ShapleyAttribution) -> np.ndarray:
    return model.credits_[["conversions", "revenue"]].to_numpy()


@settings(max_examples=40, deadline=None)
@given(counts)
def test_observed_values_are_the_mean_gain_over_all_orders(drawn: Counts) -> None:
    model = ShapleyAttribution().fit(*drawn.fitted_on())
    channels = model.credits_["channel"].to_list()
    expected = by_all_orders(observed(drawn, channels), len(channels))
    np.testing.assert_allclose(earned(model), expected, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(counts)
def test_values_of_the_chain_are_the_mean_gain_over_all_orders(drawn: Counts) -> None:
    model = ShapleyAttribution(game="chain").fit(*drawn.fitted_on())
    chain = AbsorbingChain(Journeys.of(*drawn.fitted_on()))
    expected = by_all_orders(chain.expected, len(model.credits_))
    np.testing.assert_allclose(earned(model), expected, atol=1e-9)


def test_eight_channels_are_exact() -> None:
    draw = np.random.default_rng(1)
    drawn = Counts(
        paths=[" > ".join(draw.choice(list("abcdefgh"), 4)) for _ in range(60)],
        conversions=draw.integers(0, 9, 60).tolist(),
        revenue=draw.integers(0, 900, 60).tolist(),
        nulls=[0] * 60,
    )
    model = ShapleyAttribution().fit(*drawn.fitted_on())
    expected = exact_values(observed(drawn, list("abcdefgh")), 8)
    np.testing.assert_allclose(earned(model), expected)


@pytest.mark.parametrize("game", ["observed", "chain"])
def test_values_add_up_to_all_conversions_and_revenue(game: str, many: Counts) -> None:
    model = ShapleyAttribution(game=game, n_orders=5).fit(*many.fitted_on())
    np.testing.assert_allclose(
        earned(model).sum(axis=0), [sum(many.conversions), sum(many.revenue)]
    )


@pytest.mark.parametrize("game", ["observed", "chain"])
def test_channels_that_do_the_same_earn_the_same(game: str) -> None:
    paths, conversions = ["a > b", "b > a", "a > c", "b > c", "c"], [3, 3, 2, 2, 5]
    model = ShapleyAttribution(game=game).fit(paths, conversions, nulls=[1, 1, 4, 4, 0])
    values = model.credits_["conversions"]
    assert values[0] == pytest.approx(values[1])


def test_a_channel_that_no_conversion_met_earns_nothing() -> None:
    model = ShapleyAttribution().fit(["a", "b > a", "b"], [5, 0, 0], nulls=[1, 7, 2])
    assert model.credits_["conversions"].to_list() == [5, 0]


def test_many_channels_are_sampled_within_the_error_that_is_told(many: Counts) -> None:
    exact = ShapleyAttribution(game="chain", max_exact_channels=12).fit(*many.fitted_on()).credits_
    drawn = ShapleyAttribution(game="chain", n_orders=60).fit(*many.fitted_on()).credits_
    for column in ("conversions", "revenue"):
        assert (exact[f"{column}_standard_error"] == 0).all()
        error = drawn[f"{column}_standard_error"]
        assert (error > 0).all()
        assert (error < 0.05 * exact[column].sum()).all()
        away = (drawn[column] - exact[column]) / error
        assert 0.3 < np.sqrt((away**2).mean()) < 2


def test_the_same_seed_draws_the_same_orders(many: Counts) -> None:
    fits = [ShapleyAttribution(game="chain", n_orders=2).fit(*many.fitted_on()) for _ in range(2)]
    assert fits[0].credits_.equals(fits[1].credits_)


def test_an_unknown_game_is_refused() -> None:
    with pytest.raises(ValueError, match="must be observed or chain"):
        ShapleyAttribution(game="chess").fit(["a"], [1])


def test_one_order_tells_no_error() -> None:
    with pytest.raises(ValueError, match="two pairs or more"):
        sampled_values(lambda present: present[:1] * 1.0, 2, 1, np.random.default_rng(0))
