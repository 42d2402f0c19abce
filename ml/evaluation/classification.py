"""Figures of merit for probabilities of an event."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.arrays import Floats
from ml.evaluation.arrays import pair

_TINY = 1e-15


def roc_auc(event: npt.ArrayLike, probability: npt.ArrayLike) -> float:
    """Return the area under the ROC curve; nan where only one outcome occurs."""
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415 - slow to import

    y, p = pair(event, probability)
    return float(roc_auc_score(y, p)) if 0 < y.sum() < len(y) else float("nan")


def average_precision(event: npt.ArrayLike, probability: npt.ArrayLike) -> float:
    """Return the area under the precision-recall curve; nan without an event."""
    from sklearn.metrics import average_precision_score  # noqa: PLC0415 - slow to import

    y, p = pair(event, probability)
    return float(average_precision_score(y, p)) if y.sum() > 0 else float("nan")


def log_losses(event: npt.ArrayLike, probability: npt.ArrayLike) -> Floats:
    """Return each row's negative log-likelihood in nats, (n,)."""
    y, p = pair(event, probability)
    p = np.clip(p, _TINY, 1 - _TINY)
    losses: Floats = -(y * np.log(p) + (1 - y) * np.log1p(-p))
    return losses


def log_loss(event: npt.ArrayLike, probability: npt.ArrayLike) -> float:
    """Return the mean negative log-likelihood in nats."""
    return float(log_losses(event, probability).mean())


def brier(event: npt.ArrayLike, probability: npt.ArrayLike) -> float:
    """Return the mean squared difference of probability and outcome."""
    y, p = pair(event, probability)
    return float(((p - y) ** 2).mean())


def calibration(event: npt.ArrayLike, probability: npt.ArrayLike, bins: int = 10) -> pd.DataFrame:
    """Compare forecast and outcome in bins of equal size.

    Returns
    -------
    one row per bin, from low to high probability: n, forecast and observed (means)
    """
    y, p = pair(event, probability)
    order = np.argsort(p, kind="stable")
    cells = [cell for cell in np.array_split(order, min(bins, len(order))) if len(cell)]
    return pd.DataFrame(
        {
            "n": [len(cell) for cell in cells],
            "forecast": [float(p[cell].mean()) for cell in cells],
            "observed": [float(y[cell].mean()) for cell in cells],
        }
    )


def expected_calibration_error(
    event: npt.ArrayLike, probability: npt.ArrayLike, bins: int = 10
) -> float:
    """Return the mean distance of forecast and outcome over bins of equal size.

    Chance alone makes it about ``sqrt(bins * p * (1 - p) / n)``; compare it with that.

    Source: Naeini, Cooper and Hauskrecht, AAAI (2015), with bins of equal count.
    """
    table = calibration(event, probability, bins)
    return float(np.average((table["forecast"] - table["observed"]).abs(), weights=table["n"]))


def lift(event: npt.ArrayLike, probability: npt.ArrayLike, share: float = 0.1) -> float:
    """Return how many times the base rate occurs among the ``share`` with the highest probability.

    Rows of equal probability at the border count in proportion. nan without an event.
    """
    y, p = pair(event, probability)
    if not y.sum():
        return float("nan")
    wanted = share * len(y)
    border = np.sort(p)[::-1][max(int(np.ceil(wanted)) - 1, 0)]
    above, at = p > border, p == border
    taken = y[above].sum() + y[at].mean() * (wanted - above.sum())
    return float(taken / wanted / y.mean())


Metric = Callable[[npt.ArrayLike, npt.ArrayLike], float]

CLASSIFICATION: dict[str, Metric] = {
    "auc": roc_auc,
    "pr_auc": average_precision,
    "log_loss": log_loss,
    "brier": brier,
    "ece": expected_calibration_error,
    "lift_10": lift,
}
