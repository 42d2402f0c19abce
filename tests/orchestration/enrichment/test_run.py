"""Runs against a server on a socket: what is asked, kept and paid."""

from datetime import date

import pytest

from orchestration.enrichment.provider import Exhausted, KeyRefused
from orchestration.enrichment.run import Terms, enrich
from orchestration.enrichment.tables import ANSWERED, forget, prepare
from orchestration.enrichment.typed import read_answers
from tests.orchestration.enrichment.club import LIFETIMES, Clock, is_known, load, members, rows
from tests.orchestration.enrichment.stub.people_data_labs import Fault, Stub

TERMS = Terms(per_run=1000, per_month=1000, lifetimes=LIFETIMES)


@pytest.fixture
def clock():
    return Clock()


def answers(warehouse, columns="*"):
    return rows(warehouse, f"select {columns} from raw.enrichment_answers order by subject_id")


def test_everybody_is_asked_for_once_and_every_answer_is_kept(warehouse, labs, clock):
    stub, provider = labs(batch=20)
    load(warehouse, "members", members(90))
    report = enrich(warehouse, provider, TERMS, now=clock)
    assert set(stub.asked.values()) == {1}
    assert len(stub.asked) == 90
    kept = answers(warehouse, "subject_id, outcome")
    assert {row["subject_id"] for row in kept if row["outcome"] == "matched"} == {
        member["member_id"] for member in members(90) if is_known(member)
    }
    assert report.credits == stub.credits == report.found.matched
    assert sum(report.likelihoods.values()) == report.found.matched
    assert report.tallies["club"].waiting == 0


def test_whoever_was_found_is_asked_for_again_after_a_month_and_the_others_after_three(
    warehouse, labs, clock
):
    stub, provider = labs(clock=clock)
    load(warehouse, "members", members(10))
    found = sum(map(is_known, members(10)))
    asked = []
    for days in (0, 29, 1.1, 29.9, 29.9, 0.2):
        clock.forward(days)
        enrich(warehouse, provider, TERMS, now=clock)
        asked.append(stub.asked.total())
    assert asked == [10, 10, 10 + found, 10 + found, 10 + 2 * found, 20 + found]


@pytest.mark.parametrize("budget", [0, 1, 7, 50])
def test_not_a_credit_more_than_the_budget_is_spent(duckdb, labs, clock, budget):
    stub, provider = labs(batch=20)
    load(duckdb, "members", members(90))
    report = enrich(duckdb, provider, Terms(budget, 1000, LIFETIMES), now=clock)
    # Misses are free: what they give back goes on to the next ones.
    assert stub.credits == report.credits == budget
    assert report.tallies["club"].waiting > 0
    assert max(stub.asked.values(), default=0) <= 1


def test_runs_of_a_month_share_its_budget(duckdb, labs, clock):
    stub, provider = labs(batch=20)
    load(duckdb, "members", members(90))
    terms = Terms(10, 15, LIFETIMES)
    spent = [enrich(duckdb, provider, terms, now=clock).credits for _ in range(3)]
    assert spent == [10, 5, 0]
    clock.forward(31)
    assert enrich(duckdb, provider, terms, now=clock).credits == 10
    assert stub.credits == 25


def test_organizations_share_a_run(duckdb, labs, clock):
    _, provider = labs(batch=20)
    load(duckdb, "members", members(40))
    load(duckdb, "members", members(2), organization_id="tiny")
    load(duckdb, "members", members(40), organization_id="zoo")
    report = enrich(duckdb, provider, Terms(20, 1000, LIFETIMES), now=clock)
    spent = {name: tally.credits for name, tally in report.tallies.items()}
    assert spent["club"] == 6
    assert spent["tiny"] <= 2
    assert sum(spent.values()) == 20


def test_a_dry_run_tells_the_price_and_changes_nothing(duckdb, labs, clock):
    stub, provider = labs()
    load(duckdb, "members", members(90))
    report = enrich(duckdb, provider, Terms(50, 60, LIFETIMES), now=clock, dry_run=True)
    assert (report.tallies["club"].price, report.room, stub.calls) == (90, 50, [])
    assert list(report.sentences()) == [
        "club: 90 of 90 due, which would cost 90 credits at most, 50 of the 50 credits left"
    ]
    assert answers(duckdb) == []


