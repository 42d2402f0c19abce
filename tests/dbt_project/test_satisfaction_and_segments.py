"""RFM, tiers, segments, NPS and satisfaction, computed once more from the raw rows with other tools."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.dbt_project.pipeline import Pipeline

LAST_DAY = "2024-03-10"
CATEGORIES = ["delivery", "billing", "product"]
MARTS = [
    "customer_tiers",
    "segment_summary",
    "segment_migrations",
    "nps_monthly",
    "customer_satisfaction",
    "dissatisfaction_causes",
]
KEY = ["customer_id", "as_of_date"]


@pytest.fixture(scope="module")
def orders() -> pd.DataFrame:
    """Orders of 40 customers, some with a single one, some with refunds alone, many of like amounts."""
    draw = np.random.default_rng(4)
    count = 400
    days = pd.Timestamp("2022-12-15") + pd.to_timedelta(draw.integers(0, 451, count), unit="D")
    customers = np.floor(40 * draw.random(count) ** 2).astype(int)
    revenue = draw.choice([10.0, 20.0, 20.0, 35.5, 120.25, 0.0], count)
    refund = (draw.random(count) < 0.1) | (customers == 37)
    margin = np.round(revenue * draw.choice([0.3, 0.5, -0.1], count), 2)
    return pd.DataFrame(
        {
            "order_id": [f"o{n}" for n in range(count)],
            "customer_id": [f"c{n}" for n in customers],
            "ordered_at": days.strftime("%Y-%m-%dT12:00:00Z"),
            "order_revenue": np.where(refund, -revenue, revenue),
            "gross_margin": np.where(refund, -margin, margin),
            "status": draw.choice(["fulfilled", "cancelled"], count, p=[0.93, 0.07]),
        }
    )


@pytest.fixture(scope="module")
def tickets() -> pd.DataFrame:
    """Tickets whose customers complain of delivery and of broken mugs more often than others do."""
    draw = np.random.default_rng(5)
    count = 300
    opened = pd.Timestamp("2022-12-15") + pd.to_timedelta(draw.integers(0, 451, count), unit="D")
    closed = opened + pd.to_timedelta(draw.integers(7, 400, count), unit="h")
    category = draw.choice(CATEGORIES, count)
    is_bad = draw.random(count) < np.where(category == "delivery", 0.5, 0.15)
    filler = draw.choice(["please HELP,", "Thanks!", "again?", "the order"], (count, 3))
    csat = np.where(is_bad, draw.integers(1, 3, count), draw.integers(3, 6, count)).astype(float)
    nps = np.where(is_bad, draw.integers(0, 7, count), draw.integers(7, 11, count)).astype(float)
    is_open = (draw.random(count) < 0.1) | (closed > pd.Timestamp(LAST_DAY))
    return pd.DataFrame(
        {
            "ticket_id": [f"t{n}" for n in range(count)],
            "customer_id": [f"c{n}" for n in draw.integers(0, 60, count)],
            "opened_at": opened.strftime("%Y-%m-%dT06:00:00Z"),
            "closed_at": np.where(is_open, "", closed.strftime("%Y-%m-%dT%H:00:00Z")),
            "category": category,
            "status": np.where(is_open, "open", "closed"),
            "body": [
                " ".join(words) + (" Broken-MUG" if bad else "")
                for words, bad in zip(filler, is_bad, strict=True)
            ],
            "csat_score": np.where(draw.random(count) < 0.5, csat, np.nan),
            "nps_score": np.where(draw.random(count) < 0.4, nps, np.nan),
        }
    ).astype({"csat_score": "Int64", "nps_score": "Int64"})


@pytest.fixture(scope="module", params=["postgres", "duckdb"])
def built(
    request: pytest.FixtureRequest,
    open_pipeline: Callable[[str], AbstractContextManager[Pipeline]],
    orders: pd.DataFrame,
    tickets: pd.DataFrame,
) -> Iterator[Pipeline]:
    """Build a shop, a club that asks its members, a company without orders, one with a refund."""
    with open_pipeline(request.param) as pipeline:
        for organization in ("shop", "club", "idle", "sorry"):
            pipeline.add_organization(organization)
        pipeline.deliver("shop", "orders", LAST_DAY, orders.to_csv(index=False))
        pipeline.deliver("shop", "support_tickets", LAST_DAY, tickets.to_csv(index=False))
        deliver_others(pipeline)
        pipeline.load()
        pipeline.dbt("run", "--select", "+customer_metrics", *(f"+{mart}" for mart in MARTS))
        pipeline.dbt("test", "--exclude-resource-type", "unit_test", "--select", *MARTS)
        yield pipeline


def deliver_others(pipeline: Pipeline) -> None:
    pipeline.deliver(
        "club",
        "survey_responses",
        LAST_DAY,
        """response_id,member_id,survey_name,question,response,responded_at
        r1,m1,NPS spring,How likely?,10,2024-02-01T12:00:00Z
        r2,m2,Autumn,Your nps?,8,2024-02-03T12:00:00Z
        r3,m2,Autumn,Your nps?,11,2024-02-03T12:00:00Z
        r4,m2,Autumn,Your nps?,7.5,2024-02-03T12:00:00Z
        r5,m2,Autumn,Your age?,10,2024-02-03T12:00:00Z
        r6,m3,NPS spring,How likely?,never,2024-02-04T12:00:00Z""",
    )
    pipeline.deliver("idle", "accounts", LAST_DAY, "customer_id,customer_name\na1,Acme")
    pipeline.deliver(
        "sorry",
        "orders",
        LAST_DAY,
        "order_id,customer_id,ordered_at,order_revenue,status\n"
        "o1,c1,2024-03-01T12:00:00Z,-20,fulfilled",
    )


@pytest.fixture(scope="module")
def tiers(built: Pipeline) -> pd.DataFrame:
    return shops(built.table("marts.customer_tiers"))


@pytest.fixture(scope="module")
def satisfaction(built: Pipeline) -> pd.DataFrame:
    return shops(built.table("marts.customer_satisfaction"))


def shops(table: pd.DataFrame) -> pd.DataFrame:
    """Return the shop's rows by customer and day, decimals as floats."""
    rows = table[table["organization_id"] == "shop"].copy()
    rows["as_of_date"] = pd.to_datetime(rows["as_of_date"]).astype("datetime64[us]")
    for column in rows.columns:
        if rows[column].map(lambda value: isinstance(value, Decimal)).any():
            rows[column] = rows[column].astype(float)
    return rows.set_index(KEY).sort_index()


