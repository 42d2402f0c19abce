import pandas as pd
import pytest

from ml.segmentation import last_changes, migrations

JANUARY, FEBRUARY, MARCH = pd.to_datetime(["2024-01-31", "2024-02-29", "2024-03-31"])


def history(*rows: tuple[str, pd.Timestamp, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer", "cutoff", "segment"])


def test_moves_are_counted_between_consecutive_cutoffs():
    moves = migrations(
        history(
            ("a", JANUARY, 1),
            ("b", JANUARY, 1),
            ("c", JANUARY, 2),
            ("b", FEBRUARY, 2),
            ("a", FEBRUARY, 1),
            ("c", FEBRUARY, 2),
        )
    )
    assert moves.drop(columns=["from_cutoff", "to_cutoff"]).values.tolist() == [
        [1, 1, 1, 50.0],
        [1, 2, 1, 50.0],
        [2, 2, 1, 100.0],
    ]
    assert moves["from_cutoff"].unique() == [JANUARY]
    assert moves["to_cutoff"].unique() == [FEBRUARY]


def test_who_comes_or_goes_moves_from_or_to_nowhere():
    moves = migrations(
        history(
            ("a", JANUARY, 1),
            ("b", FEBRUARY, 2),
            ("c", JANUARY, 1),
            ("c", FEBRUARY, 1),
            ("c", MARCH, 1),
            ("a", MARCH, 3),
        )
    )
    told = moves[["to_cutoff", "from_segment", "to_segment"]].astype(object)
    rows = told.where(told.notna(), None).values.tolist()
    assert [FEBRUARY, 1, None] in rows
    assert [FEBRUARY, None, 2] in rows
    assert [MARCH, 2, None] in rows
    assert [MARCH, None, 3] in rows
    assert len(rows) == 6


def test_customers_are_neither_lost_nor_doubled():
    told = history(
        *[
            (c, day, (i * j) % 3)
            for i, c in enumerate("abcdef")
            for j, day in enumerate([JANUARY, FEBRUARY, MARCH])
        ]
    )
    moves = migrations(told)
    assert moves.groupby("to_cutoff")["customers"].sum().tolist() == [6, 6]


def test_the_last_change_is_the_newest_one():
    told = history(
        ("a", JANUARY, 1), ("a", FEBRUARY, 2), ("a", MARCH, 2), ("b", JANUARY, 1), ("b", MARCH, 1)
    )
    changes = last_changes(told)
    assert changes.index.tolist() == ["a"]
    assert changes.loc["a"].tolist() == [1, FEBRUARY]


def test_one_cutoff_has_no_migrations():
    assert migrations(history(("a", JANUARY, 1), ("b", JANUARY, 2))).empty


def test_a_customer_twice_at_a_cutoff_is_refused():
    with pytest.raises(ValueError, match="several rows"):
        migrations(history(("a", JANUARY, 1), ("a", JANUARY, 2)))
