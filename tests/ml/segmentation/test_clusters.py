import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score

from ml.segmentation import BehaviouralClusters

QUICK = {"replicates": 4, "max_clusters": 5}
CENTERS = np.log1p([[5, 30, 5000], [30, 3, 300], [250, 1, 40], [200, 25, 4000]])


def groups(customers: int, spread: float, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw customers of four kinds, and the kind of each."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, len(CENTERS), customers)
    logs = CENTERS[kind] + rng.normal(0, spread, (customers, 3))
    columns = ["recency_days", "transaction_count", "total_revenue"]
    return pd.DataFrame(np.expm1(np.maximum(logs, 0)), columns=columns), kind


def test_four_kinds_of_customers_are_found_again():
    frame, kind = groups(300, spread=0.2)
    found = BehaviouralClusters(**QUICK).fit(frame)
    assert found.n_clusters_ == 4
    assert adjusted_rand_score(kind, found.labels_) > 0.99
    assert found.stability_lowest_ > 0.99
    assert found.silhouette_ > 0.7


def test_the_same_seed_gives_the_same_clusters_to_the_last_digit():
    frame, _ = groups(300, spread=0.5)
    one, other = (clone(BehaviouralClusters(**QUICK, random_state=3)).fit(frame) for _ in range(2))
    assert (one.model_.centers_ == other.model_.centers_).all()
    assert one.trials_ == other.trials_


def test_clusters_that_no_bootstrap_finds_again_are_not_taken():
    frame, _ = groups(300, spread=3.0)
    found = BehaviouralClusters(**QUICK, min_mean=1.0, min_lowest=1.0).fit(frame)
    assert found.n_clusters_ == 1
    looked_at = [trial for trial in found.trials_ if "replicates" in trial]
    assert looked_at
    assert all(trial["replicates"] == 1 for trial in looked_at)


def test_two_clusters_are_taken_where_they_are_by_far_clearest():
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 2, 300)
    frame = pd.DataFrame(
        {
            "recency_days": np.where(kind, 5, 300) * np.exp(rng.normal(0, 0.3, 300)),
            "transaction_count": np.where(kind, 40, 2) * np.exp(rng.normal(0, 0.3, 300)),
            "total_revenue": np.where(kind, 9000, 90) * np.exp(rng.normal(0, 0.3, 300)),
        }
    )
    found = BehaviouralClusters(**QUICK).fit(frame)
    assert found.n_clusters_ == 2
    assert adjusted_rand_score(kind, found.labels_) == 1.0


def test_few_customers_are_one_cluster():
    frame, _ = groups(199, spread=0.2)
    found = BehaviouralClusters(**QUICK).fit(frame)
    assert found.n_clusters_ == 1
    assert np.isnan(found.silhouette_)
    assert np.isnan(found.clarity(frame)).all()


def test_customers_who_are_all_alike_are_one_cluster():
    frame = pd.DataFrame({"recency_days": [3] * 300, "transaction_count": 1, "total_revenue": 10.0})
    assert BehaviouralClusters(**QUICK).fit(frame).n_clusters_ == 1


def test_a_handful_of_outliers_is_no_cluster():
    frame, _ = groups(300, spread=0.2)
    frame.loc[:3, "total_revenue"] = 1e9
    found = BehaviouralClusters(**QUICK).fit(frame)
    assert np.bincount(found.labels_).min() > 30


def test_last_times_number_of_clusters_stays_while_it_is_nearly_as_clear():
    frame, _ = groups(300, spread=0.8, seed=5)
    options = {"replicates": 1, "max_clusters": 5, "min_mean": -1.0, "min_lowest": -1.0}
    free = BehaviouralClusters(**options).fit(frame)
    silhouettes = {t["n_clusters"]: t["silhouette"] for t in free.trials_}
    other = 4 if free.n_clusters_ != 4 else 5
    gap = silhouettes[free.n_clusters_] - silhouettes[other]
    kept, left = (
        BehaviouralClusters(prefer=other, tolerance=gap + more, **options).fit(frame)
        for more in (1e-9, -1e-9)
    )
    assert (kept.n_clusters_, left.n_clusters_) == (other, free.n_clusters_)


def test_clarity_is_1_at_a_centre_and_small_between_clusters():
    frame, _ = groups(300, spread=0.2)
    found = BehaviouralClusters(**QUICK).fit(frame)
    middle = np.expm1((CENTERS[0] + CENTERS[1]) / 2)
    clear = found.clarity(pd.DataFrame([np.expm1(CENTERS[0]), middle], columns=frame.columns))
    assert clear[0] > 0.9
    assert clear[1] < 0.2


def test_a_missing_column_is_named():
    frame, _ = groups(10, spread=0.2)
    with pytest.raises(ValueError, match="no column total_revenue"):
        BehaviouralClusters(**QUICK).fit(frame.drop(columns="total_revenue"))


def test_no_customers_are_refused():
    frame, _ = groups(10, spread=0.2)
    with pytest.raises(ValueError, match="no rows"):
        BehaviouralClusters(**QUICK).fit(frame[:0])