def day_of(times: pd.Series) -> pd.Series:
    return pd.to_datetime(times.replace("", None)).dt.tz_localize(None).dt.normalize()


def cutoffs() -> list[pd.Timestamp]:
    ends = pd.date_range("2022-12-31", LAST_DAY, freq="ME")
    return [*ends, pd.Timestamp(LAST_DAY)]


def within_a_year(days: pd.Series, cutoff: pd.Timestamp) -> pd.Series:
    return (days > cutoff - pd.Timedelta(days=365)) & (days <= cutoff)


def fifth(values: pd.Series) -> pd.Series:
    """Return 1 to 5 by the middle of the places that equal values share."""
    places = stats.rankdata(values, method="average") - 0.5
    return pd.Series(1 + np.floor(5 * places / max(len(values), 1)), values.index)


def expected_tiers(orders: pd.DataFrame, known: pd.Index, cutoff: pd.Timestamp) -> pd.DataFrame:
    rows = orders[orders["status"] == "fulfilled"].assign(day=day_of(orders["ordered_at"]))
    rows = rows[rows["day"] <= cutoff]
    bought = rows[rows["order_revenue"] >= 0]
    year = rows[within_a_year(rows["day"], cutoff)].groupby("customer_id")
    purchases = bought[within_a_year(bought["day"], cutoff)].groupby("customer_id")
    frame = pd.DataFrame(index=known)
    frame["recency_days"] = (cutoff - bought.groupby("customer_id")["day"].max()).dt.days
    frame["transactions_365d"] = purchases.size()
    frame["revenue_365d"] = year["order_revenue"].sum().round(2)
    frame["gross_margin_365d"] = year["gross_margin"].sum().round(2)
    frame = frame.fillna({c: 0 for c in frame.columns if c != "recency_days"})
    buyers = frame.dropna(subset="recency_days")
    scores = pd.DataFrame(
        {
            "recency_score": fifth(-buyers["recency_days"]),
            "frequency_score": fifth(buyers["transactions_365d"]),
            "monetary_score": fifth(buyers["revenue_365d"]),
        }
    )
    frame = frame.join(scores)
    frame["buying_days"] = bought.groupby("customer_id")["day"].nunique()
    frame["rfm_class"] = [rfm_class(*row) for row in frame[[*scores, "buying_days"]].to_numpy()]
    revenue, margin = buyers["revenue_365d"], buyers["gross_margin_365d"]
    larger = pd.Series(
        {c: revenue[revenue > amount].clip(0).sum() for c, amount in revenue.items()}
    )
    usual = margin.sum() / revenue.sum()
    for customer, row in frame.iterrows():
        share = larger.get(customer, 0) / revenue.clip(0).sum()
        inactive = row["transactions_365d"] == 0
        volume = "high" if share < 0.8 else "medium" if share < 0.95 else "low"
        frame.loc[customer, "volume_tier"] = "none" if inactive else volume
        times = row["gross_margin_365d"] / row["revenue_365d"] / usual if row["revenue_365d"] else 0
        level = "high" if times >= 1.1 else "low" if times < 0.9 else "medium"
        level = "unprofitable" if row["gross_margin_365d"] <= 0 else level
        frame.loc[customer, "profitability_tier"] = "none" if inactive else level
    return frame.drop(columns="buying_days")


