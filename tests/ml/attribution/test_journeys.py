import numpy as np
import pytest

from ml.attribution import Journeys, MarkovAttribution, ShapleyAttribution


def test_paths_are_read_whatever_blanks_are_in_them() -> None:
    journeys = Journeys.of(["b>a", " a  >  b > paid search "], [1, 2])
    assert journeys.channels == ["a", "b", "paid search"]
    assert journeys.touches.tolist() == [1, 0, 0, 1, 2]
    assert journeys.path.tolist() == [0, 0, 1, 1, 1]
    assert journeys.is_first.tolist() == [True, False, True, False, False]


@pytest.mark.parametrize(
    ("paths", "conversions", "message"),
    [
        (["a", "a > "], [1, 1], r"path 1 is 'a > ': every touch must name a channel"),
        (["a", None], [1, 1], "path 1 is nan: every touch must name a channel"),
        (["a", ""], [1, 1], "path 1 is ''"),
        (["a", "b"], [1], r"conversions has shape \(1,\), there are 2 paths"),
        (["a", "b"], [1, -1], "conversions of path 1 is -1"),
        (["a", "b"], [1, np.nan], "conversions of path 1 is nan"),
        (["a", "b"], [np.inf, 1], "conversions of path 0 is inf"),
    ],
)
def test_wrong_paths_and_counts_are_named(paths, conversions, message) -> None:
    with pytest.raises(ValueError, match=message):
        Journeys.of(paths, conversions)


@pytest.mark.parametrize("model", [MarkovAttribution(), ShapleyAttribution()])
def test_no_paths_are_too_few(model) -> None:
    with pytest.raises(ValueError, match="there are no paths"):
        model.fit([], [])


def test_paths_may_be_parted_by_anything() -> None:
    model = ShapleyAttribution(separator="|").fit(["a>b|c"], [2])
    assert model.credits_["channel"].to_list() == ["a>b", "c"]
