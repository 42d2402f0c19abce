"""The least that a bare engine does for the same result: read the files, make the tables."""

import time
from collections.abc import Iterable
from datetime import date
from math import isclose
from pathlib import Path
from string import Template

import duckdb
import psycopg2

from orchestration.warehouse import Warehouse

_COLUMNS = {
    "order_id": "text",
    "customer_id": "text",
    "ordered_at": "timestamptz",
    "order_revenue": "numeric(18, 2)",
    "gross_margin": "numeric(18, 2)",
    "currency": "text",
    "status": "text",
}
_DDL = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())

_STATEMENTS = Path(__file__).with_name("sql")

# Tables in the order in which they are made, by room, with the indexes that they have on Postgres.
# They hold the columns about which orders alone tell something; rhythms stand between.
_TABLES = {
    "star/fct_orders": ["order_id", "customer_id, ordered_date"],
    "star/fct_customer_day": ["customer_id, ordered_date", "ordered_date"],
    "features/customer_features": ["customer_id, cutoff", "cutoff"],
    "customers/customer_metrics": ["customer_id"],
    "customers/top20_summary": [],
    "customers/customer_value_monthly": ["customer_id, month_start"],
    "customers/customer_tiers": ["customer_id, as_of_date", "as_of_date"],
    "engagement/rhythms": ["customer_id, cutoff"],
    "engagement/customer_activity": ["customer_id, month_start"],
    "engagement/customer_named_segments": ["customer_id, segment_id, assigned_date"],
    "engagement/segment_timeline": ["segment_id, calendar_date"],
    "engagement/dormant_spells": ["customer_id, last_transaction_date"],
    "engagement/dormant_accounts": ["customer_id"],
    "engagement/reactivations": ["customer_id, returned_date"],
    "engagement/organization_summary": [],
    "customers/segment_summary": ["as_of_date"],
    "satisfaction/customer_satisfaction": ["customer_id, as_of_date", "as_of_date"],
    "prospects/icp_traits": [],
}
_OURS_ALONE = {"rhythms"}
_TOLERANCE = 1e-4  # some amounts are rounded in one of two tables


def read(warehouse: Warehouse, files: list[Path]) -> None:
    """Read the files with the engine's own command into a table of the right types."""
    with warehouse.session() as session:
        session.execute("create schema by_hand")
        session.execute(f"create table by_hand.orders ({_DDL})")
    if warehouse.engine == "postgres":
        _copy(warehouse.url, files)
        return
    listed = ", ".join(f"'{file}'" for file in files)
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS.items())
    with duckdb.connect(warehouse.url.removeprefix("duckdb:///")) as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute(
            f"insert into by_hand.orders from read_csv([{listed}], header = true, "
            f"hive_partitioning = false, columns = {{{columns}}})"
        )


def _copy(url: str, files: list[Path]) -> None:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        for file in files:
            with file.open() as text:
                cursor.copy_expert("copy by_hand.orders from stdin (format csv, header)", text)
    connection.close()


def aggregate(warehouse: Warehouse) -> None:
    """Answer the first question over the rows just read: what each customer brought."""
    with warehouse.session() as session:
        session.execute(
            "create table by_hand.revenue as select customer_id, sum(order_revenue) as revenue "
            "from by_hand.orders where status <> 'cancelled' group by customer_id"
        )


def make_tables(warehouse: Warehouse, first_day: date, as_of: date) -> dict[str, float]:
    """Make the tables of star, features and marts, one plain statement each.

    Returns
    -------
    seconds by room
    """
    seconds: dict[str, float] = {}
    for path, indexes in _TABLES.items():
        room, table = path.split("/")
        statement = Template((_STATEMENTS / f"{path}.sql").read_text())
        sql = statement.substitute(first_day=first_day.replace(day=1), as_of=as_of)
        started = time.perf_counter()
        _make_table(warehouse, table, sql, indexes)
        seconds[room] = seconds.get(room, 0) + time.perf_counter() - started
    return seconds


def make_room(warehouse: Warehouse, room: str, tables: Iterable[str]) -> float:
    """Make the tables of one room, a plain statement each; return the seconds."""
    with warehouse.session() as session:
        session.create_schema("by_hand")
    started = time.perf_counter()
    for table in tables:
        _make_table(warehouse, table, (_STATEMENTS / room / f"{table}.sql").read_text())
    return time.perf_counter() - started


def _make_table(warehouse: Warehouse, table: str, sql: str, indexes: Iterable[str] = ()) -> None:
    if warehouse.engine == "postgres":
        with warehouse.session() as session:
            session.execute(f"create table by_hand.{table} as {sql}")
            for columns in indexes:
                session.execute(f"create index on by_hand.{table} ({columns})")
            session.execute(f"analyze by_hand.{table}")
        return
    # A connection of its own, as dbt has: the warehouse's sessions are held to little memory.
    with duckdb.connect(warehouse.url.removeprefix("duckdb:///")) as connection:
        connection.execute("set preserve_insertion_order = false")
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"create table by_hand.{table} as {sql}")


def compare(warehouse: Warehouse) -> None:
    """Hold the pipeline's tables against those made by hand.

    Raises
    ------
    RuntimeError
        where a number that both have adds up to something else
    """
    differing = []
    for path in _TABLES:
        room, table = path.split("/")
        if table in _OURS_ALONE:
            continue
        schema = room if room in {"star", "features"} else "marts"
        ours, theirs = _sums(warehouse, "by_hand", table), _sums(warehouse, schema, table)
        differing += [
            f"{table}.{column}: {ours[column]} by hand, {theirs[column]} in {schema}"
            for column in ours.keys() & theirs.keys()
            if not isclose(ours[column], theirs[column], rel_tol=_TOLERANCE)
        ]
    if differing:
        raise RuntimeError("not the same tables: " + "; ".join(sorted(differing)))


def _sums(warehouse: Warehouse, schema: str, table: str) -> dict[str, float]:
    with warehouse.session() as session:
        kinds = session.query(
            "select column_name, lower(data_type) as data_type from information_schema.columns "
            f"where table_schema = '{schema}' and table_name = '{table}'"
        ).to_pylist()
        measured = [
            f"sum(case when {row['column_name']} then 1 else 0 end) as {row['column_name']}"
            if row["data_type"] == "boolean"
            else f"sum({row['column_name']}) as {row['column_name']}"
            for row in kinds
            if row["data_type"].startswith(
                ("boolean", "numeric", "decimal", "double", "big", "int", "huge")
            )
            and "interval" not in row["data_type"]
        ]
        (row,) = session.query(f"select {', '.join(measured)} from {schema}.{table}").to_pylist()
    return {column: float(amount or 0) for column, amount in row.items()}