def rfm_class(recency: float, frequency: float, monetary: float, buying_days: float) -> str:
    if np.isnan(recency):
        return "never_bought"
    both = frequency + monetary
    if recency >= 4:
        if buying_days == 1:
            return "new_customer"
        return "champion" if both >= 8 else "loyal" if both == 7 else "potential_loyalist"
    if recency == 3:
        return "loyal" if both >= 7 else "needs_attention" if both >= 5 else "about_to_sleep"
    if recency == 2:
        return "at_risk" if both >= 6 else "hibernating"
    return "cannot_lose" if both >= 8 else "at_risk" if both >= 6 else "lost"


def test_rfm_and_tiers_are_those_worked_out_from_the_orders(
    tiers: pd.DataFrame, orders: pd.DataFrame, tickets: pd.DataFrame
) -> None:
    seen = pd.concat(
        [
            pd.Series(day_of(orders["ordered_at"]).to_numpy(), orders["customer_id"]),
            pd.Series(day_of(tickets["opened_at"]).to_numpy(), tickets["customer_id"]),
        ]
    )
    first = seen.groupby(level=0).min()
    expected = pd.concat(
        {day: expected_tiers(orders, first[first <= day].index, day) for day in cutoffs()}
    ).swaplevel()
    expected.index.names = KEY
    expected = expected.sort_index()
    pd.testing.assert_frame_equal(tiers[expected.columns], expected, check_dtype=False)
    assert set(tiers["rfm_class"]) >= {"never_bought", "champion", "loyal", "lost", "new_customer"}
    assert set(tiers["profitability_tier"]) == {"high", "medium", "low", "unprofitable", "none"}


