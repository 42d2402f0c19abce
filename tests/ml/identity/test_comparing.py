import math

import pandas as pd
import pytest

from ml.identity.comparing import LARGEST_BLOCK, compare, probability
from ml.identity.likeness import UNKNOWN, Level, Likeness, Trait
from ml.identity.splink_linker import HIGHEST_PRIOR, SMOOTHING

COLOR = Trait(
    "color",
    "color_l is null or color_r is null",
    (
        Level("color_l = color_r", 0.5, 0.1, "same color", counted="color"),
        Level("color_l[1] = color_r[1]", 0.2, 0.2, "color alike"),
        Level("", 0.3, 0.7),
    ),
)
LIKENESS = Likeness((COLOR,), (("group",),))


def compared(*rows: tuple[str | None, str | None]) -> pd.DataFrame:
    records = pd.DataFrame(rows, columns=["group", "color"], dtype="str")
    return compare(records, LIKENESS).set_index(["left", "right"])


def test_agreement_weighs_by_how_rarely_strangers_agree() -> None:
    rows = [("a", "red"), ("a", "red"), ("b", "rose"), ("b", "blue"), *[(None, "blue")] * 20]
    pairs = compared(*rows)
    assert pairs.index.tolist() == [(0, 1), (2, 3)]
    # The one other that is red stands for the share of strangers who are.
    share = 1 / (len(rows) + SMOOTHING)
    assert pairs["color_weight"][0, 1] == pytest.approx(math.log2(0.5 / share))
    odds = HIGHEST_PRIOR / (1 - HIGHEST_PRIOR) * 0.5 / share
    assert probability(pairs["weight"])[0, 1] == pytest.approx(odds / (1 + odds))


def test_levels_count_from_no_agreement_and_say_what_agrees() -> None:
    pairs = compared(("a", "red"), ("a", "rose"), ("a", "blue"), ("a", None))
    assert pairs["color"].to_dict() == {
        (0, 1): 1,
        (0, 2): 0,
        (0, 3): UNKNOWN,
        (1, 2): 0,
        (1, 3): UNKNOWN,
        (2, 3): UNKNOWN,
    }
    assert pairs["reason"][0, 1] == "color alike"
    assert pairs["reason"][0, 2] == ""
    assert pairs["color_weight"][0, 3] == 0


def test_what_is_common_among_strangers_speaks_little_for_two() -> None:
    various = [(None, chr(0x4E00 + number)) for number in range(300)]
    reddish = [(None, f"r{number}") for number in range(100)]
    rare = compared(("a", "red"), ("a", "rose"), *various)
    common = compared(("a", "red"), ("a", "rose"), *various[:200], *reddish)
    assert rare["color_weight"][0, 1] > 3
    assert common["color_weight"][0, 1] == pytest.approx(math.log2(0.2 / (1 / 9)), abs=0.3)


def test_a_value_that_too_many_share_is_no_reason_to_compare() -> None:
    assert len(compared(*[("a", f"{n}") for n in range(LARGEST_BLOCK)])) > 1000
    assert compared(*[("a", f"{n}") for n in range(LARGEST_BLOCK + 1)]).empty


def test_nothing_to_compare_has_the_columns_of_pairs() -> None:
    assert set(compared()) == {"color", "color_weight", "weight", "reason"}
