"""How good forecasts of labels are, beside baselines."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.arrays import Floats
from ml.evaluation.classification import expected_calibration_error, log_loss, roc_auc
from ml.registry.results import compare_candidates
from ml.sentiment.labels import LABELS


def accuracy(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Return the share of equal labels."""
    return float((np.asarray(actual) == np.asarray(forecast)).mean())


def macro_f1(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Return the mean over the labels that occur of the harmonic mean of precision and recall."""
    y, f = np.asarray(actual), np.asarray(forecast)
    present = np.unique(y)
    right = np.array([((y == one) & (f == one)).sum() for one in present])
    either = np.array([(y == one).sum() + (f == one).sum() for one in present])
    return float((2 * right / either).mean())


def label_losses(actual: npt.NDArray[np.object_], probability: Floats) -> Floats:
    """Return each text's negative log-likelihood in nats, (n,)."""
    column = np.searchsorted(LABELS, actual.astype(str))
    found = probability[np.arange(len(actual)), column]
    losses: Floats = -np.log(np.clip(found, 1e-15, 1))
    return losses


def label_results(
    actual: npt.NDArray[np.object_], probabilities: Mapping[str, Floats], seed: int = 0
) -> pd.DataFrame:
    """Return figures of each candidate: of its labels, and of the probability of ``negative``.

    Parameters
    ----------
    actual : labels, (n,)
    probabilities : of negative, neutral and positive by candidate, (n, 3)
    seed : of the bootstrap
    """
    number = np.searchsorted(LABELS, actual.astype(str))
    best = {name: found.argmax(axis=1) for name, found in probabilities.items()}
    labels = compare_candidates(
        number, best, {"accuracy": accuracy, "macro_f1": macro_f1}, seed=seed
    )
    negative = compare_candidates(
        number == 0,
        {name: found[:, 0] for name, found in probabilities.items()},
        {
            "auc": roc_auc,
            "log_loss": log_loss,
            "ece": expected_calibration_error,
        },
        seed=seed,
    )
    negative["metric"] = "negative: " + negative["metric"]
    return pd.concat([labels, negative], ignore_index=True)
