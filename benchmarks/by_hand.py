"""The least that a bare engine does for the same result: read the files, make the tables."""

from pathlib import Path

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

# Each statement makes what the model of that name makes, with the index that it has on Postgres.
_TABLES = {
    "fct_orders": """
        select *, cast(timezone('UTC', ordered_at) as date) as ordered_date,
            status = 'cancelled' as is_cancelled
        from (
            select *, row_number() over (partition by order_id order by ordered_at desc) as version
            from by_hand.orders
        ) as versions
        where version = 1""",
    "fct_customer_day": """
        select customer_id, ordered_date, count(*) as transaction_count,
            count(case when not is_cancelled then 1 end) as order_count,
            sum(case when not is_cancelled then order_revenue else 0 end) as revenue,
            sum(case when not is_cancelled then gross_margin else 0 end) as gross_margin
        from by_hand.fct_orders
        group by customer_id, ordered_date""",
    "customer_lifetime": """
        select customer_id, sum(order_count) as order_count, sum(revenue) as total_revenue,
            sum(gross_margin) as total_gross_margin,
            min(case when order_count > 0 then ordered_date end) as first_order_date,
            max(case when order_count > 0 then ordered_date end) as last_order_date,
            count(distinct case when order_count > 0 then date_trunc('month', ordered_date) end)
                as active_months
        from by_hand.fct_customer_day
        group by customer_id""",
    "customer_metrics": """
        select *, row_number() over (order by total_gross_margin desc, customer_id) as margin_rank,
            total_revenue / nullif(order_count, 0) as avg_order_value,
            date '2024-12-30' - last_order_date as recency_days
        from by_hand.customer_lifetime""",
    "customer_value_monthly": """
        select *,
            sum(revenue) over (w range between 1 preceding and 1 preceding) as previous_month,
            sum(revenue) over (w range between 2 preceding and current row) as this_quarter,
            sum(revenue) over (w range between 5 preceding and 3 preceding) as previous_quarter,
            sum(revenue) over (w range between 12 preceding and 12 preceding) as previous_year,
            sum(revenue * month) over (w range between 11 preceding and current row) as trend
        from (
            select customer_id,
                cast(
                    extract(year from ordered_date) * 12 + extract(month from ordered_date)
                    as integer
                ) as month,
                sum(revenue) as revenue, sum(gross_margin) as gross_margin,
                sum(order_count) as order_count
            from by_hand.fct_customer_day
            group by 1, 2
        ) as months
        window w as (partition by customer_id order by month)""",
}
_INDEXES = {
    "fct_orders": ["order_id", "customer_id, ordered_date"],
    "fct_customer_day": ["customer_id, ordered_date", "ordered_date"],
    "customer_lifetime": ["customer_id"],
    "customer_metrics": ["customer_id"],
    "customer_value_monthly": ["customer_id, month"],
}


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


def make_marts(warehouse: Warehouse) -> None:
    """Make the tables of the star and the marts, one plain statement each."""
    for table, sql in _TABLES.items():
        with warehouse.session() as session:
            session.execute(f"create table by_hand.{table} as {sql}")
            if warehouse.engine == "postgres":
                for columns in _INDEXES[table]:
                    session.execute(f"create index on by_hand.{table} ({columns})")
                session.execute(f"analyze by_hand.{table}")
