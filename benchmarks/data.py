"""Transactions of one organization as daily order exports, as many as wanted."""

from datetime import date, timedelta
from pathlib import Path

import duckdb

ORGANIZATION = """organization_id: bench
name: Benchmark
time_zone: UTC
currency: EUR
exports:
  orders:
    files: "orders/day={date}/*.csv"
"""
FIRST_DAY = date(2023, 1, 1)
DAYS = 730

_ORDERS = """
select
    'O' || i as order_id,
    -- customers buy unevenly: a few often, most of them seldom
    'C' || cast(floor(power(hash(i) / 18446744073709551616.0, 2) * $customers) as bigint)
        as customer_id,
    strftime(
        $first_day::timestamp + to_seconds(cast(i * 86400.0 / $per_day as bigint)),
        '%Y-%m-%dT%H:%M:%SZ'
    ) as ordered_at,
    cast((hash(i * 7) % 20000) / 100.0 as decimal(18, 2)) as order_revenue,
    cast((hash(i * 7) % 20000) / 300.0 as decimal(18, 2)) as gross_margin,
    'EUR' as currency,
    case when hash(i * 3) % 40 = 0 then 'cancelled' else 'fulfilled' end as status,
    $first_day::date + cast(floor(i / $per_day) as integer) as day
from range(cast($rows + $per_day as bigint)) as orders (i)
"""


def generate(folder: Path, rows: int) -> date:
    """Write ``rows`` orders over two years, and one day more; return that last day.

    Customers number a fiftieth of the orders.
    """
    landing = folder / "landing" / "bench"
    landing.mkdir(parents=True)
    (folder / "organizations").mkdir()
    (folder / "organizations" / "bench.yml").write_text(ORGANIZATION)
    with duckdb.connect() as connection:
        connection.execute(
            f"create table orders as {_ORDERS}",
            {
                "rows": rows,
                "per_day": rows / DAYS,
                "customers": max(rows // 50, 1),
                "first_day": str(FIRST_DAY),
            },
        )
        connection.execute(
            f"copy orders to '{landing / 'orders'}' (format csv, header, partition_by (day))"
        )
    return FIRST_DAY + timedelta(days=DAYS)
