"""Churn: two retailers by rolling origin, telephone customers by cross-validation."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.models.production import customer_tables
from ml.arrays import Floats
from ml.churn import ChurnClassifier
from ml.churn.features import churn_features
from ml.churn.labels import KEYS, label_churn
from ml.evaluation.classification import CLASSIFICATION

_RETAILERS = {"UK retailer": "uk_retailer", "CD shop": "cdnow"}
_HORIZON = 90
_MOST_ROWS = 20_000
_FOLDS = 5
_MOST_CUTOFFS = 8


def evaluate(data: Path) -> pd.DataFrame:
    """Forecast who leaves, each time from what was known before.

    Retailers: at month ends, eight at most, the model learns from windows of 90 days that have
    closed by then and forecasts the next 90 days. Telephone customers: five stratified folds; the
    contest between the candidates takes place inside the four that are learned from.

    Returns
    -------
    one row per data and model, ``chosen`` being what the contest chose: means over the cutoffs or
    folds of the figures of merit, of ``bias`` (mean probability less share of churn) and of
    ``base_rate`` (share of churn)
    """
    tables = [_telephone(data / "data" / "telco_churn.csv")]
    loaded = customer_tables(data, list(_RETAILERS.values()))
    tables += [_retailer(shop, *loaded[name]) for shop, name in _RETAILERS.items()]
    figures = pd.concat(tables)
    return figures.groupby(["data", "model"], sort=False).mean().reset_index()


def _retailer(shop: str, features: pd.DataFrame, transactions: pd.DataFrame) -> pd.DataFrame:
    last = pd.to_datetime(transactions["transaction_date"]).max()
    rows = label_churn(
        features[pd.to_datetime(features["cutoff"]) <= last], transactions, last, _HORIZON
    )
    rows = rows[rows["churned"].notna()].reset_index(drop=True)
    seen = churn_features(rows)
    results = []
    for cutoff in _cutoffs(rows):
        past = (rows["closes"] <= cutoff).to_numpy()
        now = (rows["cutoff"] == cutoff).to_numpy()
        outcome = rows.loc[now, "churned"].to_numpy()
        model = _fit(rows[past], seen[past])
        forecast = model.predict_proba(seen[now], rows.loc[now, "cutoff"])[:, 1]
        results.append(_row(shop, "chosen", outcome, forecast))
        # With the newest window among its rows, every candidate is judged on it by the same rules.
        judged = _fit(rows[past | now], seen[past | now])
        results += [
            _row(shop, name, judged.test_outcome_, probability)
            for name, probability in judged.test_probability_.items()
        ]
    return pd.DataFrame(results)


def _cutoffs(rows: pd.DataFrame) -> list[pd.Timestamp]:
    """Return cutoffs by which a window has closed, the newest and others at equal distances."""
    usable = sorted(rows.loc[rows["cutoff"] >= rows["closes"].min(), "cutoff"].unique())
    places = np.linspace(len(usable) - 1, 0, min(len(usable), _MOST_CUTOFFS))
    return [usable[place] for place in sorted(places.round().astype(int))]


def _fit(rows: pd.DataFrame, seen: pd.DataFrame) -> ChurnClassifier:
    return ChurnClassifier(_HORIZON, max_rows=_MOST_ROWS).fit(
        seen, rows["churned"], rows["cutoff"], rows["closes"], rows[KEYS].agg("/".join, axis=1)
    )


def _telephone(file: Path) -> pd.DataFrame:
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - slow to import

    table = pd.read_csv(file).drop(columns="customerID")
    y = (table.pop("Churn") == "Yes").to_numpy(dtype=np.int64)
    results = []
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    for training, test in folds.split(table, y):
        model = ChurnClassifier().fit(table.iloc[training], y[training])
        forecast = model.predict_proba(table.iloc[test])[:, 1]
        results.append(_row("Telephone", "chosen", y[test], forecast))
        for name, baseline in _baselines().items():
            forecast = baseline.fit(table.iloc[training], y[training]).predict_proba(
                table.iloc[test]
            )[:, 1]
            results.append(_row("Telephone", name, y[test], forecast))
    return pd.DataFrame(results)


def _baselines() -> dict[str, Any]:
    from sklearn.compose import make_column_selector, make_column_transformer  # noqa: PLC0415
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler  # noqa: PLC0415

    numbers = make_column_selector(dtype_include="number")
    texts = make_column_selector(dtype_exclude="number")
    unknown = {"handle_unknown": "use_encoded_value", "unknown_value": -1}
    return {
        "plain logistic regression": make_pipeline(
            make_column_transformer(
                (StandardScaler(), numbers), (OneHotEncoder(handle_unknown="ignore"), texts)
            ),
            LogisticRegression(max_iter=1000),
        ),
        "boosted trees": make_pipeline(
            make_column_transformer(("passthrough", numbers), (OrdinalEncoder(**unknown), texts)),
            HistGradientBoostingClassifier(learning_rate=0.05, max_iter=100, random_state=0),
        ),
    }


def _row(data: str, model: str, outcome: Any, forecast: Floats) -> dict[str, Any]:
    figures = {name: metric(outcome, forecast) for name, metric in CLASSIFICATION.items()}
    bias = float(np.mean(forecast) - np.mean(outcome))
    return {"data": data, "model": model, **figures, "bias": bias, "base_rate": np.mean(outcome)}