def test_an_account_without_credits_ends_the_run_with_what_was_got(duckdb, labs, clock):
    stub, provider = labs(Stub(account=30), batch=20, connections=1)
    load(duckdb, "members", members(90))
    report = enrich(duckdb, provider, TERMS, now=clock)
    assert isinstance(report.stopped, Exhausted)
    assert report.credits == stub.credits == 30
    assert len(answers(duckdb)) == len(stub.asked) > 0


def test_a_wrong_key_ends_the_run_and_costs_nothing(duckdb, labs, clock):
    _, provider = labs(Stub(fault=lambda number, items: Fault(status=401)))
    load(duckdb, "members", members(10))
    report = enrich(duckdb, provider, TERMS, now=clock)
    assert isinstance(report.stopped, KeyRefused)
    assert (report.credits, answers(duckdb)) == (0, [])


def test_nobody_is_asked_twice_nor_paid_twice_whatever_breaks(duckdb, labs, clock):
    def breaks(number, items):
        if number % 3 == 1:
            return Fault(status=502, is_paid=number % 2 == 0)
        return Fault(drops=True, is_paid=True) if number % 5 == 0 else None

    stub, provider = labs(Stub(fault=breaks), batch=10)
    load(duckdb, "members", members(120))
    report = enrich(duckdb, provider, Terms(100, 100, LIFETIMES), now=clock)
    assert stub.credits <= 100
    assert max(stub.paid.values()) == 1
    assert report.credits >= stub.credits


def test_answers_may_be_known_from_the_newest_loaded_day(duckdb, labs, clock):
    _, provider = labs()
    load(duckdb, "members", members(3), day=date(2024, 2, 27))
    enrich(duckdb, provider, TERMS, now=clock)
    assert {row["known_from"] for row in answers(duckdb)} == {date(2024, 2, 27)}


def test_members_with_the_same_address_share_an_answer(duckdb, labs, clock):
    stub, provider = labs()
    known = next(member for member in members(20) if is_known(member))
    load(duckdb, "members", [{**known, "member_id": key} for key in ("a", "b")])
    report = enrich(duckdb, provider, TERMS, now=clock)
    assert (stub.asked.total(), stub.credits, report.tallies["club"].shared) == (1, 1, 1)
    assert [row["credits"] for row in answers(duckdb)] == [1, 0]


def test_matches_become_rows_once(warehouse, labs, clock):
    _, provider = labs()
    load(warehouse, "members", members(20))
    load(warehouse, "accounts", [{"customer_id": "17", "customer_name": "Acme", "domain": "a.com"}])
    matched = enrich(warehouse, provider, TERMS, now=clock).found.matched
    assert read_answers(warehouse) == matched
    assert read_answers(warehouse) == 0
    people = rows(warehouse, "select full_name from raw.enrichment_person")
    companies = rows(warehouse, "select record_number from raw.enrichment_company")
    assert len(people) + len(companies) == matched


def test_rows_with_other_columns_are_read_anew(duckdb, labs, clock):
    _, provider = labs()
    load(duckdb, "members", members(20))
    enrich(duckdb, provider, TERMS, now=clock)
    read = read_answers(duckdb)
    with duckdb.session() as session:
        session.execute("alter table raw.enrichment_person rename column sex to gender")
    assert read_answers(duckdb) == read
    assert rows(duckdb, "select count(sex) as n from raw.enrichment_person")[0]["n"] > 0


def test_answers_that_are_forgotten_were_all(duckdb, labs, clock):
    _, provider = labs()
    load(duckdb, "members", members(20))
    prepare(duckdb)
    assert forget(duckdb, ANSWERED) == 0
    enrich(duckdb, provider, TERMS, now=clock)
    assert forget(duckdb, ANSWERED) == 20
    assert answers(duckdb) == []
