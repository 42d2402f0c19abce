"""Random journeys to hold the models against."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import strategies as st


@dataclass(frozen=True)
class Counts:
    """Paths with what came of them."""

    paths: list[str]
    conversions: list[int]
    revenue: list[float]
    nulls: list[int]

    def fitted_on(self) -> tuple[list[str], list[int], list[float], list[int]]:
        return self.paths, self.conversions, self.revenue, self.nulls


_PATH = st.lists(st.sampled_from("abcd"), min_size=1, max_size=5).map(" > ".join)
_LINE = st.tuples(_PATH, st.integers(0, 9), st.integers(0, 9), st.integers(1, 500))

counts = st.lists(_LINE, min_size=1, max_size=12).map(
    lambda lines: Counts(
        paths=[path for path, *_ in lines],
        conversions=[converted for _, converted, *_ in lines],
        revenue=[converted * value / 4 for _, converted, _, value in lines],
        nulls=[nulls for *_, nulls, _ in lines],
    )
)


@pytest.fixture(scope="session")
def many() -> Counts:
    """Return 400 paths over 12 channels, some of which convert more often."""
    draw = np.random.default_rng(7)
    names = np.array([f"c{number:02}" for number in range(12)])
    paths = [" > ".join(draw.choice(names, draw.integers(1, 6))) for _ in range(400)]
    conversions = draw.poisson([0.2 + 2 * ("c03" in path) for path in paths])
    return Counts(
        paths=paths,
        conversions=conversions.tolist(),
        revenue=(conversions * draw.gamma(2, 50, 400)).tolist(),
        nulls=draw.poisson(5, 400).tolist(),
    )
