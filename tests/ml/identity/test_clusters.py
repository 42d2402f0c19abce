import pandas as pd

from ml.identity.clusters import gather


def gathered(
    links: list[tuple[int, int, float]], apart: list[tuple[int, int]] = (), size: int = 8
) -> dict[int, tuple[int, int | None]]:
    """Return the primary of each record, and the record that it is linked to."""
    found = gather(
        pd.DataFrame(links, columns=["left", "right", "confidence"]),
        pd.DataFrame(apart, columns=["left", "right"], dtype="int64"),
        size,
    )
    linked = [None if value is pd.NA else int(value) for value in found["linked"]]
    return dict(zip(found["record"], zip(found["primary"], linked, strict=True), strict=True))


def test_links_join_by_way_of_others() -> None:
    assert gathered([(1, 2, 0.9), (2, 5, 0.9), (3, 4, 0.9)]) == {
        1: (1, None),
        2: (1, 1),
        5: (1, 2),
        3: (3, None),
        4: (3, 3),
    }


def test_records_are_linked_on_the_surest_way() -> None:
    links = [(0, 1, 0.95), (0, 2, 0.99), (1, 2, 0.98)]
    assert gathered(links)[1] == (0, 2)


def test_contradicting_records_never_come_together_and_the_surest_link_stays() -> None:
    links = [(0, 1, 0.96), (1, 2, 0.99)]
    assert gathered(links, [(0, 2)]) == {1: (1, None), 2: (1, 1)}
    assert gathered(links, [(2, 1)]) == {0: (0, None), 1: (0, 0)}


def test_a_third_record_stays_with_the_side_that_it_is_surest_of() -> None:
    links = [(0, 1, 0.99), (2, 3, 0.99), (1, 2, 0.97), (3, 4, 0.98)]
    found = gathered(links, [(0, 4)])
    assert {record: primary for record, (primary, _) in found.items()} == {
        0: 0,
        1: 0,
        2: 2,
        3: 2,
        4: 2,
    }


def test_contradictions_elsewhere_change_nothing() -> None:
    assert gathered([(0, 1, 0.9)], [(1, 7)]) == {0: (0, None), 1: (0, 0)}


def test_without_links_nothing_is_found() -> None:
    assert gathered([]) == {}
