"""Customers who move between clusters call for new ones."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.registry import Record
from ml.segmentation import Segmentation, segment_customers
from orchestration.scoring.segmentation import drifted, shares


@pytest.fixture(scope="module")
def features() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    often = np.arange(300) % 3 == 0
    return pd.DataFrame(
        {
            "customer_type": "account",
            "customer_id": [f"c{number}" for number in range(300)],
            "cutoff": date(2024, 1, 31),
            "recency_days": np.where(often, 5, 200) + rng.integers(0, 10, 300),
            "transaction_count": np.where(often, 40, 2) + rng.integers(0, 3, 300),
            "total_revenue": np.where(often, 4000.0, 50.0) * rng.uniform(0.9, 1.1, 300),
        }
    )


@pytest.fixture(scope="module")
def result(features: pd.DataFrame) -> Segmentation:
    return segment_customers(features)


@pytest.fixture(scope="module")
def record(result: Segmentation) -> Record:
    day = date(2024, 1, 31)
    return Record(
        organization_id="shop",
        model="segmentation",
        model_name="behavioural_clusters",
        trained_as_of=day,
        window_from=day,
        window_to=day,
        data_hash="",
        parameters={"shares": shares(result.scored["cluster_id"])},
        metrics={},
        packages={},
    )


def test_the_same_customers_have_not_moved(
    record: Record, result: Segmentation, features: pd.DataFrame
) -> None:
    assert sum(record.parameters["shares"].values()) == pytest.approx(1)
    assert drifted(record, result.model, features) == {"score": pytest.approx(0)}


def test_customers_who_stay_away_have(
    record: Record, result: Segmentation, features: pd.DataFrame
) -> None:
    silent = features.assign(recency_days=250, transaction_count=2, total_revenue=50.0)
    assert drifted(record, result.model, silent)["score"] > 0.25


def test_a_version_that_noted_no_shares_cannot_tell(
    record: Record, result: Segmentation, features: pd.DataFrame
) -> None:
    record = Record(**{**vars(record), "parameters": {}})
    assert drifted(record, result.model, features) == {}
