import numpy as np
import pytest

from ml.lookalikes.tiers import tiers


def test_the_largest_that_bring_half_are_a_and_those_up_to_80_percent_b():
    assert tiers(np.array([5.0, 40, 20, 25, 10])).tolist() == ["C", "A", "B", "B", "C"]


def test_equals_share_a_tier():
    assert tiers(np.array([10.0, 30, 10, 10, 10, 30])).tolist() == ["C", "A", "C", "C", "C", "A"]
    assert set(tiers(np.full(7, 3.0))) == {"B"}


@pytest.mark.parametrize("count", [0, 3])
def test_without_margins_all_are_c(count):
    assert tiers(np.zeros(count)).tolist() == ["C"] * count
