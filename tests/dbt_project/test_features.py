"""Point-in-time features: what they are, and that they know nothing of what came later."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date

import pandas as pd
import pytest

from tests.dbt_project.feature_history import DELIVERIES, History, deliver, draw
from tests.dbt_project.feature_reference import features
from tests.dbt_project.pipeline import Pipeline

KEY = ["organization_id", "customer_type", "customer_id", "cutoff"]


@pytest.fixture(scope="module")
def history() -> History:
    return draw()


@pytest.fixture(scope="module", params=["postgres", "duckdb"])
def built(
    request: pytest.FixtureRequest,
    open_pipeline: Callable[[str], AbstractContextManager[Pipeline]],
    history: History,
) -> Iterator[Pipeline]:
    with open_pipeline(request.param) as pipeline:
        deliver(pipeline, history)
        deliver_beginners(pipeline)
        for day in sorted(set(DELIVERIES)):
            pipeline.load(str(day), str(day))
        tested = ["--indirect-selection", "cautious", "--exclude-resource-type", "unit_test"]
        pipeline.dbt("build", "--select", "+customer_features", "+customer_metrics", *tested)
        yield pipeline


def deliver_beginners(pipeline: Pipeline) -> None:
    """One customer who never bought, and one whose only order is a refund."""
    pipeline.add_organization("new_club")
    pipeline.add_organization("new_shop")
    pipeline.deliver(
        "new_club",
        "members",
        "2024-02-29",
        "member_id,name,join_date,status\n1,Ann,2023-01-01,active",
    )
    pipeline.deliver(
        "new_shop",
        "orders",
        "2024-03-20",
        """order_id,customer_id,ordered_at,order_revenue,status
        o1,1,2024-01-30T10:00:00Z,-5,fulfilled
        o2,,2024-01-30T10:00:00Z,5,fulfilled""",
    )


def by_key(pipeline: Pipeline) -> pd.DataFrame:
    return pipeline.table("features.customer_features").sort_values(KEY, ignore_index=True)


@pytest.mark.parametrize("organization", ["club", "shop"])
def test_every_feature_is_what_raw_versions_say(
    built: Pipeline, history: History, organization: str
) -> None:
    table = by_key(built)
    table = table[table["organization_id"] == organization]
    expected = features(history, organization)
    assert list(zip(table["customer_id"], table["cutoff"], strict=True)) == list(
        zip(expected["customer_id"], expected["cutoff"], strict=True)
    )
    for column in expected:
        differs = [
            (row.customer_id, row.cutoff, a, b)
            for row, a, b in zip(
                expected.itertuples(), table[column], expected[column], strict=True
            )
            if not same(a, b)
        ]
        assert not differs, f"{column}: {len(differs)} differ, such as {differs[:3]}"


def same(a: object, b: object) -> bool:
    if pd.isna(a) or pd.isna(b):
        return bool(pd.isna(a) and pd.isna(b))
    return a == (pytest.approx(b, rel=1e-9) if isinstance(b, float) else b)


def test_a_customer_without_a_sale_and_one_with_refunds_alone_have_rows(built: Pipeline) -> None:
    assert built.rows(
        "select organization_id, customer_id, cutoff, is_month_end, is_current, total_revenue, returns_365d, "
        "return_rate_365d, recency_days, gap_median_days, revenue_trend_90d, weekend_share, status "
        "from features.customer_features where organization_id in ('new_club', 'new_shop') order by 1, 2, 3"
    ) == [
        (
            "new_club",
            "1",
            date(2024, 2, 29),
            True,
            True,
            0,
            0,
            None,
            None,
            None,
            None,
            None,
            "active",
        ),
        ("new_shop", "1", date(2024, 1, 31), True, False, -5, 1, 1, None, None, None, None, None),
        ("new_shop", "1", date(2024, 2, 29), True, False, -5, 1, 1, None, None, None, None, None),
        ("new_shop", "1", date(2024, 3, 20), False, True, -5, 1, 1, None, None, None, None, None),
    ]


def test_a_past_cutoff_is_what_a_build_of_that_day_gave(built: Pipeline) -> None:
    """Whatever came later (cancellations, moved and handed over bookings, late rows) is not in it."""
    day = date(2023, 8, 31)
    newest = by_key(built)
    built.dbt("run", "--select", "+customer_features", "--vars", f"{{as_of: '{day}'}}")
    then = by_key(built)
    at_cutoff = [
        frame[frame["cutoff"] == day].drop(columns="is_current").reset_index(drop=True)
        for frame in (then, newest)
    ]
    assert len(then) > len(at_cutoff[0]) > 15
    pd.testing.assert_frame_equal(*at_cutoff, check_exact=True)
