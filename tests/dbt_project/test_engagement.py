"""Engagement marts against a pandas reckoning of our own, on companies that buy oddly or not at all."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from tests.dbt_project.pipeline import Pipeline

TODAY = date(2024, 6, 20)
FIRST_DAY = date(2022, 3, 1)
MODELS = "+path:models/marts/engagement"
ACTIVE_CUSTOMERS = 60


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    """Return a shop's orders: every customer with a rhythm of its own, pauses, refunds, a season."""
    random = np.random.default_rng(7)
    bought = []
    for number in range(ACTIVE_CUSTOMERS):
        rhythm, day = random.choice([2, 9, 25, 60, 200]), FIRST_DAY
        day += timedelta(days=int(random.integers(0, 700)))
        while day <= TODAY and random.random() < 0.98:
            bought.append((f"c{number:02}", day, round(random.gamma(2, 30), 2)))
            if random.random() < 0.08:
                bought.append((f"c{number:02}", day, round(-random.gamma(2, 10), 2)))
            pause = 8 if random.random() < 0.06 else 1
            day += timedelta(days=int(random.exponential(rhythm * pause)))
    bought += [
        ("season", date(year, month, 9), 80.0) for year in (2022, 2023) for month in (11, 12)
    ]
    frame = pd.DataFrame(bought, columns=["customer_id", "day", "revenue"])
    frame["day"] = pd.to_datetime(frame["day"])
    return frame


@pytest.fixture(scope="module")
def contacts() -> pd.DataFrame:
    """Return the shop's contacts, some of them planned for days that have not come."""
    random = np.random.default_rng(11)
    kinds = ["call", "email", "meeting", "support_ticket", "complaint", "feedback"]
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{n:02}" for n in random.integers(0, 20, 400)],
            "interaction_type": random.choice(kinds, 400),
            "status": random.choice(["pending", "completed"], 400),
            "day": [TODAY + timedelta(days=int(n)) for n in random.integers(-90, 5, 400)],
        }
    )
    frame["day"] = pd.to_datetime(frame["day"])
    return frame


@pytest.fixture(scope="module", params=["postgres", "duckdb"])
def companies(
    request: pytest.FixtureRequest,
    open_pipeline: Callable[[str], AbstractContextManager[Pipeline]],
    orders: pd.DataFrame,
    contacts: pd.DataFrame,
) -> Iterator[Pipeline]:
    """Return a shop, and companies without orders, with one, and with refunds alone."""
    with open_pipeline(request.param) as pipeline:
        for organization in ("shop", "silent", "lone", "refunds"):
            pipeline.add_organization(organization)
        day = TODAY.isoformat()
        stamp = "%Y-%m-%dT12:00:00Z"
        pipeline.deliver(
            "shop",
            "orders",
            day,
            orders.assign(order_id=orders.index, ordered_at=orders["day"].dt.strftime(stamp))
            .rename(columns={"revenue": "order_revenue"})
            .drop(columns="day")
            .to_csv(index=False),
        )
        pipeline.deliver(
            "shop",
            "interactions",
            day,
            contacts.assign(
                interaction_id=contacts.index, interaction_at=contacts["day"].dt.strftime(stamp)
            )
            .drop(columns="day")
            .to_csv(index=False),
        )
        pipeline.deliver("silent", "accounts", day, "customer_id,customer_name\nx,Xavier")
        order = "order_id,customer_id,ordered_at,order_revenue"
        pipeline.deliver("lone", "orders", day, f"{order}\no,x,2022-01-01T12:00:00Z,10")
        pipeline.deliver("refunds", "orders", day, f"{order}\no,x,2022-01-01T12:00:00Z,-10")
        pipeline.load()
        pipeline.dbt("run", "--select", MODELS)
        pipeline.dbt("test", "--select", "path:models/marts/engagement,test_type:data")
        yield pipeline


def mart(pipeline: Pipeline, name: str) -> pd.DataFrame:
    table = pipeline.table(f"marts.{name}")
    return table[table["organization_id"] == "shop"].drop(columns="organization_id")


