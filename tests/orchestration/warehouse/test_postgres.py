"""What only Postgres has: numerics without a scale, locks, versions."""

import re
import threading
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import Warehouse, WarehouseError, open_warehouse
from orchestration.warehouse.postgres import masked, require_supported


def test_a_numeric_without_a_scale_keeps_every_digit(postgres: Warehouse) -> None:
    with postgres.session() as session:
        numbers = session.query("select v from (values (1.5), (-0.12345), (null)) as t(v)")
    assert numbers.schema.types == [pa.decimal128(38, 5)]
    assert numbers["v"].to_pylist() == [Decimal("1.50000"), Decimal("-0.12345"), None]


@pytest.mark.parametrize("number", ["'NaN'::numeric", "1e40::numeric"])
def test_a_numeric_that_is_no_decimal_is_refused(postgres: Warehouse, number: str) -> None:
    with pytest.raises(WarehouseError, match="Column 'v'"), postgres.session() as session:
        session.query(f"select {number} as v")


def test_ingesting_into_a_numeric_without_a_scale_rounds_nothing(postgres: Warehouse) -> None:
    with postgres.session() as session:
        session.create_schema("raw")
        session.execute("create table raw.numbers (v numeric)")
        session.ingest("raw", "numbers", pa.table({"v": [Decimal("0.123")]}))
        assert session.query("select v from raw.numbers")["v"].to_pylist() == [Decimal("0.123")]


def test_rows_that_statistics_know_nothing_of_are_joined_by_nested_loops_unless_in_bulk(
    postgres: Warehouse,
) -> None:
    with postgres.session() as session:
        session.create_schema("raw")
        session.execute(
            "create table raw.lines as select 1 as load_id, line from generate_series(1, 1000) line"
        )
        session.analyze("raw", "lines")
        session.execute("insert into raw.lines select 2, line from raw.lines")
        session.execute(
            "create function raw.plan() returns text language plpgsql as "
            "$$ declare plan text; begin execute 'explain (format json) "
            "select * from raw.lines a join raw.lines b on a.line = b.line "
            "where a.load_id = 2 and b.load_id = 2' into plan; return plan; end $$"
        )
        assert "Nested Loop" in session.query("select raw.plan() as plan")["plan"][0].as_py()
        session.join_in_bulk()
        assert "Hash Join" in session.query("select raw.plan() as plan")["plan"][0].as_py()


def test_a_lock_keeps_the_second_session_waiting(postgres: Warehouse) -> None:
    order: list[str] = []

    def second() -> None:
        with postgres.session() as session:
            session.lock("daily load")
            order.append("second")

    with postgres.session() as session:
        session.lock("daily load")
        waiting = threading.Thread(target=second)
        waiting.start()
        while not session.query("select 1 from pg_locks where not granted").num_rows:
            pass
        order.append("first")
    waiting.join(timeout=10)
    assert order == ["first", "second"]


def test_rows_are_found_by_the_index(postgres: Warehouse) -> None:
    with postgres.session() as session:
        session.create_schema("raw")
        session.create_table("raw", "days", pa.schema({"organization_id": pa.string()}))
        session.create_index("raw", "days", ["organization_id"])
        session.create_index("raw", "days", ["organization_id"])
        session.execute("set local enable_seqscan = off")
        plan = session.query("explain delete from raw.days where organization_id = $1", ("a",))
    assert "Bitmap Index Scan on index_days_organization_id" in str(plan.to_pylist())


def test_servers_before_15_are_refused() -> None:
    require_supported(15_00_00, "postgresql://host/db")
    with pytest.raises(WarehouseError, match="is Postgres 14; the pipeline needs 15"):
        require_supported(14_00_12, "postgresql://host/db")


def test_dbt_connects_with_the_options_of_the_url(postgres_url: str, tmp_path: Path) -> None:
    options = "?sslmode=disable&target_session_attrs=read-write"
    environment = open_warehouse(postgres_url + options, tmp_path).dbt_environment()
    assert environment["PGSSLMODE"] == "disable"
    assert environment["PGTARGETSESSIONATTRS"] == "read-write"
    assert environment["DBT_POSTGRES_DATABASE"] == postgres_url.rpartition("/")[2]


@pytest.mark.parametrize(
    "url",
    ["postgresql://me:se@cret@host/db", "postgresql://me@host/db?password=se@cret&sslmode=require"],
)
def test_passwords_are_masked_wherever_they_stand(url: str) -> None:
    assert "cret" not in masked(url)
    assert "***" in masked(url)
    assert "host/db" in masked(url)


def test_dbt_gets_every_variable_that_its_profile_reads(
    postgres: Warehouse, duckdb: Warehouse
) -> None:
    profile = yaml.safe_load((PROJECT_ROOT / "dbt_project" / "profiles.yml").read_text())
    outputs = profile["customer_intelligence"]["outputs"]
    for warehouse in (postgres, duckdb):
        environment = warehouse.dbt_environment()
        read = set(re.findall(r"env_var\('(\w+)'", str(outputs[warehouse.engine])))
        assert read <= environment.keys()
        assert environment["DBT_TARGET"] == warehouse.engine
