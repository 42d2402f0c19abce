"""What third parties say, from a server on a socket to the star: as it was known on each day."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from pydantic import SecretStr

from orchestration.enrichment.budget import CreditBudget
from orchestration.enrichment.clock import as_of_dates
from orchestration.enrichment.people_data_labs import PeopleDataLabs
from orchestration.enrichment.prospects import Search, look_for
from orchestration.enrichment.run import Terms, enrich
from orchestration.enrichment.store import AnswerStore
from orchestration.enrichment.typed import read_answers
from tests.dbt_project.conftest import Pipelines
from tests.dbt_project.pipeline import Pipeline
from tests.orchestration.enrichment.club import LIFETIMES, Clock, is_known, members
from tests.orchestration.enrichment.stub.people_data_labs import KEY, Fault, Stub, serving

MODELS = ("+dim_customer", "+dim_employer", "+int_prospects")
FIRST, SECOND = "2024-03-01", "2024-04-05"
ANN, BOB = [member for member in members(20) if is_known(member)][:2]
NOBODY = next(member for member in members(20) if not is_known(member))
PEOPLE = "member_id,name,email,join_date,status\n" + "\n".join(
    f"{member['member_id']},{member['name']},{member['email']},2023-01-01,active"
    for member in (ANN, BOB, NOBODY)
)
PROSPECTS = "prospect_id,company_name,domain\n{0},Listed {0},{0}.com"


def works_at(company: str, size: str) -> Any:
    """Return what rewrites a bulk so that everybody works there; Bob's facts have wrong types."""

    def rewrite(slots: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for number, slot in enumerate(slot for slot in slots if slot["status"] == 200):
            data = slot["data"]
            data |= {"job_company_name": company, "job_company_size": size, "job_title": "boss"}
            if number == 1:
                data |= {"job_title": True, "job_company_size": {"no": "size"}}
        return slots

    return lambda number, items: Fault(rewrites=rewrite) if len(items) > 1 else None


@pytest.fixture(scope="module")
def club(pipelines: Pipelines) -> Iterator[Pipeline]:
    """Return a club that was enriched on the first day, and again after the second was loaded."""
    stub, clock = Stub(), Clock()
    with (
        pipelines.empty("postgres") as pipeline,
        serving(stub),
        closing(PeopleDataLabs(SecretStr(KEY), base_url=stub.url, clock=clock)) as labs,
    ):
        pipeline.add_organization("club")
        for day, company in ((FIRST, "acme ltd"), (SECOND, "bolt ltd")):
            pipeline.deliver("club", "members", day, PEOPLE)
            pipeline.deliver("club", "prospects", day, PROSPECTS.format(f"p-{day}"))
            pipeline.deliver(
                "club", "corporate_connectors", day, "name,company,member_id\nAnn,ACME Ltd,"
            )
            pipeline.load()
            stub.fault = works_at(company, "1001-5000")
            enrich(pipeline.warehouse, labs, Terms(100, 100, LIFETIMES), now=clock)
            if day == FIRST:
                find_prospects(pipeline, labs, clock)
            read_answers(pipeline.warehouse)
            clock.forward(35)
        yield pipeline


def find_prospects(pipeline: Pipeline, labs: PeopleDataLabs, clock: Clock) -> None:
    with pipeline.warehouse.session() as session:
        store = AnswerStore(session, now=clock)
        budget = CreditBudget(store, per_run=3, per_month=3, spent_this_month=0)
        search = Search(labs.name, "club", {"terms": {"industry": ["sports"]}})
        day = as_of_dates(session)["club"]
        for _ in look_for(
            search, labs, store, budget, known_from=day, most=3, lifetimes=LIFETIMES, now=clock
        ):
            pass


def customers(pipeline: Pipeline) -> dict[Any, Any]:
    rows = pipeline.rows(
        "select customer_id, employer, title, company_size, enriched_by from star.dim_customer "
        "where customer_type = 'member' and is_current"
    )
    return {row[0]: row[1:] for row in rows}


@pytest.fixture(scope="module")
def days(club: Pipeline) -> dict[str, dict[str, Any]]:
    """Return what the tables say as of the second day, and of the first again."""
    told = {}
    for day in (SECOND, FIRST):
        club.dbt("run", "--select", *MODELS, as_of=day)
        told[day] = {
            "customers": customers(club),
            "employers": club.rows(
                "select employer_name, company_size, connector_count, member_count "
                "from star.dim_employer order by 1"
            ),
            "prospects": club.rows("select source, company_name from staging.int_prospects"),
        }
    return told


def test_members_carry_what_was_known_of_them_on_the_day(days: dict[str, dict[str, Any]]) -> None:
    labs = "people_data_labs"
    for day, company in ((FIRST, "acme ltd"), (SECOND, "bolt ltd")):
        told = days[day]["customers"]
        assert told[ANN["member_id"]] == (company, "boss", "1001-5000", labs)
        assert told[NOBODY["member_id"]] == (None, None, None, None)


def test_facts_of_a_wrong_type_are_unknown_and_the_rest_is_kept(
    days: dict[str, dict[str, Any]],
) -> None:
    told = days[SECOND]["customers"][BOB["member_id"]]
    assert told == ("bolt ltd", None, None, "people_data_labs")


def test_employers_of_members_stand_beside_those_of_connectors(
    days: dict[str, dict[str, Any]],
) -> None:
    assert days[FIRST]["employers"] == [("ACME Ltd", "1001-5000", 1, 2)]
    assert days[SECOND]["employers"] == [("ACME Ltd", None, 1, 0), ("bolt ltd", "1001-5000", 0, 2)]


def test_a_new_list_of_prospects_takes_none_of_the_found_away(
    days: dict[str, dict[str, Any]],
) -> None:
    for day in (FIRST, SECOND):
        sources = sorted(source for source, _ in days[day]["prospects"])
        assert sources == ["export"] + 3 * ["people_data_labs"]
        assert ("export", f"Listed p-{day}") in days[day]["prospects"]
