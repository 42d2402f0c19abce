"""Campaign marts over a history of corrections, computed once more from the raw rows with other tools."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tests.dbt_project.campaign_history import (
    DELIVERIES,
    LAST,
    ORGANIZATION,
    History,
    deliver,
    draw,
)
from tests.dbt_project.campaign_reference import CENT, CHANNEL, COUNTS, Reference
from tests.dbt_project.pipeline import Pipeline, assert_same

MARTS = [
    *("campaign_metrics", "campaign_metrics_weekly", "campaign_metrics_monthly"),
    *("channel_metrics", "channel_metrics_weekly", "channel_metrics_monthly"),
    *("campaign_trends", "campaign_anomalies", "campaign_roi"),
    *("lead_channel_costs", "roi_tracker", "lead_metrics"),
]
SELECTED = ["--select", "dim_channel", "+dim_date", *(f"+{mart}" for mart in MARTS)]
RECONCILE = [
    "campaign_metrics_reconcile_to_the_star",
    "campaign_periods_reconcile_to_days",
    "lead_costs_reconcile_to_channel_metrics",
]
# The third delivery comes before the second, and the last before the one before it.
GOINGS = [[0, 2], [1, 4], [3]]


@pytest.fixture(scope="module")
def history() -> History:
    return draw()


@pytest.fixture(scope="module")
def reference(history: History) -> Reference:
    return Reference(history, LAST)


@pytest.fixture(scope="module", params=["postgres", "duckdb"])
def built(
    request: pytest.FixtureRequest,
    open_pipeline: Callable[[str], AbstractContextManager[Pipeline]],
    history: History,
) -> Iterator[Pipeline]:
    """Load and build one delivery after the other, on DuckDB; all at once on Postgres."""
    with open_pipeline(request.param) as pipeline:
        deliver(pipeline, history)
        for going in GOINGS if request.param == "duckdb" else [range(len(DELIVERIES))]:
            for number in going:
                pipeline.load(str(DELIVERIES[number]), str(DELIVERIES[number]))
            pipeline.dbt("run", *SELECTED)
        pipeline.dbt("test", "--select", *RECONCILE)
        yield pipeline


def mart(
    pipeline: Pipeline, name: str, *key: str, organization: str = ORGANIZATION
) -> pd.DataFrame:
    """Return an organization's rows of a mart by key, decimals as floats, days as timestamps."""
    rows = pipeline.table(f"marts.{name}").query("organization_id == @organization").copy()
    for column in rows.columns:
        if column.endswith(("_date", "_start")):
            rows[column] = pd.to_datetime(rows[column]).astype("datetime64[us]")
        elif rows[column].map(lambda value: isinstance(value, Decimal)).any():
            rows[column] = rows[column].astype(float)
    return rows.set_index(list(key)).sort_index()


def assert_column(actual: pd.Series, expected: pd.Series) -> None:
    """Compare a column with what it must be; where nothing is expected, zero is as good."""
    expected = expected.reindex(actual.index).astype(float)
    np.testing.assert_allclose(actual.astype(float), expected, rtol=1e-9, atol=1e-9)


