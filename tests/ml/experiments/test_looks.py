import numpy as np
import pytest

from ml.experiments.looks import Looks, looks_of, minimum_sample
from ml.experiments.sequential import SLACK


def looks(balanced: list[float], planned: float = 1000, ends: int | None = None) -> Looks:
    people = np.array(balanced, dtype=float)
    days = np.arange(len(people))
    is_over = days >= (len(people) if ends is None else ends)
    return looks_of(people, np.full(len(people), planned), people >= 100, is_over)


def test_a_day_with_enough_new_people_is_a_look() -> None:
    taken = looks([50, 200, 205, 215, 1500])
    assert taken.days.tolist() == [1, 3, 4]
    assert taken.information.tolist() == [200, 215, 1500]
    assert taken.fractions.tolist() == [0.2, 0.215, 1.5]


def test_before_the_minimum_sample_nobody_looks() -> None:
    assert not len(looks([10, 99]).days)


def test_a_plan_that_nobody_can_tell_is_not_looked_at() -> None:
    assert not len(looks([500, 900], planned=np.inf).days)


def test_on_the_last_day_all_is_spent_that_the_plan_allows() -> None:
    taken = looks([200, 400, 400, 800], ends=2)
    assert taken.days.tolist() == [0, 1, 2, 3]
    assert taken.fractions.tolist() == pytest.approx([0.2, 0.4, SLACK, 2 * SLACK])
    assert (np.diff(taken.information) > 0).all()


def test_a_test_that_ended_before_anybody_came_ends_when_enough_have_come() -> None:
    assert looks([0, 50, 300, 600], ends=0).fractions.tolist() == pytest.approx([SLACK, 2 * SLACK])


def test_fractions_never_fall_where_the_plan_grows() -> None:
    people = np.array([200.0, 300, 400])
    planned = np.array([400.0, 1200, 1200])
    taken = looks_of(people, planned, people > 0, people < 0)
    assert taken.fractions.tolist() == [0.5, 0.5, 0.5]


def test_a_proportion_needs_five_of_each_kind_in_each_group() -> None:
    people = np.array([150.0, 600.0, 99.0])
    share = np.array([0.01, 0.01, 0.5])
    assert minimum_sample(people, people, share).tolist() == [False, True, False]
    assert minimum_sample(people, people, None).tolist() == [True, True, False]
