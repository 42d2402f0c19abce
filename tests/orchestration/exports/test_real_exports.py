"""The real exports load whole, to the row and to the penny.

What stands on Postgres is counted where dbt builds its models on them.
"""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.loading.results import IngestResult
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.organizations import write_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import Warehouse


def load(warehouse: Warehouse, shared: Path, export: str) -> IngestResult:
    organizations = load_organizations(PROJECT_ROOT / "organizations" / "examples")
    prepare(warehouse)
    write_organizations(warehouse, organizations)
    contract = load_contracts()[export]
    days = date(1990, 1, 1), date(2020, 1, 1)
    return ingest(warehouse, Landing(str(shared / "landing")), organizations, contract, *days)


def test_the_uk_retailer_loads_to_the_penny(duckdb: Warehouse, shared_data: Path) -> None:
    result = load(duckdb, shared_data, "order_lines")
    assert (len(result.files), result.rows_read, result.rows_loaded) == (305, 541_909, 541_909)
    with duckdb.session() as session:
        [totals] = session.query(
            "select count(*) as lines, round(sum(quantity * unit_price), 2) as revenue, "
            "count(distinct customer_id) as customers, count(distinct _file) as files, "
            "round(sum(case when customer_id is not null then quantity * unit_price end), 2) as known, "
            "count(distinct (order_id, line_number, _export_date)) as keys from raw.order_lines"
        ).to_pylist()
        [not_products] = session.query(
            "select count(*) as lines from raw.order_lines l join raw.organizations o "
            "on l.organization_id = o.organization_id "
            "where product_id in ('POST', 'm', 'gift_0001_30')"
        ).to_pylist()
    assert totals == {
        "lines": 541_909,
        "revenue": Decimal("9747747.93"),
        "customers": 4_372,
        "files": 305,
        "known": Decimal("8300065.81"),
        "keys": 541_909,
    }
    assert not_products["lines"] == 1_256 + 1 + 8
    assert result.duplicate_lines == 5_268


def test_cdnow_loads_to_the_cent(duckdb: Warehouse, shared_data: Path) -> None:
    result = load(duckdb, shared_data, "orders")
    assert (result.rows_read, result.rows_loaded) == (69_659, 69_659)
    with duckdb.session() as session:
        [totals] = session.query(
            "select count(distinct order_id) as orders, count(distinct customer_id) as customers, "
            "sum(order_revenue) as revenue from raw.orders"
        ).to_pylist()
    assert totals == {"orders": 69_659, "customers": 23_570, "revenue": Decimal("2500315.63")}


@pytest.mark.parametrize("product", ["POST", "BANK CHARGES", "gift_0001_20", "m"])
def test_what_is_no_product_matches_the_retailers_pattern(product: str) -> None:
    organizations = load_organizations(PROJECT_ROOT / "organizations" / "examples")
    [retailer] = [one for one in organizations if one.organization_id == "uk_retailer"]
    assert re.fullmatch(retailer.non_product_ids or "", product)
    assert not re.fullmatch(retailer.non_product_ids or "", "DCGSSBOY")
