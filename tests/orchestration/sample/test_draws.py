import numpy as np
import pytest

from orchestration.sample.draws import Option, tilted_choice

OPTIONS = (Option(("plain", "1"), 0.6, 0.0), Option(("fancy", "2"), 0.4, 1.0))


@pytest.mark.parametrize(("score", "share"), [(0.0, 0.4), (1.0, 0.644), (-1.0, 0.197)])
def test_an_option_is_as_likely_as_its_weight_and_tilt_say(score, share):
    kind, _ = tilted_choice(np.random.default_rng(2), np.full(50_000, score), OPTIONS)
    assert (kind == "fancy").mean() == pytest.approx(share, abs=0.01)


def test_the_values_of_an_option_stay_together():
    kind, code = tilted_choice(np.random.default_rng(2), np.zeros(1000), OPTIONS)
    assert set(zip(kind, code, strict=True)) == {("plain", "1"), ("fancy", "2")}
