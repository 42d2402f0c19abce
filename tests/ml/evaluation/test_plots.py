"""Pictures: valid, not empty, and the same again."""

import io

import numpy as np
import pytest
from matplotlib.image import imread

from ml.evaluation import plots


def _forecasts() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    p = rng.random(300)
    return (rng.random(300) < p).astype(float), p


@pytest.mark.parametrize(
    "plot", [plots.calibration_plot, plots.gain_plot, plots.decile_plot, plots.residual_plot]
)
def test_a_plot_is_a_picture_of_its_data_and_the_same_again(plot):
    event, p = _forecasts()
    drawn = plot(event, p)
    assert imread(io.BytesIO(drawn)).shape == (360, 480, 4)
    assert drawn == plot(event, p)
    assert drawn != plot(event, 1 - p)


def test_a_forecast_that_is_no_number_is_not_drawn():
    with pytest.raises(ValueError, match="finite"):
        plots.gain_plot([1.0], [np.nan])


def test_nothing_sold_has_no_gain_and_yet_a_picture():
    assert plots.gain_plot(np.zeros(20), np.arange(20.0)).startswith(b"\x89PNG")
