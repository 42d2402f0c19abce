"""Public data sets load whole by mappings of a few lines, whatever they were made for."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_touches_before_a_conversion_are_outreach_events(shop: Any, shared_data: Path) -> None:
    file = shared_data / "data" / "attribution_events_7896.csv"
    outcome = shop.load(
        file.read_bytes(),
        "outreach_events",
        columns={
            "event_id": "'line-' || _line",
            "lead_id": '"customer_id"',
            "channel": "case \"channel\" when 'Online Display' then 'display' "
            "when 'Online Video' then 'video' when 'Paid Search' then 'paid_search' "
            "when 'Facebook' then 'social' when 'Instagram' then 'social' end",
            "event_type": "case \"interaction\" when 'conversion' then 'converted' "
            'else "interaction" end',
            "event_at": '"time"',
        },
    )
    touches = records(file)
    assert outcome.counts == (len(touches), len(touches), 0, 0)
    kinds = Counter(touch["interaction"] for touch in touches)
    assert Counter(outcome.column("event_type")) == {
        "impression": kinds["impression"],
        "converted": kinds["conversion"],
    }


def test_players_of_a_game_are_observations_of_an_experiment(shop: Any, shared_data: Path) -> None:
    file = shared_data / "data" / "cookie_cats.csv"
    outcome = shop.load(
        file.read_bytes(),
        "ab_observations",
        columns={
            "test_id": "'gate'",
            "unit_id": '"userid"',
            "group_name": '"version"',
            "assigned_at": "_export_date",
            "value": 'yes_no("retention_7")::integer',
            "covariate": '"sum_game_rounds"',
        },
    )
    players = records(file)
    assert outcome.counts == (len(players), len(players), 0, 0)
    assert sum(outcome.column("value")) == sum(one["retention_7"] == "True" for one in players)


def test_customers_of_a_telephone_company_are_members(shop: Any, shared_data: Path) -> None:
    file = shared_data / "data" / "telco_churn.csv"
    outcome = shop.load(
        file.read_bytes(),
        "members",
        columns={
            "member_id": '"customerID"',
            "name": '"customerID"',
            "join_date": '_export_date - to_months("tenure"::integer)',
            "status": "case when yes_no(\"Churn\") then 'cancelled' else 'active' end",
            "membership_type": '"Contract"',
        },
    )
    customers = records(file)
    assert outcome.counts == (len(customers), len(customers), 0, 0)
    left = sum(customer["Churn"] == "Yes" for customer in customers)
    assert Counter(outcome.column("status"))["cancelled"] == left


def test_tweets_of_several_lines_that_begin_like_formulas_are_interactions(
    shop: Any, shared_data: Path
) -> None:
    file = shared_data / "data" / "airline_tweets.csv"
    outcome = shop.load(
        file.read_bytes(),
        "interactions",
        columns={
            "interaction_id": "'line-' || _line",
            "customer_id": '"airline"',
            "interaction_type": "'feedback'",
            "subject": '"negativereason"',
            "description": '"text"',
            "status": "'completed'",
            "interaction_at": "_export_date",
        },
    )
    tweets = records(file)
    assert outcome.counts == (len(tweets), len(tweets), 0, 0)
    assert outcome.rows[0]["description"].startswith("=@VirginAmerica")
    assert Counter(outcome.column("customer_id")) == Counter(tweet["airline"] for tweet in tweets)


def test_summaries_of_customers_are_accounts(shop: Any, shared_data: Path) -> None:
    file = shared_data / "data" / "cdnow_summary_monetary.csv"
    outcome = shop.load(
        file.read_bytes(),
        "accounts",
        columns={
            "customer_id": '"ID"',
            "customer_name": '"ID"',
            "annual_revenue": '"x"::decimal(18, 2) * "zbar"::decimal(18, 2)',
        },
    )
    customers = records(file)
    assert outcome.counts == (len(customers), len(customers), 0, 0)
    assert sum(outcome.column("annual_revenue")) == sum(
        (Decimal(one["x"]) * Decimal(one["zbar"]) for one in customers), Decimal(0)
    )
