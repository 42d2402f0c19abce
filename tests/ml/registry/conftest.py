"""A registry and a training to put into it."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from ml.registry import Registry, Training, data_hash

DAY = date(2024, 3, 31)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "registry")


def train(seed: int = 0, day: date = DAY, **changes: Any) -> Training:
    """Fit a small model on data of its own."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(200, 3))
    y = (features[:, 0] + rng.normal(size=200) > 0).astype(int)
    values = {
        "estimator": LogisticRegression().fit(features, y),
        "model_name": "logistic",
        "trained_as_of": day,
        "window": (date(2023, 1, 1), day),
        "data_hash": data_hash(pd.DataFrame(features)),
        "parameters": {"C": np.float64(1.0), "seed": seed},
        "metrics": {"log_loss": 0.5, "auc": float("nan")},
    }
    return Training(**(values | changes))
