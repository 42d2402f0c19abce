"""Who is who in a small town: planted cases among strangers, linked once."""

import pandas as pd
import pytest

from ml.identity import Identities, link_records
from tests.ml.identity.records import frame, identities, link, record, rulings, strangers, told

HOME = {"address": "12 Linden Street", "zip_code": "10115", "phone": "030 5550001"}
CASES = [
    # Someone who came back under another number, from another home.
    record(
        "member 10", name="Paula Okonkwo", phone="+49 30 7771234", birth_year=1971, zip_code="1"
    ),
    record("member 11", name="OKONKWO, Paula", phone="030/7771234", birth_year=1971, zip_code="2"),
    # A married couple with one address, phone and mailbox, and a lead of that mailbox.
    record("member 20", name="Karl Winter", email="winter@post.example", birth_year=1960, **HOME),
    record("member 21", name="Maria Winter", email="winter@post.example", birth_year=1963, **HOME),
    record("lead 22", email="winter@post.example"),
    # Father and son.
    record(
        "member 30", name="Otto Brandt", birth_year=1950, address="3 Ufer", phone="040 111222333"
    ),
    record(
        "member 31", name="Otto Brandt", birth_year=1982, address="3 Ufer", phone="040 111222333"
    ),
    # Someone who came back by the short form of the name; a son who goes by it.
    record("member 35", name="William Stark", phone="040 77788899", birth_year=1960),
    record("member 36", name="Bill Stark", phone="040 77788899", birth_year=1960),
    record("member 37", name="Bill Stark", phone="040 77788899", birth_year=1991),
    # Namesakes in one town, of whom nothing else is known.
    record("member 40", name="Eva Sommer", zip_code="10999"),
    record("member 41", name="Eva Sommer", zip_code="10999"),
    # A member, the lead of the same person, and a lead that is said to have become the member.
    record("member 50", name="Rita Falk", email="rita.falk+club@post.example"),
    record("lead 51", email=" Rita.Falk@POST.example"),
    record("lead 52", email="r@elsewhere.example", customer_type="member", customer_id="50"),
    # A customer of the shop who is a member too.
    record("member 60", name="Ute Berg", email="ute.berg@gmail.com"),
    record("account 61", name="Berg, Ute", email="Uteberg@googlemail.com"),
    # A company on three lists; a lead who writes from there is a member.
    record("account 70", name="Nordlicht GmbH", domain="https://www.nordlicht.example/"),
    record("prospect 71", name="NORDLICHT", domain="nordlicht.example"),
    record(
        "lead 72", name="Nord-Licht", email="tim.hahn@nordlicht.example", domain="nordlicht.example"
    ),
    record("member 73", name="Tim Hahn", email="tim.hahn@nordlicht.example"),
    record("member 74", name="Jens Hahn", email="jens.hahn@nordlicht.example"),
    # Without a domain: the same in all else, and branches that a number tells apart.
    record("account 80", name="Harz Druckerei", city="Goslar", industry="Print", employee_count=40),
    record(
        "prospect 81", name="harz druckerei", city="Goslar", industry="Print", employee_count=41
    ),
    record("account 82", name="Fit Studio 12", city="Goslar", industry="Sport", employee_count=9),
    record("prospect 83", name="Fit Studio 13", city="Goslar", industry="Sport", employee_count=9),
    # Employers are names.
    record("account 90", name="Acme Inc."),
    record("employer e1", name="ACME, Inc"),
    record("account 91", name="Twin", domain="twin-a.example"),
    record("account 92", name="Twin", domain="twin-b.example"),
    record("employer e2", name="TWIN"),
    # Many who share a mailbox that is nobody's.
    *(
        record(f"account x{n}", name=f"Kiosk {chr(97 + n)}", email="kiosk@gmx.example")
        for n in range(8)
    ),
]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, object]]:
    return [*strangers(300), *CASES]


@pytest.fixture(scope="module")
def town(rows: list[dict[str, object]]) -> Identities:
    return link(rows)


def test_a_person_is_found_again_under_another_number(town: Identities) -> None:
    assert {"member 10", "member 11"} in identities(town, "person")
    row = told(town, "person", "member 11")
    assert row["linked_record_id"] == "10"
    assert row["method"] == "probable"
    assert row["confidence"] > 0.95
    assert "same phone" in str(row["reason"])


def test_a_short_form_is_the_same_name(town: Identities) -> None:
    assert {"member 35", "member 36"} in identities(town, "person")