class Rhythm:
    """What the shop's orders say of a customer at a day, by the rules as the descriptions put them."""

    def __init__(self, orders: pd.DataFrame) -> None:
        self.orders = orders
        bought = orders[orders["revenue"] >= 0]
        self.bought = {c: rows.sort_values() for c, rows in bought.groupby("customer_id")["day"]}
        days = bought.drop_duplicates(["customer_id", "day"]).sort_values(["customer_id", "day"])
        self.gaps = days.assign(gap=days.groupby("customer_id")["day"].diff().dt.days).dropna()

    def at(
        self, customer: str, day: pd.Timestamp, usual_at: pd.Timestamp | None = None
    ) -> pd.Series:
        bought = self.bought[customer]
        bought = bought[bought <= day]
        gaps = self.gaps[self.gaps["day"] <= (usual_at or day)]
        own = self.gaps[(self.gaps["customer_id"] == customer) & (self.gaps["day"] <= day)]["gap"]
        usual = own.median() if len(bought) >= 4 and len(own) else gaps["gap"].median()
        recency = (day - bought.max()).days
        year = self.orders[
            (self.orders["customer_id"] == customer)
            & (self.orders["day"] <= day)
            & (self.orders["day"] > bought.max() - pd.Timedelta(days=365))
        ]
        return pd.Series(
            {
                "transactions": len(bought),
                "active_days": bought.nunique(),
                "tenure": (day - bought.min()).days,
                "recency": recency,
                "gaps": own,
                "usual": usual,
                "limit": max(3 * usual, 30),
                "is_dormant": recency > max(3 * usual, 30),
                "last": bought.max(),
                "value": max(round(year["revenue"].sum(), 2), 0),
                "n90": int((bought > day - pd.Timedelta(days=90)).sum()),
                "n180": int((bought > day - pd.Timedelta(days=180)).sum()),
                "months": set(bought.dt.to_period("M")),
            }
        )

    def pattern(self, then: pd.Series, month: pd.Period) -> str:
        this = {m for m in then["months"] if 0 <= (month - m).n < 12}
        before = {m + 12 for m in then["months"] if 12 <= (month - m).n < 24}
        both = this & before
        few = max(len(this), len(before)) <= 6
        earlier = then["n180"] - then["n90"]
        rules = {
            "new": then["tenure"] < 90,
            "seasonal": few and len(both) >= 2 and 2 * len(both) >= len(this | before),
            "dormant": then["is_dormant"],
            "growing": then["n180"] >= 4 and then["n90"] >= 1.5 * earlier,
            "declining": then["n180"] >= 4 and 1.5 * then["n90"] <= earlier,
            "steady": then["active_days"] >= 4
            and then["gaps"].mean() <= 1.5 * then["gaps"].median(),
            "sporadic": True,
        }
        return next(name for name, holds in rules.items() if holds)


@pytest.fixture(scope="module")
def rhythm(orders: pd.DataFrame) -> Rhythm:
    return Rhythm(orders)


def test_contacts_are_those_on_record(companies: Pipeline, contacts: pd.DataFrame) -> None:
    come = contacts[contacts["day"] <= pd.Timestamp(TODAY)]
    marts = mart(companies, "customer_interactions").set_index("customer_id")
    counted = come.groupby("customer_id").size().reindex(marts.index, fill_value=0)
    assert marts["total_interactions"].to_dict() == counted.to_dict()
    complaints = come[come["interaction_type"] == "complaint"].groupby("customer_id").size()
    assert marts.loc[complaints.index, "complaints"].to_dict() == complaints.to_dict()
    newest = mart(companies, "recent_interactions")
    assert (
        newest.groupby("customer_id").size().to_dict()
        == counted[counted > 0].clip(upper=20).to_dict()
    )
    (dashboard,) = mart(companies, "dashboard_metrics").to_dict("records")
    days_ago = (pd.Timestamp(TODAY) - come["day"]).dt.days
    assert [dashboard[f"interactions_{n}"] for n in ("today", "7d", "30d")] == [
        int((days_ago < days).sum()) for days in (1, 7, 30)
    ]