def expected_dimensions(
    tickets: pd.DataFrame, tiers: pd.DataFrame, cutoff: pd.Timestamp
) -> pd.DataFrame:
    opened, closed = day_of(tickets["opened_at"]), day_of(tickets["closed_at"])
    hours = (
        pd.to_datetime(tickets["closed_at"].replace("", None))
        - pd.to_datetime(tickets["opened_at"])
    ) / pd.Timedelta(hours=1)
    rows = tickets.assign(hours=hours, opened=opened, closed=closed, scored=closed.fillna(opened))
    day = tiers.xs(cutoff, level="as_of_date")

    def by_customer(chosen: pd.Series) -> Any:
        return rows[chosen].groupby("customer_id")

    frame = pd.DataFrame(index=day.index)
    mean_hours = by_customer(within_a_year(closed, cutoff))["hours"].mean()
    frame["service_speed_score"] = 100 * 24 / (24 + mean_hours.clip(lower=0))
    still_open = by_customer((opened <= cutoff) & ~(closed <= cutoff)).size()
    recent = by_customer(within_a_year(opened, cutoff)).size()
    counts = pd.DataFrame({"open": still_open, "recent": recent}).reindex(day.index).fillna(0)
    all_tickets = counts.max(axis=1)
    frame["resolution_score"] = 100 * (1 - counts["open"] / all_tickets.replace(0, np.nan))
    frame["sentiment_score"] = np.nan
    asked = within_a_year(rows["scored"], cutoff)
    csat = by_customer(asked)["csat_score"].mean().astype(float)
    newest = rows[asked & rows["nps_score"].notna()].sort_values(
        ["scored", "nps_score"], ascending=[True, False]
    )
    nps = 10 * newest.groupby("customer_id")["nps_score"].last().astype(float)
    answers = pd.DataFrame({"csat": 25 * (csat - 1), "nps": nps})
    frame["survey_score"] = answers.mean(axis=1)
    frame["loyalty_score"] = 12.5 * (day["recency_score"] + day["frequency_score"] - 2)
    return frame


def test_satisfaction_is_that_worked_out_from_the_tickets(
    satisfaction: pd.DataFrame, tiers: pd.DataFrame, tickets: pd.DataFrame
) -> None:
    weights = pd.Series(
        {
            "service_speed_score": 15,
            "resolution_score": 20,
            "sentiment_score": 20,
            "survey_score": 30,
            "loyalty_score": 15,
        }
    )
    days = {day: expected_dimensions(tickets, tiers, day) for day in cutoffs()}
    for number, (day, now) in enumerate(days.items()):
        given = satisfaction.loc[satisfaction.index.get_level_values("as_of_date") == day]
        given = given.droplevel("as_of_date")
        known = now.notna() @ weights
        expected = now.assign(
            composite_score=(now.fillna(0) @ weights) / known.replace(0, np.nan),
            coverage=known / 100,
        )
        earlier = days[list(days)[number - 6]].reindex(now.index) if number >= 6 else np.nan * now
        change = now - earlier
        compared = change.notna() @ weights
        expected["trend_6_months"] = (change.fillna(0) @ weights) / compared.replace(0, np.nan)
        pd.testing.assert_frame_equal(
            given[expected.columns], expected, check_dtype=False, rtol=1e-9, atol=1e-9
        )
    assert satisfaction["trend_6_months"].notna().any()


@pytest.mark.parametrize(
    ("score", "driver", "direction"),
    [
        ("recency_score", "recency_days", -1),
        ("frequency_score", "transactions_365d", 1),
        ("monetary_score", "revenue_365d", 1),
    ],
)
def test_a_score_never_falls_where_what_it_measures_rises(
    tiers: pd.DataFrame, score: str, driver: str, direction: int
) -> None:
    for _, day in tiers.dropna(subset=score).groupby(level="as_of_date"):
        ordered = day.sort_values(driver, ascending=direction > 0)
        assert ordered[score].is_monotonic_increasing


