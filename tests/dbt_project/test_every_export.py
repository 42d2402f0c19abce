"""Every export on its way into the star: late, corrected, re-delivered, listed and no longer listed.

One company per kind of trouble, built once per engine: first from two days, then from those between
and after them, one of them corrected. What stands then must be what a build from nothing gives.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pytest

from tests.dbt_project.club_and_shop import DAYS
from tests.dbt_project.pipeline import Pipeline, assert_same

INTERACTION = "interaction_id,customer_id,interaction_type,status,interaction_at"
TICKET = "ticket_id,customer_id,opened_at,closed_at,priority,status,csat_score,nps_score"
SHIPMENT = "shipment_id,customer_id,shipped_at,shipment_value,weight_kg,status"
LEAD = "lead_id,campaign_id,company_name,created_at,status,customer_id"
EVENT = "event_id,lead_id,campaign_id,channel,event_type,event_at,cost"
DEAL = "deal_id,lead_id,campaign_id,deal_value,deal_stage,close_probability,created_at,closed_at"
BOOKING = "booking_id,member_id,starts_at,revenue,status"


@pytest.fixture(scope="module", params=["postgres", "duckdb"])
def companies(
    request: pytest.FixtureRequest, open_pipeline: Callable[[str], AbstractContextManager[Pipeline]]
) -> Iterator[Pipeline]:
    """Four companies whose days came out of order, built as they came."""
    with open_pipeline(request.param) as pipeline:
        deliver_club(pipeline)
        deliver_carrier(pipeline)
        deliver_agency(pipeline)
        deliver_lists(pipeline)
        for day in (DAYS[2], DAYS[0]):
            pipeline.load(day, day)
        pipeline.dbt("run")
        # i1 is no longer in the third day's file: the first day's version stands again
        pipeline.deliver(
            "club",
            "interactions",
            DAYS[2],
            f"{INTERACTION}\ni3,5,email,pending,2024-03-03T12:00:00Z",
        )
        pipeline.load()
        pipeline.dbt("run")
        yield pipeline


@pytest.fixture(scope="module")
def as_they_came(companies: Pipeline) -> dict[str, pd.DataFrame]:
    return companies.tables()


def deliver_club(pipeline: Pipeline) -> None:
    """Deliver for a club with an ERP and a CRM; 5 is in both lists, 9 joins on the fourth day."""
    pipeline.add_organization(
        "club",
        "time_zone: America/Chicago\nassumed_margin_percent: 50\nshipments_are_transactions: false\n",
    )

    def deliver(export: str, day: int, text: str) -> None:
        pipeline.deliver("club", export, DAYS[day - 1], text)

    member = "member_id,name,join_date,status,email"
    ann = "m1,Ann,2023-01-01,active,ann@ACME.example"
    deliver("members", 1, f"{member}\n{ann}\n5,Eve,2023-01-01,active,")
    deliver("members", 3, f"{member}\n{ann}")
    deliver("members", 4, f"{member}\n{ann}\n9,Zoe,2024-03-04,active,zoe@home.example")
    deliver("accounts", 1, "customer_id,customer_name,domain\n5,Acme Inc,acme.example")
    deliver(
        "corporate_connectors",
        1,
        "name,company,member_id\nAnn,ACME Inc ,m1\nJo,Initech,\nFlo,initech,m7",
    )
    deliver(
        "interactions",
        1,
        f"""{INTERACTION}
        i1,5,email,completed,2024-03-01T18:00:00Z
        i2,9,call,pending,2024-03-01T03:00:00Z""",
    )
    deliver(
        "interactions",
        3,
        f"""{INTERACTION}
        i1,5,email,cancelled,2024-03-01T18:00:00Z
        i3,5,email,pending,2024-03-03T12:00:00Z""",
    )
    opened = "t1,m1,2024-03-01T10:00:00Z"
    deliver("support_tickets", 1, f"{TICKET}\n{opened},,high,open,,")
    deliver("support_tickets", 2, f"{TICKET}\n{opened},2024-03-01T22:30:00Z,high,closed,4,9")
    deliver(
        "member_visits",
        1,
        """member_id,visited_at,visit_type
        m1,2024-03-01T18:00:00Z,gym
        m8,2024-03-01T18:00:00Z,gym""",
    )
    deliver("member_visits", 2, "member_id,visited_at,visit_type\nm1,2024-03-01T18:00:00Z,court")
    deliver(
        "survey_responses",
        1,
        """response_id,member_id,survey_name,question,response,responded_at
        r1,m1,nps,How likely?, 9 ,2024-03-01T12:00:00Z
        r2,m1,nps,Why?,9 of 10,2024-03-01T12:00:00Z""",
    )
    deliver("shipments", 1, f"{SHIPMENT}\ns1,9,2024-03-01T12:00:00Z,10,1.5,delivered")
    deliver(
        "consents",
        1,
        "customer_id,purpose,granted,recorded_at\nm1,marketing,true,2024-03-01T12:00:00Z",
    )
    deliver(
        "consents",
        2,
        "customer_id,purpose,granted,recorded_at\nm1,marketing,false,2024-03-02T12:00:00Z",
    )


def deliver_carrier(pipeline: Pipeline) -> None:
    """Deliver for a wholesaler who exports nothing but shipments: they are what customers pay for."""
    pipeline.add_organization("carrier", "assumed_margin_percent: 20\n")
    pipeline.deliver(
        "carrier",
        "shipments",
        DAYS[0],
        f"""{SHIPMENT}
        s1,c1,2024-03-01T12:00:00Z,100,,delivered
        s2,c1,2024-03-01T12:00:00Z,50,,Returned
        s3,c2,2024-03-01T12:00:00Z,-10,,""",
    )
    pipeline.deliver(
        "carrier", "shipments", DAYS[1], f"{SHIPMENT}\ns1,c3,2024-03-02T12:00:00Z,120,,delivered"
    )


def deliver_agency(pipeline: Pipeline) -> None:
    """Outreach, some of it to leads and for campaigns that no list holds."""
    pipeline.add_organization("agency", "time_zone: Asia/Tokyo\n")

    def deliver(export: str, day: int, text: str) -> None:
        pipeline.deliver("agency", export, DAYS[day - 1], text)

    campaign = "campaign_id,campaign_name,start_date,end_date,budget"
    deliver(
        "campaigns", 1, f"{campaign}\nk1,Spring,2024-03-01,,500\nk2,Winter,2023-12-01,2024-02-28,"
    )
    deliver("campaigns", 4, f"{campaign}\nk1,Spring,2024-03-01,,500")
    new = "2024-02-28T20:00:00Z"
    deliver("leads", 1, f"{LEAD}\nl1,k1,Acme,{new},new,\nl2,k2,Bolt,{new},new,")
    deliver("leads", 4, f"{LEAD}\nl1,k1,Acme,{new},converted,c9")
    deliver(
        "outreach_events",
        1,
        f"""{EVENT}
        e1,l1,k1,email,sent,2024-03-01T20:00:00Z,0.10
        e2,l7,k9,paid_search,click,2024-03-01T01:00:00Z,2""",
    )
    deliver("outreach_events", 3, f"{EVENT}\ne3,l1,,email,replied,2024-03-03T01:00:00Z,")
    deliver("deals", 3, f"{DEAL}\nd1,l1,k1,1000,pipeline,0.4,2024-03-03T02:00:00Z,")
    deliver("deals", 4, f"{DEAL}\nd1,l1,k1,900,won,1,2024-03-03T02:00:00Z,2024-03-04T02:00:00Z")


def deliver_lists(pipeline: Pipeline) -> None:
    """Bookings as full lists and accounts as changes: the other way round than usual."""
    pipeline.add_organization(
        "lists",
        "exports:\n  bookings: {delivery: snapshot}\n  accounts: {delivery: changes}\n",
    )
    b1 = "b1,1,2024-03-01T12:00:00Z,10,booked"
    pipeline.deliver(
        "lists", "bookings", DAYS[0], f"{BOOKING}\n{b1}\nb2,2,2024-03-01T12:00:00Z,20,booked"
    )
    pipeline.deliver("lists", "bookings", DAYS[3], f"{BOOKING}\n{b1}")
    pipeline.deliver("lists", "accounts", DAYS[0], "customer_id,customer_name,city\na1,One,Bonn")
    pipeline.deliver("lists", "accounts", DAYS[2], "customer_id,customer_name,city\na2,Two,Ulm")
    pipeline.deliver(
        "lists", "accounts", DAYS[3], "customer_id,customer_name,city\na2,Two,Ulm\na1,One,Kiel"
    )


def test_a_customer_without_a_type_is_the_account_of_that_id_else_the_member(
    companies: Pipeline,
) -> None:
    assert companies.rows(
        "select interaction_id, customer_type, customer_id, status, interaction_date "
        "from star.fct_interactions order by 1"
    ) == [
        ("i1", "account", "5", "completed", day(1)),
        ("i2", "member", "9", "pending", date(2024, 2, 29)),
        ("i3", "account", "5", "pending", day(3)),
    ]


def test_a_ticket_takes_the_time_from_opening_to_closing(companies: Pipeline) -> None:
    assert companies.rows(
        "select customer_type, customer_id, opened_date, closed_date, hours_to_close, csat_score, nps_score "
        "from star.fct_support_tickets"
    ) == [("member", "m1", day(1), day(1), 12.5, 4, 9)]


def test_visits_and_survey_answers_are_members(companies: Pipeline) -> None:
    assert companies.rows(
        "select customer_type, customer_id, visited_date, visit_type from star.fct_visits order by 2"
    ) == [("member", "m1", day(1), "court"), ("member", "m8", day(1), "gym")]
    assert companies.rows(
        "select response_id, customer_type, response, response_number from star.fct_survey_responses order by 1"
    ) == [("r1", "member", "9", 9), ("r2", "member", "9 of 10", None)]


def test_shipments_are_transactions_where_no_orders_are_delivered(companies: Pipeline) -> None:
    assert companies.rows(
        "select organization_id, transaction_id, customer_id, transaction_date, revenue, gross_margin, "
        "is_cancelled, is_refund from star.fct_transactions where transaction_type = 'shipment' order by 1, 2"
    ) == [
        ("carrier", "s1", "c3", day(2), 120, 24, False, False),
        ("carrier", "s2", "c1", day(1), 50, 10, True, False),
        ("carrier", "s3", "c2", day(1), -10, -2, False, True),
    ]
    assert companies.rows(
        "select customer_id, total_revenue, order_count, cancelled_count, refund_count "
        "from marts.customer_metrics where organization_id = 'carrier' order by 1"
    ) == [("c1", 0, 0, 1, 0), ("c2", -10, 0, 0, 1), ("c3", 120, 1, 0, 0)]


def test_a_setting_says_that_shipments_are_no_transactions(companies: Pipeline) -> None:
    assert companies.rows(
        "select customer_type, customer_id, revenue, weight_kg, is_transaction from star.fct_shipments "
        "where organization_id = 'club'"
    ) == [("member", "9", 10, 1.5, False)]
    assert companies.rows(
        "select organization_id, shipments_are_transactions from star.dim_organization order by 1"
    ) == [("agency", True), ("carrier", True), ("club", False), ("lists", True)]


def test_everyone_whom_a_fact_names_is_a_customer(companies: Pipeline) -> None:
    assert companies.rows(
        "select organization_id, customer_type, customer_id, valid_from, is_listed from star.dim_customer "
        "where is_current and customer_name is null order by 1, 2, 3"
    ) == [
        ("agency", "account", "c9", date(2024, 2, 29), False),
        ("carrier", "account", "c1", day(1), False),
        ("carrier", "account", "c2", day(1), False),
        ("carrier", "account", "c3", day(2), False),
        ("club", "member", "m8", day(1), False),
        ("lists", "member", "1", day(1), False),
    ]


def test_leads_and_campaigns_stay_when_no_list_holds_them(companies: Pipeline) -> None:
    assert companies.rows(
        "select lead_id, campaign_id, created_date, status, customer_type, customer_id, is_listed "
        "from star.dim_lead order by 1"
    ) == [
        ("l1", "k1", date(2024, 2, 29), "converted", "account", "c9", True),
        ("l2", "k2", date(2024, 2, 29), "new", None, None, False),
        ("l7", "unknown", None, None, None, None, False),
    ]
    assert companies.rows(
        "select campaign_id, campaign_name, budget, last_listed_date, is_listed from star.dim_campaign "
        "where organization_id = 'agency' order by 1"
    ) == [
        ("k1", "Spring", 500, day(4), True),
        ("k2", "Winter", None, day(1), False),
        ("k9", None, None, None, False),
        ("unknown", "Unknown campaign", None, None, False),
    ]


def test_outreach_and_deals_take_their_local_days(companies: Pipeline) -> None:
    assert companies.rows(
        "select event_id, lead_id, campaign_id, channel, event_date, cost from star.fct_outreach_events order by 1"
    ) == [
        ("e1", "l1", "k1", "email", day(2), Decimal("0.10")),
        ("e2", "l7", "k9", "paid_search", day(1), 2),
        ("e3", "l1", "unknown", "email", day(3), None),
    ]
    assert companies.rows(
        "select deal_value, deal_stage, is_won, created_date, closed_date, closed_at from star.fct_deals"
    ) == [(900, "won", True, day(3), day(4), datetime(2024, 3, 4, 2, tzinfo=UTC))]


def test_an_employer_is_known_by_connectors_and_by_the_domain_of_an_account(
    companies: Pipeline,
) -> None:
    assert companies.rows(
        "select employer_name, account_id, domain, connector_count, member_count from star.dim_employer order by 1"
    ) == [("Acme Inc", "5", "acme.example", 1, 1), ("Initech", None, None, 2, 1)]


def test_a_key_that_a_full_list_lacks_has_left_and_changes_leave_the_others_alone(
    companies: Pipeline,
) -> None:
    assert companies.rows(
        "select booking_id from star.fct_bookings where organization_id = 'lists'"
    ) == [("b1",)]
    assert companies.rows(
        "select customer_id, city, valid_from, valid_to, is_current, is_listed from star.dim_customer "
        "where organization_id = 'lists' and customer_type = 'account' order by 1, 3"
    ) == [
        ("a1", "Bonn", day(1), day(4), False, False),
        ("a1", "Kiel", day(4), None, True, True),
        ("a2", "Ulm", day(3), None, True, True),
    ]
    assert companies.rows(
        "select customer_id from staging.stg_accounts where organization_id = 'lists' order by 1"
    ) == [("a1",), ("a2",)]


def test_a_withdrawn_consent_is_the_one_that_stands(companies: Pipeline) -> None:
    assert companies.rows("select granted from staging.stg_consents") == [(False,)]


def test_only_what_comes_as_full_lists_is_built_anew(companies: Pipeline) -> None:
    assert companies.rows(
        "select distinct organization_id from ops.model_builds where rebuilt_build_id = build_id"
    ) == [("lists",)]


def test_all_of_it_is_what_a_build_from_nothing_gives(
    companies: Pipeline, as_they_came: dict[str, pd.DataFrame]
) -> None:
    companies.dbt("build", "--full-refresh", "--exclude-resource-type", "unit_test")
    assert_same(as_they_came, companies.tables())


def day(number: int) -> date:
    return date(2024, 3, number)
