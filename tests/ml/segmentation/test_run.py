from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from ml.registry.artifact import dumps, loads
from ml.segmentation import NEVER_BOUGHT, BehaviouralClusters, segment_customers

MONTHS = pd.to_datetime(["2024-04-30", "2024-05-31", "2024-06-30"])


def features(customers: int = 300, seed: int = 0) -> pd.DataFrame:
    """Draw customers of four kinds at three month ends; some change their kind in May."""
    rng = np.random.default_rng(seed)
    centers = np.log1p([[5, 30, 5000], [30, 3, 300], [250, 1, 40], [200, 25, 4000]])
    kind = rng.integers(0, 4, customers)
    moved = np.where(rng.random(customers) < 0.1, (kind + 1) % 4, kind)
    months = []
    for month, kinds in zip(MONTHS, (kind, moved, moved), strict=True):
        values = np.expm1(centers[kinds] + rng.normal(0, 0.2, (customers, 3)))
        months.append(
            pd.DataFrame(
                {
                    "customer_type": "account",
                    "customer_id": [f"C{i}" for i in range(customers)],
                    "cutoff": month,
                    "recency_days": pd.array(np.rint(np.maximum(values[:, 0], 0)), dtype="Int64"),
                    "transaction_count": np.rint(values[:, 1]),
                    "total_revenue": values[:, 2],
                    "weekend_share": rng.random(customers),
                }
            )
        )
    return pd.concat(months, ignore_index=True)


@pytest.fixture(scope="module")
def told() -> pd.DataFrame:
    return features()


@pytest.fixture(scope="module")
def result(told):
    return segment_customers(told)


def test_every_customer_is_scored_once_as_of_the_newest_cutoff(told, result):
    assert len(result.scored) == told["customer_id"].nunique()
    assert result.scored["as_of_date"].unique() == [MONTHS[-1]]
    assert result.scored["model_name"].unique() == ["behavioural_clusters"]
    assert result.scored["clarity"].between(0, 1).all()
    assert result.metrics["n_clusters"] == 4


def test_segments_hold_all_customers_and_all_revenue(result):
    assert result.segments["customers"].sum() == len(result.scored)
    assert result.segments["share_percent"].sum() == pytest.approx(100)
    assert result.segments["revenue_share_percent"].sum() == pytest.approx(100)


def test_the_best_cluster_is_number_1(result):
    ours = result.segments.set_index("cluster_id")["median_total_revenue"].dropna()
    assert ours.is_monotonic_decreasing
    assert ours.index.tolist() == [1, 2, 3, 4]


def test_who_moved_in_may_is_told_with_their_previous_cluster(result):
    changed = result.scored[result.scored["changed_on"].notna()]
    assert changed["changed_on"].unique() == [MONTHS[1]]
    assert (changed["previous_cluster_id"] != changed["cluster_id"]).all()
    may = result.migrations[result.migrations["to_cutoff"] == MONTHS[1]]
    moved = may[may["from_cluster_id"] != may["to_cluster_id"]]["customers"].sum()
    assert moved == len(changed)


def test_the_order_of_rows_changes_nothing(told, result):
    shuffled = segment_customers(told.sample(frac=1, random_state=1))
    pd.testing.assert_frame_equal(shuffled.scored, result.scored, check_exact=True)
    pd.testing.assert_frame_equal(shuffled.migrations, result.migrations, check_exact=True)


def test_a_model_that_stands_gives_the_labels_that_it_was_trained_with(told, result):
    model = loads(dumps(result.model))
    again = segment_customers(told, model=model)
    pd.testing.assert_frame_equal(again.scored, result.scored, check_exact=True)


def test_numbers_and_names_survive_a_refit_on_other_customers(result):
    other = segment_customers(features(300, seed=9), previous=result.model, random_state=5)
    columns = ["cluster_id", "persona"]
    pd.testing.assert_frame_equal(other.segments[columns], result.segments[columns])


def test_a_number_that_went_out_of_use_is_not_given_again(told, result):
    # The best customers go; later customers of another kind come, half as many.
    newest = told[told["cutoff"] == MONTHS[-1]].sort_values("customer_id", ignore_index=True)
    is_best = (result.scored["cluster_id"] == 1).to_numpy()
    others, best = newest[~is_best], newest[is_best]
    gone = segment_customers(others, previous=result.model).model
    unlike = best[::2].assign(recency_days=1, transaction_count=900, total_revenue=1.0)
    back = segment_customers(pd.concat([others, unlike]), previous=gone).model
    assert sorted(gone.ids_) == [2, 3, 4]
    assert sorted(back.ids_) == [2, 3, 4, 5]


def test_customers_without_a_purchase_are_a_cluster_of_their_own(told):
    newest = told[told["cutoff"] == MONTHS[-1]]
    without = newest.tail(5).assign(
        customer_id=list("abcde"), recency_days=pd.NA, transaction_count=0, total_revenue=0.0
    )
    scored = segment_customers(pd.concat([newest, without])).scored.set_index("customer_id")
    assert (scored.loc[list("abcde"), "cluster_id"] == NEVER_BOUGHT).all()
    assert scored.loc["a", "persona"] == "Not yet buying"
    assert (scored["cluster_id"] == NEVER_BOUGHT).sum() == 5


@pytest.mark.parametrize("bought", [0, 1, 50])
def test_few_customers_are_one_segment_that_says_so(told, bought):
    few = told[told["cutoff"] == MONTHS[-1]].head(50).copy()
    few.loc[few.index[bought:], "recency_days"] = pd.NA
    result = segment_customers(few)
    assert result.scored["model_name"].unique() == ["one_segment"]
    assert (result.scored["cluster_id"] == 1).sum() == bought
    assert result.scored["clarity"].isna().all()


def test_missing_columns_and_rows_are_named(told):
    with pytest.raises(ValueError, match="no column cutoff"):
        segment_customers(told.drop(columns="cutoff"))
    with pytest.raises(ValueError, match="no column transaction_count"):
        segment_customers(told.drop(columns="transaction_count"))
    with pytest.raises(ValueError, match="no rows"):
        segment_customers(told[:0])


def test_segments_of_a_retailer_are_stable(shared_data: Path):
    orders = shared_data / "landing" / "uk_retailer" / "order_lines" / "*.csv"
    customers = duckdb.sql(
        f"""
        select
            date '2011-12-10' - max(cast("InvoiceDate" as date)) as recency_days,
            count(distinct "InvoiceNo") as transaction_count,
            sum("Quantity" * "UnitPrice") as total_revenue
        from read_csv('{orders}')
        where "CustomerID" is not null and "InvoiceNo" not like 'C%'
        group by "CustomerID"
        order by "CustomerID"
        """
    ).df()
    found = BehaviouralClusters().fit(customers)
    assert found.n_clusters_ >= 3
    assert found.stability_mean_ >= 0.85
    assert found.stability_lowest_ >= 0.75
    assert found.silhouette_ >= 0.335