def test_dormant_are_those_away_for_three_usual_gaps(companies: Pipeline, rhythm: Rhythm) -> None:
    today = {c: rhythm.at(c, pd.Timestamp(TODAY)) for c in rhythm.bought}
    expected = pd.DataFrame({c: then for c, then in today.items() if then["is_dormant"]}).T
    accounts = mart(companies, "dormant_accounts").set_index("customer_id").sort_index()
    assert 5 < len(accounts) < ACTIVE_CUSTOMERS
    assert list(accounts.index) == sorted(expected.index)
    expected = expected.loc[accounts.index]
    assert list(accounts["days_since_transaction"]) == list(expected["recency"])
    assert accounts["usual_gap_days"].to_numpy() == pytest.approx(expected["usual"].to_numpy(float))
    since = pd.to_datetime(expected["last"]) + pd.to_timedelta(
        np.floor(expected["limit"].astype(float)) + 1, unit="D"
    )
    assert list(pd.to_datetime(accounts["dormant_since"])) == list(since)
    value = expected["value"].astype(float)
    assert accounts["value_at_risk"].to_numpy(float) == pytest.approx(value.to_numpy())
    habit = expected["active_days"] / (expected["active_days"] + 4)
    score = 50 * expected["limit"] / expected["recency"] + 25 * habit
    score += 25 * value / (value + value.mean())
    assert accounts["reactivation_score"].to_numpy() == pytest.approx(score.to_numpy(float))


def test_months_tell_how_active_a_customer_was(companies: Pipeline, rhythm: Rhythm) -> None:
    activity = mart(companies, "customer_activity")
    patterns = set()
    for row in activity[
        activity["customer_id"].isin(["season", *sorted(rhythm.bought)[::6]])
    ].itertuples():
        month = pd.Period(row.month_start, "M")
        then = rhythm.at(row.customer_id, min(month.end_time.normalize(), pd.Timestamp(TODAY)))
        frequency = 100 * then["n90"] / (then["n90"] + 3)
        assert row.frequency_score == pytest.approx(frequency, abs=1e-9)
        assert row.transactions == sum(rhythm.bought[row.customer_id].dt.to_period("M") == month)
        expected = rhythm.pattern(then, month)
        assert (row.is_dormant, row.activity_pattern) == (then["is_dormant"], expected), row
        patterns.add(expected)
    assert patterns == {"new", "seasonal", "dormant", "growing", "declining", "steady", "sporadic"}


def test_returns_are_gaps_over_the_limit_of_then(companies: Pipeline, rhythm: Rhythm) -> None:
    expected = {}
    for gap in rhythm.gaps[rhythm.gaps["gap"] > 30].itertuples():
        before = gap.day - pd.Timedelta(days=1)
        month_end = gap.day.to_period("M").start_time - pd.Timedelta(days=1)
        if gap.gap > rhythm.at(gap.customer_id, before, usual_at=month_end)["limit"]:
            expected[gap.customer_id, gap.day] = int(gap.gap)
    returns = mart(companies, "reactivations")
    days = pd.to_datetime(returns["returned_date"])
    assert returns.set_index(["customer_id", days])["gap_days"].to_dict() == expected
    for row in returns.itertuples():
        orders = rhythm.orders[rhythm.orders["customer_id"] == row.customer_id]
        after = (orders["day"] - pd.Timestamp(row.returned_date)).dt.days
        earned = orders["revenue"][(after > 0) & (after <= 90)].sum()
        assert float(row.revenue_90d_after) == pytest.approx(earned)
        assert row.is_90d_complete == (row.returned_date + timedelta(days=90) <= TODAY)


