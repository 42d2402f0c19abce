"""Estimators as bytes: equal for equal models, and harmless."""

import os
from datetime import date

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import BaseEstimator
from sklearn.ensemble import HistGradientBoostingClassifier

from ml.purchase import BetaGeometricNBD
from ml.registry import RegistryError, artifact


class _Shell(BaseEstimator):
    """An estimator that is none of ours."""


def test_estimators_of_ml_come_back():
    frame = pd.DataFrame(
        {"frequency": [0, 2, 5, 1], "recency": [0, 20, 30, 9], "age": [39, 38, 33, 30]}
    )
    fitted = BetaGeometricNBD().fit(frame)
    again = artifact.loads(artifact.dumps(fitted))
    assert (again.predict(frame, 39) == fitted.predict(frame, 39)).all()


def test_trees_with_categories_come_back_and_are_equal_to_the_byte():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"x": rng.normal(size=300), "c": pd.Categorical(rng.choice(["a", "b"], 300))}
    )
    y = (frame["x"] > 0).to_numpy()
    fitted = [
        HistGradientBoostingClassifier(max_iter=5, random_state=0).fit(frame, y) for _ in range(2)
    ]
    first, second = (artifact.dumps(one) for one in fitted)
    assert first == second
    assert (artifact.loads(first).predict_proba(frame) == fitted[0].predict_proba(frame)).all()


@pytest.mark.parametrize("forged", [_Shell(), os.getcwd])
def test_foreign_types_are_refused_unread(forged):
    with pytest.raises(RegistryError, match="not trusted: train it again"):
        artifact.loads(skops.io.dumps(forged))
    with pytest.raises(RegistryError, match="would not be trusted"):
        artifact.dumps(forged)


def test_what_cannot_be_kept_is_named():
    fitted = HistGradientBoostingClassifier()
    fitted.holdout_ = pd.DataFrame({"x": [1.0]})
    with pytest.raises(RegistryError, match="cannot be kept because of holdout_"):
        artifact.dumps(fitted)


def test_dates_are_kept():
    fitted = BetaGeometricNBD()
    fitted.trained_as_of_ = date(2024, 3, 31)
    assert artifact.loads(artifact.dumps(fitted)).trained_as_of_ == date(2024, 3, 31)


def test_functions_of_ml_are_no_part_of_a_model():
    with pytest.raises(RegistryError, match=r"ml\.registry\.artifact\.dumps"):
        artifact.loads(skops.io.dumps(artifact.dumps))
