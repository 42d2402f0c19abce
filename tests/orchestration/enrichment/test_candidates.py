from datetime import date

import pytest

from orchestration.enrichment.candidates import candidates
from tests.orchestration.enrichment.club import load, members


def found(warehouse, *, without_consents=True, organization_id="club"):
    with warehouse.session() as session:
        rows = candidates(session, organization_id, without_consents=without_consents).to_pylist()
    return sorted(f"{row['subject_type']}/{row['subject_id']}" for row in rows)


def consent(customer, *, granted, day="2024-01-01", purpose="enrichment"):
    return {
        "customer_id": customer,
        "purpose": purpose,
        "granted": granted,
        "recorded_at": f"{day}T10:00:00Z",
    }


def consents(warehouse, *rows, day=date(2024, 3, 1)):
    load(warehouse, "consents", [{**row, "recorded_at": None} for row in rows], day=day)


def test_an_organization_without_any_export_has_nobody_to_ask_for(warehouse):
    load(warehouse, "members", members(1))
    assert found(warehouse, organization_id="nobody") == []


def test_members_and_accounts_of_the_newest_lists_can_be_asked_for(warehouse):
    load(warehouse, "members", members(2), day=date(2024, 2, 1))
    load(warehouse, "members", members(2, first=1))
    load(warehouse, "accounts", [{"customer_id": "17", "customer_name": "Acme"}])
    assert found(warehouse) == ["account/17", "member/m1", "member/m2"]


def test_other_organizations_customers_stay_theirs(duckdb):
    load(duckdb, "members", members(1))
    load(duckdb, "members", members(2, first=5), organization_id="other")
    assert found(duckdb) == ["member/m0"]


def test_where_consents_come_only_those_are_asked_for_whose_newest_one_is_granted(warehouse):
    load(warehouse, "members", members(4))
    consents(warehouse, consent("m0", granted=True), consent("m1", granted=True))
    consents(
        warehouse,
        consent("m1", granted=False),
        consent("m2", granted=True, purpose="marketing"),
        day=date(2024, 3, 2),
    )
    assert found(warehouse) == ["member/m0"]


@pytest.mark.parametrize(("allowed", "asked"), [(True, ["member/m0"]), (False, [])])
def test_a_setting_says_who_is_asked_for_where_no_consents_come(duckdb, allowed, asked):
    load(duckdb, "members", members(1))
    assert found(duckdb, without_consents=allowed) == asked


def test_a_consent_is_the_accounts_where_member_and_account_share_an_id(duckdb):
    load(duckdb, "members", members(1))
    load(duckdb, "accounts", [{"customer_id": "m0", "customer_name": "Acme"}])
    consents(duckdb, consent("m0", granted=True))
    assert found(duckdb) == ["account/m0"]


def test_whoever_asked_to_be_erased_is_never_asked_for(duckdb):
    load(duckdb, "members", members(2))
    load(duckdb, "erasure_requests", [{"request_id": "e1", "customer_id": "m1"}])
    assert found(duckdb) == ["member/m0"]


def test_customers_are_worth_what_the_marts_say_and_employers_are_companies(duckdb):
    load(duckdb, "members", members(1))
    with duckdb.session() as session:
        session.execute("create schema marts")
        session.execute("create schema star")
        session.execute(
            "create table marts.customer_metrics as select 'club' as organization_id, "
            "'member' as customer_type, 'm0' as customer_id, 12.5 as total_gross_margin"
        )
        session.execute(
            "create table star.dim_employer as select 'club' as organization_id, * from (values "
            "('e1', 'Acme', null, 'acme.com', null, null, null, 3), "
            "('e2', 'An account', '17', null, null, null, null, 1)) as employers "
            "(employer_id, employer_name, account_id, domain, city, state, country, "
            "member_count)"
        )
        rows = candidates(session, "club", without_consents=True).to_pylist()
    told = [(row["subject_type"], row["subject_id"], row["value"]) for row in rows]
    assert sorted(told) == [("employer", "e1", 3.0), ("member", "m0", 12.5)]