def over(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    return numerator / denominator.where(denominator != 0)


def test_channels_count_events_once_and_costs_once(built: Pipeline, reference: Reference) -> None:
    days = mart(built, "channel_metrics", *CHANNEL, "calendar_date")
    expected = reference.channel_days
    assert len(days) == len(expected) > 150
    for column in [*COUNTS, "cost"]:
        assert_column(days[column], expected[column])
    for rate, value in {
        "delivery_rate": over(expected["delivered"], expected["sent"]),
        "reply_rate": over(expected["replied"], expected["delivered"]),
        "bounce_rate": over(expected["bounced"], expected["sent"]),
        "cost_per_send": over(expected["cost"], expected["sent"]),
        "cost_per_reply": over(expected["cost"], expected["replied"]),
        "efficiency": over(
            over(expected["replied"], expected["sent"]), over(expected["cost"], expected["sent"])
        ),
    }.items():
        assert_column(days[rate], value)


def test_days_of_campaigns_are_those_of_leads_costs_and_deals(
    built: Pipeline, reference: Reference
) -> None:
    days = mart(built, "campaign_metrics", "campaign_id", "calendar_date")
    expected = reference.campaign_days
    assert len(days) == len(expected) > 250
    for column in expected:
        assert_column(days[column], expected[column])
    spend, revenue = expected["total_spend"], expected["total_revenue"]
    for rate, value in {
        "engagement_rate": over(expected["engaged_leads"], expected["total_leads"]),
        "reply_rate": over(expected["replied_leads"], expected["total_leads"]),
        "conversion_rate": over(expected["converted_leads"], expected["total_leads"]),
        "cost_per_lead": over(spend, expected["total_leads"]),
        "cost_per_conversion": over(spend, expected["converted_leads"]),
        "net_gain": revenue - spend,
        "roi": over(revenue - spend, spend.where(spend > 0)),
    }.items():
        assert_column(days[rate], value)


def test_growth_of_a_day_compares_the_days_behind_it_with_those_before(
    built: Pipeline, reference: Reference
) -> None:
    days = mart(built, "campaign_metrics", "campaign_id", "calendar_date").loc["k1"]
    spend = reference.campaign_days.loc["k1"]["spend"]
    for name, span in {"wow": 7, "mom": 28}.items():
        sums = spend.rolling(span).sum()
        growth = 100 * (sums / sums.shift(span) - 1)
        assert growth.notna().sum() > 20
        assert_column(days[f"spend_{name}_percent"], growth)


def test_weeks_and_months_add_up_days_and_compare_whole_ones(
    built: Pipeline, reference: Reference
) -> None:
    for period, rule, before in [("weekly", "W-SUN", "wow"), ("monthly", "M", "mom")]:
        start = "week_start" if period == "weekly" else "month_start"
        rows = mart(built, f"campaign_metrics_{period}", "campaign_id", start).loc["k1"]
        days = reference.campaign_days.loc["k1"]
        sums = days.groupby(days.index.to_period(rule).start_time).sum()
        ends = days.groupby(days.index.to_period(rule).start_time).last()
        lengths = days.groupby(days.index.to_period(rule).start_time).size()
        assert_column(rows["new_leads"], sums["new_leads"])
        assert_column(rows["lead_velocity"], sums["new_leads"] / lengths)
        assert_column(rows["total_spend"], ends["total_spend"])
        whole = lengths == [p.days_in_month if rule == "M" else 7 for p in lengths.index]
        growth = 100 * (sums["spend"] / sums["spend"].shift() - 1)
        assert rows["is_whole"].tolist() == whole.tolist()
        assert_column(
            rows[f"spend_{before}_percent"], growth.where(whole & whole.shift(fill_value=False))
        )


def test_leads_bear_what_channels_cost_to_the_cent(built: Pipeline, reference: Reference) -> None:
    costs = mart(built, "lead_channel_costs", *CHANNEL, "lead_id")["cost"]
    expected = reference.lead_costs
    assert len(costs) == len(expected) > 100
    # the odd cent of a share may fall to either side, once for each month
    assert (costs - expected.reindex(costs.index)).abs().max() < 4 * (0.01 + CENT)
    by_channel = reference.channel_days["cost"].groupby(CHANNEL).sum().drop(index=("k9", "email"))
    borne = costs.groupby(level=[0, 1]).sum()
    assert_column(borne.round(2), by_channel.round(2))


def test_leads_are_tracked_to_their_deals(built: Pipeline, reference: Reference) -> None:
    tracked = mart(built, "roi_tracker", "lead_id")
    deals = reference.deals.groupby("lead_id")
    unknown = deals["expected"].agg(lambda values: values.isna().any())
    expected = deals["expected"].sum().where(~unknown).reindex(tracked.index)
    expected = expected.where(tracked["deal_count"] > 0, 0.0)
    assert tracked.index.tolist() == sorted(reference.leads.index)
    assert tracked["expected_revenue"].isna().sum() > 0
    assert_column(tracked["expected_revenue"], expected)
    cost = tracked["acquisition_cost"]
    assert_column(
        cost,
        mart(built, "lead_channel_costs", "lead_id")
        .groupby("lead_id")["cost"]
        .sum()
        .reindex(cost.index, fill_value=0),
    )
    assert_column(tracked["roi"], over(expected - cost, cost.where(cost > 0)))
    won = reference.deals[reference.deals["stage"] == "won"].groupby("lead_id")["settled"].min()
    until = won.reindex(tracked.index).fillna(reference.as_of)
    days = (until - reference.leads["lead_date"]).dt.days.clip(lower=1)
    assert_column(tracked["payback_days"], over(cost, over(expected, days)))


def test_campaigns_tell_when_they_broke_even_and_what_their_customers_bought(
    built: Pipeline, reference: Reference
) -> None:
    roi = mart(built, "campaign_roi", "campaign_id")
    days = reference.campaign_days
    last = days.groupby(level=0).last()
    assert_column(roi["spend"], last["total_spend"])
    assert_column(roi["revenue"], last["total_revenue"])
    length = days.groupby(level=0).size()
    assert_column(roi["payback_days"], over(last["total_spend"], last["total_revenue"] / length))
    # customers of the agency earn 40 percent, but for the cents of each order
    assert (roi["gross_margin"] - 0.4 * roi["revenue"]).abs().max() < 0.002 * roi["revenue"].max()
    even = days[(days["total_revenue"] >= days["total_spend"]) & (days["total_revenue"] > 0)]
    even = even.reset_index().groupby("campaign_id")["day"].min().reindex(roi.index)
    assert roi["break_even_date"].tolist() == even.tolist()

    leads = reference.leads.dropna(subset=["converted_date", "customer_id"]).reset_index()
    leads = leads.sort_values(["converted_date", "lead_id"]).drop_duplicates("customer_id")
    orders = reference.raw["orders"].assign(day=lambda o: pd.to_datetime(o["ordered_at"], utc=True))
    orders["day"] = (
        orders["day"].dt.tz_convert("America/New_York").dt.tz_localize(None).dt.normalize()
    )
    bought = leads.merge(orders, on="customer_id")
    bought = bought[
        (bought["day"] >= bought["converted_date"]) & (bought["day"] <= reference.as_of)
    ]
    assert_column(
        roi["customers"], leads.groupby("campaign_id").size().reindex(roi.index).fillna(0)
    )
    revenue = bought.groupby("campaign_id")["order_revenue"].sum().reindex(roi.index).fillna(0)
    assert revenue.sum() > 0
    assert_column(roi["customer_revenue"], revenue)


@pytest.mark.parametrize("measure", ["spend", "new_leads"])
def test_days_are_judged_by_the_same_weekdays_before_them(
    built: Pipeline, reference: Reference, measure: str
) -> None:
    days = mart(built, "campaign_anomalies", "campaign_id", "calendar_date").query(
        "measure == @measure"
    )
    expected = reference.anomalies(measure)
    assert len(days) == len(expected) > 100
    for column in expected:
        assert_column(days[column], expected[column])
    if measure == "spend":
        assert days.loc[("k1", pd.Timestamp("2024-03-11")), "is_anomaly"]


def test_trends_are_straight_lines_through_the_days(built: Pipeline, reference: Reference) -> None:
    trends = mart(built, "campaign_trends", "campaign_id", "measure", "weeks")
    for campaign, measure, weeks in [("k1", "spend", 4), ("k2", "new_leads", 12)]:
        row = trends.loc[(campaign, measure, weeks)]
        fitted = [row["slope_per_day"], row["slope_error_per_day"]]
        assert fitted == pytest.approx(reference.trend(campaign, measure, weeks), rel=1e-9)
    assert set(trends["direction"].dropna()) <= {"rising", "falling", "steady"}


def test_a_company_without_outreach_has_no_rows_and_one_event_makes_one_lead(
    built: Pipeline,
) -> None:
    for name in MARTS:
        assert mart(built, name, "organization_id", organization="idle").empty, name
    [lead] = (
        mart(built, "roi_tracker", "lead_id", organization="starter")
        .reset_index()
        .to_dict("records")
    )
    assert (lead["lead_id"], lead["campaign_id"], lead["acquisition_cost"]) == ("l1", "unknown", 0)
    assert pd.isna(lead["roi"])
    days = mart(built, "campaign_metrics", "calendar_date", organization="starter")
    assert days["total_leads"].tolist() == [1, 1]
    assert days["roi"].isna().all()


def test_a_past_day_is_what_was_known_of_it_and_the_way_there_leaves_no_trace(
    built: Pipeline, history: History
) -> None:
    """Build as of the third delivery, then forward again: what came one by one is what all at once gives."""
    if built.engine == "postgres":
        pytest.skip(
            "The way there is the same on either engine; what comes of it is compared on both."
        )
    names = [f"marts.{name}" for name in MARTS]
    before = {name: built.table(name) for name in names}
    built.dbt("run", *SELECTED, as_of=str(DELIVERIES[2]))
    then = Reference(history, DELIVERIES[2])
    days = mart(built, "campaign_metrics", "campaign_id", "calendar_date")
    assert len(days) == len(then.campaign_days)
    for column in then.campaign_days:
        assert_column(days[column], then.campaign_days[column])
    built.dbt("run", *SELECTED, "--full-refresh")
    assert_same(before, {name: built.table(name) for name in names})
