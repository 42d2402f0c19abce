import pytest

from ml.identity import RulingError
from tests.ml.identity.records import identities, link, record, told

MEMBERS = [record(f"member {letter}", name=f"{letter} {letter}{letter}") for letter in "abcd"]


def test_what_is_ruled_the_same_is_one_by_way_of_others_too() -> None:
    found = link(MEMBERS, ("member a", "member b", True), ("member c", "member b", True))
    assert identities(found, "person") == [{"member a", "member b", "member c"}]
    assert told(found, "person", "member c")["linked_record_id"] == "b"


def test_rulings_of_records_that_are_not_there_are_told_and_change_nothing() -> None:
    found = link(MEMBERS, ("member a", "member zz", True))
    assert found.rows.empty
    assert found.unknown_rulings["right_id"].tolist() == ["zz"]


def test_rulings_that_contradict_each_other_are_refused() -> None:
    contradicting = [
        ("member a", "member b", True),
        ("member b", "member c", True),
        ("member c", "member a", False),
    ]
    with pytest.raises(
        RulingError, match="member a and member c are ruled to be different"
    ) as refused:
        link(MEMBERS, *contradicting)
    assert "organization club" in str(refused.value)
    assert "`identities`" in str(refused.value)


def test_a_ruling_on_companies_makes_no_person() -> None:
    rows = [record("account 1", name="Acme"), record("prospect 2", name="Zenith")]
    found = link(rows, ("prospect 2", "account 1", True))
    assert identities(found, "company") == [{"account 1", "prospect 2"}]
    assert identities(found, "person") == []