@pytest.mark.parametrize(
    ("dimension", "measured"),
    [
        ("service_speed", "-ticket_hours_to_close_365d"),
        ("resolution", "1 - tickets_open / tickets"),
        ("survey", "csat_mean_365d"),
        ("loyalty", "recency_score + frequency_score"),
    ],
)
def test_a_dimension_never_falls_where_what_it_measures_rises(
    built: Pipeline,
    satisfaction: pd.DataFrame,
    tiers: pd.DataFrame,
    dimension: str,
    measured: str,
) -> None:
    features = built.table("features.customer_features").rename(columns={"cutoff": "as_of_date"})
    known = shops(features)
    known["tickets"] = known[["tickets_365d", "tickets_open"]].max(axis=1).replace(0, np.nan)
    known = known.join(tiers[["recency_score", "frequency_score"]])
    scores = pd.DataFrame(
        {"score": satisfaction[f"{dimension}_score"], "measured": known.eval(measured)}
    )
    if dimension == "survey":
        # with an answer about recommending, the score is the mean of both
        scores = scores[known["nps_last"].isna()]
    ordered = scores.dropna().sort_values(["measured", "score"])
    assert ordered["score"].nunique() > 3
    assert ordered["score"].round(9).is_monotonic_increasing


def test_the_composite_lies_between_the_dimensions(satisfaction: pd.DataFrame) -> None:
    rows = satisfaction.dropna(subset="composite_score")
    dimensions = rows.filter(like="_score").drop(columns="composite_score").astype(float)
    assert (rows["composite_score"] >= dimensions.min(axis=1) - 1e-9).all()
    assert (rows["composite_score"] <= dimensions.max(axis=1) + 1e-9).all()


def test_the_nps_interval_holds_all_scores_that_the_answers_do_not_refute(built: Pipeline) -> None:
    months = built.table("marts.nps_monthly")
    assert len(months) > 50
    z = stats.norm.ppf(0.975)
    for _, month in months.iterrows():
        count = int(month.response_count)
        score = (month.promoter_count - month.detractor_count) / count
        spread = (month.promoter_count + month.detractor_count + 1) / (count + 1)
        bounds = np.roots([1 + z**2 / count, -2 * score, score**2 - spread * z**2 / count])
        given = [month.nps_lower, month.nps, month.nps_upper]
        assert given == pytest.approx([100 * min(bounds), 100 * score, 100 * max(bounds)], abs=1e-6)
        assert -100 <= month.nps_lower <= month.nps <= month.nps_upper <= 100
        if month.passive_count == 0:
            wilson = stats.binomtest(int(month.promoter_count), count).proportion_ci(
                method="wilson"
            )
            assert month.nps_lower == pytest.approx(200 * wilson.low - 100, abs=1e-9)


def test_nps_answers_are_whole_numbers_to_questions_about_nps(built: Pipeline) -> None:
    assert built.rows(
        "select as_of_date, response_count, promoter_count, passive_count from marts.nps_monthly "
        "where organization_id = 'club' and segment_type = 'overall'"
    ) == [(date(2024, 2, 29), 2, 1, 1)]


def test_nps_by_month_counts_every_rated_ticket_once(
    built: Pipeline, tickets: pd.DataFrame
) -> None:
    rated = tickets.dropna(subset="nps_score")
    day = day_of(rated["closed_at"]).fillna(day_of(rated["opened_at"]))
    rated = rated.assign(month=day.dt.to_period("M"), sign=0)
    rated["sign"] = (rated["nps_score"] >= 9).astype(int) - (rated["nps_score"] <= 6).astype(int)
    expected = rated.groupby("month")["sign"].mean() * 100
    given = built.table("marts.nps_monthly").query(
        "organization_id == 'shop' and segment_type == 'overall'"
    )
    months = pd.to_datetime(given["as_of_date"]).dt.to_period("M")
    assert dict(zip(months, given["nps"], strict=True)) == pytest.approx(expected.to_dict())
    by_class = built.rows(
        "select sum(response_count) as answers from marts.nps_monthly "
        "where organization_id = 'shop' and segment_type = 'rfm_class'"
    )
    assert by_class == [(len(rated),)]


