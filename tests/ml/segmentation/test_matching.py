import numpy as np

from ml.segmentation.matching import match


def test_clusters_are_matched_by_the_customers_that_they_share():
    old = np.repeat([7, 8, 9], [50, 30, 20])
    new = np.repeat([2, 0, 1], [50, 28, 22])
    assert match(new, old) == {2: 7, 0: 8, 1: 9}


def test_a_cluster_that_fell_apart_is_not_the_same_any_more():
    old = np.repeat([1, 2], [100, 50])
    new = np.repeat([0, 1, 2], [50, 50, 50])
    assert match(new, old) == {2: 2}


def test_the_assignment_shares_most_in_all():
    # By itself, each new cluster shares most with the first old one.
    old = np.repeat([1, 2, 1, 2], [60, 0, 40, 39])
    new = np.repeat([0, 0, 1, 1], [60, 0, 40, 39])
    assert match(new, old) == {0: 1}
