"""Point-in-time features: what they are, and that they know nothing of what came later."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import pytest

from tests.dbt_project.conftest import Pipelines
from tests.dbt_project.feature_history import DELIVERIES, History, deliver, draw
from tests.dbt_project.feature_reference import features
from tests.dbt_project.pipeline import Pipeline

KEY = ["organization_id", "customer_type", "customer_id", "cutoff"]


@pytest.fixture(scope="module")
def history() -> History:
    return draw()


FEATURES = ["--select", "+customer_features"]
DAYS = sorted(set(DELIVERIES))


@dataclass
class Built:
    """A pipeline that was brought up to date time and again, and what it gave as of some days."""

    pipeline: Pipeline
    gave: dict[date, pd.DataFrame]


@pytest.fixture(scope="module")
def built(engine: str, pipelines: Pipelines, history: History) -> Iterator[Built]:
    """Features that follow days in and out of their turn, a corrected file and a run that dies.

    On Postgres fewer runs take in the same days.
    """
    with pipelines.empty(engine) as pipeline:
        deliver(pipeline, history)
        deliver_beginners(pipeline)
        gave = {}

        def take_in(*days: date) -> None:
            for day in days:
                pipeline.load(str(day), str(day))
            pipeline.dbt("run", *FEATURES)

        def note() -> None:
            ((as_of,),) = pipeline.rows("select max(as_of_date) as day from staging.as_of_dates")
            gave[as_of] = by_key(pipeline)

        first, second, third, skipped, fifth, *others, last_but_one, last = DAYS
        with wrong_file(pipeline, second):
            take_in(first, second)
        if engine == "duckdb":
            take_in(second)
            note()
            take_in(third)
            note()
            take_in(fifth)
            take_in(skipped)
            note()
            take_in(*others)
            note()
        else:
            take_in(second, third, fifth)
            for day in [skipped, *others]:
                pipeline.load(str(day), str(day))
        pipeline.load(str(last_but_one), str(last_but_one))
        # dies before the features are written, and is run again
        pipeline.dbt("run", *FEATURES, "--exclude", "customer_features")
        take_in()
        note()
        pipeline.load(str(last), str(last))
        tested = ["--indirect-selection", "cautious", "--exclude-resource-type", "unit_test"]
        pipeline.dbt("build", "--select", "+customer_features", "+customer_metrics", *tested)
        yield Built(pipeline, gave)


@contextmanager
def wrong_file(pipeline: Pipeline, day: date) -> Iterator[None]:
    """Let a day's bookings lack rows, have others wrong and some too many, until they come again."""
    path = pipeline.landing / "club" / "bookings" / f"bookings_{day}.csv"
    text = path.read_text()
    header, *rows = text.splitlines()
    wrong = [row.replace("attended", "cancelled") for row in rows[::2]]
    too_many = [f"wrong{n},m{n},2022-1{n}-05T10:00:00Z,{n},attended,golf" for n in range(3)]
    path.write_text("\n".join([header, *wrong, *too_many]) + "\n")
    yield
    path.write_text(text)


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
    built: Built, history: History, organization: str
) -> None:
    table = by_key(built.pipeline)
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


def test_a_customer_without_a_sale_and_one_with_refunds_alone_have_rows(built: Built) -> None:
    assert built.pipeline.rows(
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


def test_a_backfilled_day_is_what_a_run_on_that_day_gave(built: Built, history: History) -> None:
    """Whatever came later (cancellations, moved and handed over bookings, late rows) is not in it."""
    newest = by_key(built.pipeline)
    days = sorted(built.gave)
    all_exports_came = max(frame["export_date"].min() for frame in vars(history).values())
    # back, further back, and forward again from there
    for day in [*days[2:3], *days[:2], *days[3:]]:
        built.pipeline.dbt("run", *FEATURES, as_of=str(day))
        then = by_key(built.pipeline)
        pd.testing.assert_frame_equal(then, built.gave[day], check_exact=True)
        # a past month end stays, but for the history that an export's first file brings
        if (day + timedelta(days=1)).day == 1 and day >= all_exports_came:
            at_cutoff = [
                frame[(frame["cutoff"] == day) & frame["organization_id"].isin(["club", "shop"])]
                .drop(columns="is_current")
                .reset_index(drop=True)
                for frame in (then, newest)
            ]
            assert len(at_cutoff[0]) > 15
            pd.testing.assert_frame_equal(at_cutoff[0], at_cutoff[1], check_exact=True)
    built.pipeline.dbt("run", *FEATURES)
    pd.testing.assert_frame_equal(by_key(built.pipeline), newest, check_exact=True)