def test_causes_are_over_represented_by_fishers_test(
    built: Pipeline, tickets: pd.DataFrame
) -> None:
    opened = day_of(tickets["opened_at"])
    rated = tickets[
        within_a_year(opened, pd.Timestamp(LAST_DAY))
        & (tickets["csat_score"].notna() | tickets["nps_score"].notna())
    ]
    is_bad = rated["csat_score"].le(2).fillna(False) | rated["nps_score"].le(6).fillna(False)
    unhappy = is_bad.groupby(rated["customer_id"]).transform("max")
    rated = rated[is_bad == unhappy].assign(is_unhappy=is_bad)
    sides = rated.groupby("customer_id")["is_unhappy"].first()
    words = rated["body"].str.lower().str.findall("[a-z]{4,}")
    for mentions, kind in [(rated["category"], "category"), (words, "keyword")]:
        told = rated.assign(cause=mentions).explode("cause")[["customer_id", "cause"]].dropna()
        table = pd.crosstab(told["customer_id"], told["cause"]).clip(upper=1).reindex(sides.index)
        support, others = table[sides].sum(), table[~sides].sum()
        counts = pd.DataFrame({"support": support, "others_support": others}).query("support >= 5")
        counts["p_value"] = [
            stats.fisher_exact(
                [[a, sides.sum() - a], [b, (~sides).sum() - b]], alternative="two-sided"
            ).pvalue
            for a, b in counts[["support", "others_support"]].to_numpy()
        ]
        counts["adjusted_p_value"] = stats.false_discovery_control(counts["p_value"])
        over = counts["support"] / sides.sum() > counts["others_support"] / (~sides).sum()
        counts["lift"] = (counts["support"] + 0.5) * ((~sides).sum() + 1)
        counts["lift"] /= (counts["others_support"] + 0.5) * (sides.sum() + 1)
        causes = built.table("marts.dissatisfaction_causes")
        given = causes[causes["cause_type"] == kind].set_index("cause").sort_index()
        assert len(given)
        pd.testing.assert_frame_equal(
            given[counts.columns], counts[over], check_names=False, check_dtype=False, rtol=1e-9
        )
    assert {"broken"} <= set(given.index[given["adjusted_p_value"] < 0.05])


def test_organizations_of_which_little_is_known_have_rows_that_make_sense(built: Pipeline) -> None:
    assert built.rows(
        "select organization_id, customer_id, rfm_class, volume_tier, profitability_tier, revenue_365d "
        "from marts.customer_tiers where organization_id in ('idle', 'sorry') and is_current order by 1"
    ) == [
        ("idle", "a1", "never_bought", "none", "none", 0),
        ("sorry", "c1", "never_bought", "none", "none", -20),
    ]
    assert built.rows(
        "select organization_id, composite_score, coverage from marts.customer_satisfaction "
        "where organization_id in ('idle', 'sorry') and is_current order by 1"
    ) == [("idle", None, 0), ("sorry", None, 0)]
    assert built.rows(
        "select member_count, average_gross_margin, revenue_share_percent from marts.segment_summary "
        "where organization_id = 'sorry' and segment_id = 'never_bought' and is_current"
    ) == [(1, -20, None)]


def test_every_customer_and_all_revenue_are_in_the_summary_of_each_rule(
    built: Pipeline, tiers: pd.DataFrame
) -> None:
    summary = shops(built.table("marts.segment_summary").assign(customer_id=""))
    for rule in ("rfm_class", "volume_tier", "profitability_tier"):
        members = tiers.groupby(["as_of_date", rule])
        given = summary[summary["segment_type"] == rule].reset_index()
        given = given.set_index(["as_of_date", "segment_id"]).sort_index()
        expected = members["total_gross_margin"].mean()
        filled = given[given["member_count"] > 0]
        assert dict(filled["average_gross_margin"]) == pytest.approx(dict(expected), abs=0.0051)
        assert dict(filled["member_count"]) == dict(members.size())