@pytest.mark.parametrize(
    "name", ["member 20", "member 30", "member 37", "member 40", "lead 22", "member 74"]
)
def test_family_and_namesakes_stay_apart(town: Identities, name: str) -> None:
    assert all(name not in together for together in identities(town, "person"))


def test_an_e_mail_address_is_the_same_however_it_is_written(town: Identities) -> None:
    row = told(town, "person", "lead 51")
    assert (row["linked_record_id"], row["confidence"], row["reason"]) == (
        "50",
        0.99,
        "same e-mail",
    )


def test_what_a_source_says_itself_is_certain(town: Identities) -> None:
    row = told(town, "person", "lead 52")
    assert (row["linked_record_id"], row["method"], row["confidence"]) == ("50", "exact", 1.0)


def test_a_person_among_the_accounts_is_the_member_of_that_address(town: Identities) -> None:
    assert {"member 60", "account 61"} in identities(town, "person")


def test_a_lead_can_be_one_with_a_company_and_with_a_person(town: Identities) -> None:
    assert {"account 70", "prospect 71", "lead 72"} in identities(town, "company")
    assert {"lead 72", "member 73"} in identities(town, "person")


def test_companies_are_found_by_name_and_place_but_no_branch_for_another(town: Identities) -> None:
    found = identities(town, "company")
    assert {"account 80", "prospect 81"} in found
    assert all("account 82" not in together for together in found)


def test_an_employer_is_the_only_account_of_its_name(town: Identities) -> None:
    assert {"account 90", "employer e1"} in identities(town, "company")
    assert all("employer e2" not in together for together in identities(town, "company"))


def test_a_mailbox_of_many_links_nobody(town: Identities) -> None:
    assert not town.rows["record_id"].str.startswith("x").any()


def test_strangers_are_linked_to_nobody(town: Identities) -> None:
    assert not town.rows["record_id"].str.startswith("s").any()


def test_every_identity_has_one_primary_record_that_says_so(town: Identities) -> None:
    primary = town.rows[town.rows["is_primary"]]
    assert primary["identity_id"].is_unique
    assert set(primary["identity_id"]) == set(town.rows["identity_id"])
    assert primary["linked_record_id"].isna().all()
    sizes = town.rows.groupby("identity_id")["record_count"].agg(["size", "min", "max"])
    assert (sizes["size"] == sizes["min"]).all()
    assert (sizes["size"] == sizes["max"]).all()


def test_the_order_of_records_changes_nothing(
    town: Identities, rows: list[dict[str, object]]
) -> None:
    shuffled = frame(rows).sample(frac=1, random_state=2)
    again = link_records(shuffled, rulings(), organization_id="club")
    pd.testing.assert_frame_equal(again.rows, town.rows)


def test_an_operator_overrules_what_data_says(rows: list[dict[str, object]]) -> None:
    found = link(
        rows,
        ("member 10", "member 11", False),
        ("member 20", "member 21", True),
        ("prospect 71", "account 70", False),
    )
    assert all("member 10" not in together for together in identities(found, "person"))
    assert told(found, "person", "member 21")["method"] == "operator"
    # The lead is left with the first of the two that must not meet.
    assert {"account 70", "lead 72"} in identities(found, "company")
    assert all("prospect 71" not in together for together in identities(found, "company"))


@pytest.mark.parametrize(
    "few",
    [
        [],
        [record("member 1", name="Ann Lee")],
        [record(f"member {n}", name="Ann Lee") for n in range(5)],
        [record(f"member {n}", name="Ann Lee", zip_code="1") for n in range(5)],
        [record(f"member {n}") for n in range(3)] + [record("lead 1"), record("prospect 1")],
        [record(f"member {n}", name="Front Desk", email="desk@club.example") for n in range(150)],
        [record("member 1", name="Ann Lee"), record("account 1", name="Lee Ltd")],
    ],
    ids=["none", "one", "one_name", "one_name_and_place", "empty", "one_mailbox", "strangers"],
)
def test_little_or_nothing_known_links_nobody(few: list[dict[str, object]]) -> None:
    found = link(few)
    assert found.rows.empty
    assert found.unknown_rulings.empty


def test_two_of_five_members_are_found_to_be_one() -> None:
    same = {"name": "Ann Lee", "phone": "0301234567", "birth_year": 1980}
    others = [record(f"member {n}", name=f"Bob Cole{n}", birth_year=1960 + n) for n in range(3)]
    found = link([record("member a", **same), record("member b", **same), *others])
    assert identities(found, "person") == [{"member a", "member b"}]
