"""The retailer's and the CD shop's marts against queries of our own over the raw files."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ml.churn import train_churn
from ml.registry import Registry
from orchestration.scoring.churn import CHURN, FEATURES, PURCHASES
from orchestration.scoring.churn_card import training_of
from orchestration.scoring.frames import read_frame
from orchestration.settings import PROJECT_ROOT
from tests.dbt_project.pipeline import Pipeline


@pytest.fixture(scope="module")
def retailers(
    engine: str,
    open_pipeline: Callable[[str], AbstractContextManager[Pipeline]],
    shared_data: Path,
) -> Iterator[Pipeline]:
    with open_pipeline(engine) as pipeline:
        pipeline.landing.symlink_to(shared_data / "landing")
        pipeline.organizations.symlink_to(PROJECT_ROOT / "organizations" / "examples")
        pipeline.load()
        pipeline.build()
        yield pipeline


def test_every_line_order_and_customer_is_there_to_the_penny(
    retailers: Pipeline, shared_data: Path
) -> None:
    lines = f"read_csv('{shared_data}/landing/uk_retailer/order_lines/*.csv', all_varchar = true)"
    by_customer = duckdb.sql(
        f"""select cast(cast("CustomerID" as double) as bigint)::varchar,
        sum(round(cast("Quantity" as decimal(18, 4)) * cast("UnitPrice" as decimal(18, 6)), 2))
        from {lines} where "CustomerID" is not null group by 1 order by 1"""
    ).fetchall()
    revenue = "select customer_id, total_revenue from marts.customer_metrics where organization_id = '{}' order by 1"
    assert sorted(retailers.rows(revenue.format("uk_retailer"))) == sorted(by_customer)
    assert len(by_customer) == 4372
    assert sum(amount for _, amount in by_customer) == Decimal("8300065.81")
    assert retailers.rows(
        "select count(*) as lines, sum(revenue) as revenue from star.fct_order_lines where organization_id = 'uk_retailer'"
    ) == [(541_909, Decimal("9747747.93"))]
    assert retailers.rows(
        "select count(*) as orders, count(distinct customer_id) as customers, sum(revenue) as revenue "
        "from star.fct_orders where organization_id = 'cdnow'"
    ) == [(69_659, 23_570, Decimal("2500315.63"))]
    cds = f"read_csv('{shared_data}/landing/cdnow/orders/*.txt', header = false, skip = 1, columns = {{'line': 'varchar'}}, delim = '\\t')"
    fields = "string_split_regex(trim(line, ' \\r'), '\\s+')"
    by_buyer = duckdb.sql(
        f"select {fields}[1], sum(cast({fields}[4] as decimal(18, 2)))::decimal(18, 2) from {cds} group by 1"
    ).fetchall()
    assert sorted(retailers.rows(revenue.format("cdnow"))) == sorted(by_buyer)


def test_every_row_read_is_loaded_quarantined_or_skipped(retailers: Pipeline) -> None:
    assert retailers.rows(
        "select sum(rows_read) as read, sum(rows_loaded + rows_quarantined + rows_skipped) as kept "
        "from ops.file_loads where status = 'loaded'"
    ) == [(611_568, 611_568)]


def test_the_top_20_percent_are_the_first_fifth_by_margin(retailers: Pipeline) -> None:
    margins = sorted(
        (
            (-margin, customer)
            for customer, margin in retailers.rows(
                "select customer_id, total_revenue from marts.customer_metrics where organization_id = 'uk_retailer'"
            )
            if margin > 0
        )
    )
    fifth = -(-len(margins) // 5)
    best = retailers.rows(
        "select customer_id from marts.customer_metrics where organization_id = 'uk_retailer' and is_top_20"
    )
    assert {customer for (customer,) in best} == {customer for _, customer in margins[:fifth]}


def test_a_second_churn_version_is_held_against_the_first_on_time_that_neither_has_seen(
    retailers: Pipeline,
) -> None:
    if retailers.engine == "postgres":
        pytest.skip("What models read is the same on both engines.")
    trained, today = date(2011, 6, 30), date(2011, 12, 9)
    with retailers.warehouse.session() as session:
        days = read_frame(session, PURCHASES, "uk_retailer", where="order_count > 0")
        features = read_frame(session, FEATURES, "uk_retailer", where="is_month_end")
    known = features[features["cutoff"] <= trained]
    before = days[days["transaction_date"] <= trained]
    training = train_churn(known, before, as_of=trained)
    registry = Registry(retailers.folder / "registry")
    first = registry.add("uk_retailer", "churn", training_of(training, known, trained))
    registry.promote("uk_retailer", "churn", first, as_of=trained, reason="the first version")

    outcome = CHURN.score(retailers.warehouse, registry, "uk_retailer", today, False)

    decision = registry.decisions("uk_retailer", "churn")[-1]
    assert decision.as_of == today
    assert decision.version != first
    assert outcome.runs[0].reason.startswith("trained 162 days ago; log_loss of the challenger")
    assert {run.model_version for run in outcome.runs} >= {decision.champion}
    assert 0.2 < outcome.tables["churn_scores"]["churn_probability"].mean() < 0.7
