from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from orchestration.sample import SampleSummary, generate_sample

# The well-formed rows of each export, with the day of their delivery: what a loader must come to.
VIEWS = {
    "members": "member_id like 'M0%'",
    "accounts": """ "Account No" similar to '1[0-9]{4}\\.0' """,
    "bookings": """ "Booking #" like 'B0%'""",
    "orders": "order_id similar to '(SO|CR)[0-9]+'",
    "order_lines": """ "Order" <> 'Total' and length("Line") < 4""",
}


class Sample(NamedTuple):
    folder: Path
    summary: SampleSummary
    con: duckdb.DuckDBPyConnection

    @property
    def landing(self) -> Path:
        return self.folder / "landing" / self.summary.organization_id

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.sql(query).fetchall()

    def row(self, query: str) -> tuple[Any, ...]:
        [row] = self.rows(query)
        return row

    def value(self, query: str) -> Any:
        [value] = self.row(query)
        return value


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    summary = generate_sample(folder, customers=900, seed=3, first_day=date(2024, 1, 1), days=500)
    with duckdb.connect() as con:
        for export, clean in VIEWS.items():
            files = f"{folder}/landing/{summary.organization_id}/{export}/*.csv"
            con.sql(
                f"""create table {export}_files as
                select *, regexp_extract(filename, '[0-9-]{{10}}')::date as export_date
                from read_csv('{files}', all_varchar = true, header = true, filename = true)"""
            )
            con.sql(f"create view {export} as from {export}_files where {clean}")
        con.sql(f"create view truth as from '{folder}/truth/customers.parquet'")
        con.sql(f"create view products as from '{folder}/truth/products.parquet'")
        con.sql(f"create view messy_rows as from '{folder}/truth/messy_rows.csv'")
        con.sql(
            """
            create view booking_states as
            select *,
                strptime("Start", '%m/%d/%Y %H:%M') as starts_at,
                replace("Price", '$', '')::decimal(18, 2) as revenue
            from bookings
            qualify row_number() over (partition by "Booking #" order by export_date desc) = 1
            """
        )
        con.sql(
            """
            create view order_states as from orders
            qualify row_number() over (partition by order_id order by export_date desc) = 1
            """
        )
        con.sql(
            """
            create view line_states as
            select *,
                "Qty"::bigint as quantity,
                replace(replace("Price", '$', ''), ',', '')::decimal(18, 2) as unit_price,
                replace(replace("Cost", '$', ''), ',', '')::decimal(18, 2) as unit_cost
            from order_lines
            qualify row_number() over (partition by "Order", "Line" order by export_date desc) = 1
            """
        )
        yield Sample(folder, summary, con)
