import numpy as np
import pandas as pd
import pytest

from ml.segmentation.personas import name_clusters


def customers(recency: list[float], purchases: list[float], revenue: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"recency_days": recency, "transaction_count": purchases, "total_revenue": revenue}
    )


def named(frame: pd.DataFrame, labels: list[int], previous: dict | None = None) -> list[str]:
    personas = name_clusters(frame, np.array(labels), previous or {})
    return [persona["persona"] for persona in personas]


def test_names_tell_where_the_median_customer_stands():
    frame = customers([1, 2, 50, 60, 300, 400], [9, 8, 4, 4, 1, 1], [900, 800, 90, 90, 9, 8])
    assert named(frame, [1, 1, 2, 2, 3, 3]) == [
        "Recent high-value regulars",
        "Mid-range customers",
        "Long-absent light customers",
    ]


def test_names_do_not_depend_on_the_order_or_number_of_clusters():
    frame = customers([1, 2, 50, 60, 300, 400], [9, 8, 4, 4, 1, 1], [900, 800, 90, 90, 9, 8])
    assert named(frame, [9, 9, 2, 2, 4, 4])[-1] == "Recent high-value regulars"


@pytest.mark.parametrize(("before", "persona"), [(-1, "Recent"), (0, "Mid"), (1, "Mid")])
def test_a_level_stays_until_the_median_is_well_past_the_border(before, persona):
    # The first cluster's median is at place 0.35, a little above a third.
    frame = customers(list(range(100)), [1] * 100, [1] * 100)
    labels = [1] * 70 + [2] * 30
    assert named(frame, labels, {1: (before, 0, 0)})[0].startswith(persona)


def test_equal_names_are_told_apart_by_a_number_that_the_longest_known_goes_without():
    frame = customers([1] * 6, [1] * 6, [1] * 6)
    assert named(frame, [3, 3, 5, 5, 8, 8]) == [
        "Mid-range customers",
        "Mid-range customers 2",
        "Mid-range customers 3",
    ]


def test_a_single_cluster_is_everyone():
    assert named(customers([1, 9], [1, 2], [5, 5]), [1, 1]) == ["All who bought"]
