import numpy as np
import pandas as pd

from ml.segmentation.descriptions import describe_clusters

PERSONAS = [{"cluster_id": 1, "persona": "Ones"}, {"cluster_id": 4, "persona": "Fours"}]


def customers(n: int) -> pd.DataFrame:
    half = np.arange(n) < n // 2
    return pd.DataFrame(
        {
            "recency_days": np.where(half, 10, 100),
            "transaction_count": np.where(half, 6, 2),
            "total_revenue": np.where(half, 900.0, 100.0),
            "weekend_share": np.where(half, 0.9, 0.1),
            "return_rate_365d": np.tile([0.0, 0.2], n // 2),
        }
    )


def test_a_cluster_is_described_by_its_size_medians_and_telling_habits():
    labels = np.repeat([1, 4], 50)
    described = describe_clusters(customers(100), labels, PERSONAS)
    assert described["description"][0] == (
        "50 % of customers who bought, with 90 % of their revenue. Medians: last purchase 10 days "
        "ago, purchases 6, revenue 900. Unlike others they come more at weekends."
    )
    assert described["customers"].tolist() == [50, 50]
    assert described["median_total_revenue"].tolist() == [900, 100]


def test_habits_of_few_customers_are_not_told():
    described = describe_clusters(customers(40), np.repeat([1, 4], 20), PERSONAS)
    assert "Unlike" not in described["description"][0]


def test_a_cluster_without_customers_says_so():
    described = describe_clusters(customers(10), np.full(10, 4), PERSONAS)
    assert described["description"][0] == "No customer at present."
    assert described["share_percent"].tolist() == [0, 100]
