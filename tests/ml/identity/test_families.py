import pandas as pd
import pytest

from ml.identity.families import one_rather_than_family

SURE = 20.0


def pairs(*groups: tuple[int, int, int]) -> pd.DataFrame:
    """Return pairs that share all else: how many, level of given name, level of birth year."""
    levels = [(given, year) for count, given, year in groups for _ in range(count)]
    frame = pd.DataFrame(levels, columns=["given", "birth_year"])
    return frame.assign(weight=SURE, given_weight=0.0, birth_year_weight=0.0)


def probability(frame: pd.DataFrame, given: int, year: int) -> float:
    found = one_rather_than_family(frame, 0.95)
    [value] = found[frame["given"].eq(given) & frame["birth_year"].eq(year)].unique()
    return float(value)


def test_other_given_names_with_other_years_are_families() -> None:
    frame = pairs((500, 3, 3), (20, 3, 1), (30, 0, 3), (170, 0, 1))
    assert probability(frame, 0, 3) < 0.1
    assert probability(frame, 0, 1) < 0.1


def test_other_given_names_with_the_same_years_are_miswritten() -> None:
    frame = pairs((500, 3, 3), (20, 3, 1), (190, 0, 3), (10, 0, 1))
    assert probability(frame, 0, 3) > 0.95


def test_a_few_pairs_prove_nothing() -> None:
    assert probability(pairs((500, 3, 3), (2, 0, 3)), 0, 3) < 0.6


def test_a_few_of_one_name_do_not_make_one_of_all_couples() -> None:
    frame = pairs((3, 3, 3), (5, 3, 1), (170, 0, 3), (370, 0, 1))
    assert probability(frame, 0, 1) < 0.5
    assert probability(frame, 0, 3) < 0.95


def test_other_years_of_couples_do_not_make_one_of_father_and_son() -> None:
    frame = pairs((50, 3, 3), (1, 3, 1), (20, 3, 0), (20, 0, 3), (300, 0, 1))
    assert probability(frame, 3, 0) < 0.1


def test_years_a_generation_apart_are_parents_unless_years_are_miswritten_at_random() -> None:
    assert probability(pairs((500, 3, 3), (1, 3, 1), (20, 3, 0)), 3, 0) < 0.1
    assert probability(pairs((500, 3, 3), (200, 3, 1), (100, 3, 0)), 3, 0) == 1


@pytest.mark.parametrize(("given", "year"), [(3, 3), (3, 1), (-1, -1), (2, 2)])
def test_what_speaks_for_no_family_is_one(given: int, year: int) -> None:
    assert probability(pairs((5, given, year), (50, 0, 1)), given, year) == 1


def test_a_couple_without_anyone_to_hold_it_against_is_a_family() -> None:
    assert probability(pairs((1, 0, 1)), 0, 1) == 0
    assert probability(pairs((1, 0, 3)), 0, 3) == 0