@pytest.mark.parametrize("day", [date(2023, 10, 31), TODAY])
def test_segments_hold_whom_their_rules_name(
    companies: Pipeline, rhythm: Rhythm, day: date
) -> None:
    at = pd.Timestamp(day)
    then = pd.DataFrame(
        {c: rhythm.at(c, at) for c, bought in rhythm.bought.items() if bought.min() <= at}
    ).T
    until = rhythm.orders[rhythm.orders["day"] <= at]
    year = until[until["day"] > at - pd.Timedelta(days=365)]
    revenue = year.groupby("customer_id")["revenue"].sum().round(2)
    margin = until.groupby("customer_id")["revenue"].sum().round(2)
    ranked = (
        margin[margin > 0]
        .reset_index()
        .sort_values(["revenue", "customer_id"], ascending=[False, True])["customer_id"]
    )
    top = set(ranked[: -(-len(ranked) // 5)])
    third = set(ranked[: -(-len(ranked) // 3)])
    late = set(then.index[then["recency"] > (2 * then["usual"].astype(float)).clip(lower=30)])
    expected = {
        "vip": top & set(then.index[then["recency"] < 180]),
        "premium": third - top,
        "regular": set(then.index[then["active_days"] >= 4]) - late - third,
        "new": set(then.index[then["tenure"] < 90]),
        "high_value": set(revenue.index[revenue > 2 * revenue[revenue > 0].mean()]),
        "at_risk": late & set(then.index[then["recency"] < 365]),
    }
    members = mart(companies, "customer_named_segments")
    begun = members["assigned_date"] <= day
    standing = members[begun & (members["removed_date"].isna() | (members["removed_date"] > day))]
    assert {
        segment: set(standing["customer_id"][standing["segment_id"] == segment])
        for segment in expected
    } == expected
    (newest,) = mart(companies, "organization_summary").to_dict("records")
    assert newest["total_customers"] == len(rhythm.bought)


def test_a_better_account_never_scores_lower(companies: Pipeline) -> None:
    accounts = companies.rows(
        """
        select
            accounts.days_since_transaction * -1.0 / spells.dormant_after_days,
            features.active_days,
            accounts.value_at_risk,
            accounts.reactivation_score
        from marts.dormant_accounts as accounts
        inner join marts.dormant_spells as spells
            using (organization_id, customer_type, customer_id)
        inner join features.customer_features as features
            using (organization_id, customer_type, customer_id)
        where spells.is_active and features.is_current and organization_id = 'shop'
        """
    )
    compared = [
        (better[3], worse[3])
        for better in accounts
        for worse in accounts
        if better != worse and all(b >= w for b, w in zip(better[:3], worse[:3], strict=True))
    ]
    assert compared
    assert all(better >= worse for better, worse in compared)


def test_engagement_grows_with_what_it_measures(companies: Pipeline) -> None:
    months = companies.rows(
        """
        select
            -coalesce(features.recency_days, 9999),
            features.transactions_90d,
            features.interactions_90d,
            activity.engagement_score
        from marts.customer_activity as activity
        inner join features.customer_features as features
            using (organization_id, customer_type, customer_id)
        where features.is_current and activity.is_current and organization_id = 'shop'
        """
    )
    compared = [
        (more[3], less[3])
        for more in months
        for less in months
        if all(m >= n for m, n in zip(more[:3], less[:3], strict=True))
    ]
    assert len(compared) > len(months)
    assert all(more >= less for more, less in compared)
    assert all(0 <= score <= 100 for *_, score in months)


def test_companies_without_orders_with_one_or_with_refunds_alone_have_sensible_rows(
    companies: Pipeline,
) -> None:
    assert companies.rows(
        "select organization_id, total_customers, buying_customers, dormant_accounts, value_at_risk, avg_order_value, "
        "avg_interactions_per_customer from marts.organization_summary where organization_id <> 'shop' order by 1"
    ) == [
        # nobody has ever come back: no gap is usual, so nobody is away for too long
        ("lone", 1, 1, 0, 0, 10, 0),
        ("refunds", 1, 0, 0, 0, None, 0),
        ("silent", 1, 0, 0, 0, None, 0),
    ]
    assert companies.rows(
        "select organization_id, activity_pattern, frequency_score, engagement_score "
        "from marts.customer_activity where is_current and organization_id <> 'shop' order by 1"
    ) == [
        ("lone", "sporadic", 0, pytest.approx(50 * 30 / (30 + 901))),
        ("refunds", None, 0, 0),
        ("silent", None, 0, 0),
    ]
    assert (
        companies.rows(
            "select organization_id, segment_id, customer_count from marts.segment_engagement "
            "where organization_id <> 'shop' and customer_count > 0"
        )
        == []
    )
