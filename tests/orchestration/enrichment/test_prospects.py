import pytest

from orchestration.enrichment.people_data_labs import NAME
from orchestration.enrichment.prospects import ideal_search, limits
from orchestration.enrichment.run import Terms, enrich
from orchestration.enrichment.store import AnswerStore
from orchestration.enrichment.tables import prepare
from orchestration.enrichment.typed import read_answers
from tests.orchestration.enrichment.club import LIFETIMES, Clock, load, rows
from tests.orchestration.enrichment.stub.people_data_labs import Fault, Stub

TRAITS = [
    # name, value, lift, p-value, importance
    ("industry", "Sports", 3.0, 0.01, 30.0),
    ("industry", "Rare luck", 4.0, 0.50, 20.0),
    ("industry", "Unloved", 0.5, 0.01, 0.0),
    ("state", "IL", 2.0, 0.01, 20.0),
    ("state", "IL.", 1.5, 0.01, 10.0),
    ("state", "WI", 1.2, 0.10, 5.0),
    ("employee_count", "50 to under 250", 2.0, 0.01, 20.0),
    ("city", "Chicago", 9.0, 0.01, 90.0),
]
WORDS = [("state", "IL", "illinois", True), ("state", "IL.", "illinois", True)]


def tell_profile(warehouse, traits=TRAITS, organization_id="club"):
    """Write the tables that dbt would have built."""
    names = "trait_name, trait_value, lift, p_value, importance_score"
    with warehouse.session() as session:
        session.create_schema("marts")
        session.create_schema("staging")
        session.execute(
            "create table marts.icp_traits (organization_id text, trait_name text, "
            "trait_value text, lift float, p_value float, importance_score float)"
        )
        session.execute(
            "create table staging.int_provider_words (organization_id text, attribute text, "
            "own_value text, provider_value text, is_usual_of_own boolean)"
        )
        for trait in traits:
            values = ", ".join(f"'{v}'" if isinstance(v, str) else str(v) for v in trait)
            session.execute(
                f"insert into marts.icp_traits (organization_id, {names}) "
                f"values ('{organization_id}', {values})"
            )
        for name, own, theirs, is_usual in WORDS:
            session.execute(
                f"insert into staging.int_provider_words values ('{organization_id}', '{name}', "
                f"'{own}', '{theirs}', {is_usual})"
            )


@pytest.fixture
def clock():
    return Clock()


def run(warehouse, provider, clock, credits=100, prospects=7):
    terms = Terms(credits, credits, LIFETIMES, prospects=prospects)
    return enrich(warehouse, provider, terms, now=clock)


def test_traits_of_the_best_become_a_search_in_the_providers_words(warehouse):
    tell_profile(warehouse)
    with warehouse.session() as session:
        search = ideal_search(session, NAME, "club")
        assert ideal_search(session, NAME, "other") is None
    assert search.query == {
        "bool": {
            "must": [
                {"terms": {"industry": ["sports"]}},
                {"terms": {"location.region": ["illinois", "wi"]}},
                {"bool": {"should": [{"range": {"employee_count": {"gte": 50, "lt": 250}}}]}},
            ]
        }
    }


def test_without_marts_nothing_is_looked_for(duckdb):
    with duckdb.session() as session:
        assert ideal_search(session, NAME, "club") is None


@pytest.mark.parametrize(
    ("band", "expected"),
    [
        ("under 10", {"lt": 10}),
        ("1,000 to under 5,000", {"gte": 1000, "lt": 5000}),
        ("5,000 or more", {"gte": 5000}),
    ],
)
def test_a_band_of_employees_is_a_range(band, expected):
    assert limits(band) == expected


def test_each_run_goes_on_where_the_last_one_ended(duckdb, labs, clock):
    stub, provider = labs(clock=clock)
    load(duckdb, "accounts", [])
    tell_profile(duckdb)
    reports = []
    for _ in range(2):
        reports.append(run(duckdb, provider, clock))
        clock.forward(7)
    assert [report.tallies["club"].prospects for report in reports] == [7, 7]
    assert stub.credits == 14
    assert read_answers(duckdb) == 14
    companies = rows(duckdb, "select distinct company_id from raw.enrichment_company")
    assert len(companies) == 14


def test_a_search_that_is_through_rests(duckdb, labs, clock):
    stub, provider = labs(clock=clock)
    load(duckdb, "accounts", [])
    tell_profile(duckdb)
    first = run(duckdb, provider, clock, credits=1000, prospects=1000)
    calls = len(stub.calls)
    clock.forward(89)
    assert run(duckdb, provider, clock, credits=1000, prospects=1000).credits == 0
    assert len(stub.calls) == calls
    clock.forward(2)
    again = run(duckdb, provider, clock, credits=1000, prospects=1000)
    assert again.credits == first.credits > 7


def test_prospects_get_what_customers_leave_of_the_budget(duckdb, labs, clock):
    stub, provider = labs(clock=clock)
    load(duckdb, "accounts", [{"customer_id": "1", "customer_name": "Acme", "domain": "acme.com"}])
    tell_profile(duckdb)
    report = run(duckdb, provider, clock, credits=5)
    assert report.credits == stub.credits == 5
    tally = report.tallies["club"]
    assert tally.prospects == 5 - tally.outcomes["matched"]


def test_a_page_that_may_be_paid_is_not_asked_for_again_within_days(duckdb, labs, clock):
    fault = Fault(drops=True, is_paid=True)
    stub, provider = labs(
        Stub(tells_account=False, fault=lambda number, items: fault if number == 2 else None),
        clock=clock,
    )
    load(duckdb, "accounts", [])
    tell_profile(duckdb)
    credits = []
    for days in (0, 1, 1, 6):
        clock.forward(days)
        credits.append(run(duckdb, provider, clock).credits)
    assert credits == [7, 7, 0, 7]
    assert stub.credits == 21


def test_another_organizations_pages_are_not_ours(duckdb, clock):
    prepare(duckdb)
    with duckdb.session() as session:
        store = AnswerStore(session, now=clock)
        assert store.newest("club", NAME, "search/x") == {}
