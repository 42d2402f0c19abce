"""Pictures of how good a model is, as PNG bytes; the same data give the same bytes."""

import io
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.evaluation.arrays import pair
from ml.evaluation.classification import calibration
from ml.evaluation.regression import deciles

_SIZE = (4.8, 3.6)
_MOST_POINTS = 5_000


def calibration_plot(
    event: npt.ArrayLike, probability: npt.ArrayLike, title: str = "Calibration", bins: int = 10
) -> bytes:
    """Draw observed against forecast probability in bins of equal size."""
    table = calibration(event, probability, bins)
    figure, axes = _figure(title, "forecast probability", "share that happened")
    limit = float(max(table["forecast"].max(), table["observed"].max(), 1e-9)) * 1.05
    axes.plot([0, limit], [0, limit], color="0.7", linewidth=1)
    axes.plot(table["forecast"], table["observed"], marker="o")
    return _png(figure)


def gain_plot(actual: npt.ArrayLike, forecast: npt.ArrayLike, title: str = "Gain") -> bytes:
    """Draw what share of the total the customers with the highest forecasts bring."""
    y, f = pair(actual, forecast)
    figure, axes = _figure(title, "share of customers, by forecast", "share of the total")
    share = np.arange(len(y) + 1) / len(y)
    for order, name, color in ((-f, "model", "C0"), (-y, "perfect order", "0.7")):
        gained = np.concatenate([[0.0], np.cumsum(y[np.argsort(order, kind="stable")])])
        axes.plot(share, gained / (y.sum() or 1.0), label=name, color=color)
    axes.plot([0, 1], [0, 1], color="0.85", linewidth=1)
    axes.legend(loc="lower right")
    return _png(figure)


def decile_plot(actual: npt.ArrayLike, forecast: npt.ArrayLike, title: str = "Deciles") -> bytes:
    """Draw forecast and actual means of tenths, from high to low forecast."""
    table = deciles(actual, forecast)
    figure, axes = _figure(title, "tenth of customers, by forecast", "mean")
    place = np.arange(1, len(table) + 1)
    axes.bar(place - 0.2, table["forecast"], width=0.4, label="forecast")
    axes.bar(place + 0.2, table["actual"], width=0.4, label="actual")
    axes.set_xticks(place)
    axes.legend()
    return _png(figure)


def residual_plot(actual: npt.ArrayLike, forecast: npt.ArrayLike, title: str = "Errors") -> bytes:
    """Draw actual less forecast against the forecast, of 5,000 customers at most."""
    y, f = pair(actual, forecast)
    figure, axes = _figure(title, "forecast", "actual less forecast")
    shown = np.random.default_rng(0).permutation(len(y))[:_MOST_POINTS]
    axes.axhline(0, color="0.7", linewidth=1)
    axes.scatter(f[shown], (y - f)[shown], s=4, alpha=0.4, linewidths=0)
    return _png(figure)


def _figure(title: str, x: str, y: str) -> tuple[Any, Any]:
    # The figure without pyplot: no window system, no state shared between threads.
    from matplotlib.figure import Figure  # noqa: PLC0415 - slow to import

    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot()
    axes.set(title=title, xlabel=x, ylabel=y)
    return figure, axes


def _png(figure: Any) -> bytes:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=100, metadata={"Software": None})
    return picture.getvalue()
