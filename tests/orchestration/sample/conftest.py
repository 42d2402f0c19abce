from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pandas as pd
import pytest

from orchestration.sample import SampleSummary, generate_sample
from orchestration.sample.customers import draw_customers
from orchestration.sample.generate import ExportSummary
from orchestration.sample.simulation import Simulation, simulate
from orchestration.sample.timetable import Timetable

# The well-formed rows of each export, with the day of their delivery: what a loader must come to.
VIEWS = {
    "members": "member_id like 'M0%'",
    "accounts": """ "Account No" similar to '1[0-9]{4}\\.0' """,
    "bookings": """ "Booking #" like 'B0%'""",
    "orders": "order_id similar to '(SO|CR)[0-9]+'",
    "order_lines": """ "Order" <> 'Total' and length("Line") < 4""",
    "member_visits": "member_id like 'M0%'",
    "interactions": "interaction_id like 'I0%'",
    "support_tickets": """ "Ticket" like 'T0%'""",
    "leads": """ "Lead ID" like 'L0%'""",
    "outreach_events": "event_id like 'OE0%'",
    "ab_observations": "unit_id not like 'UX%'",
}


class Sample(NamedTuple):
    folder: Path
    summary: SampleSummary
    con: duckdb.DuckDBPyConnection

    @property
    def landing(self) -> Path:
        return self.folder / "landing" / "riverside_club"

    @property
    def exports(self) -> dict[str, ExportSummary]:
        return self.summary.organizations["riverside_club"]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.sql(query).fetchall()

    def row(self, query: str) -> tuple[Any, ...]:
        [row] = self.rows(query)
        return row

    def value(self, query: str) -> Any:
        [value] = self.row(query)
        return value


class Club(NamedTuple):
    simulation: Simulation
    customers: pd.DataFrame

    @property
    def timetable(self) -> Timetable:
        return self.simulation.timetable


@pytest.fixture(scope="session")
def club():
    """Return a club large enough for statistics, as it is before any system writes it down."""
    simulation = simulate(3, 8000, Timetable(date(2024, 1, 1), 731))
    return Club(simulation, draw_customers(np.random.default_rng(1), simulation))


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    summary = generate_sample(folder, customers=900, seed=3, first_day=date(2024, 1, 1), days=500)
    with duckdb.connect() as con:
        for export in summary.organizations["riverside_club"]:
            files = f"{folder}/landing/riverside_club/{export}/*.csv"
            con.sql(
                f"""create table {export}_files as
                select *, regexp_extract(filename, '[0-9-]{{10}}')::date as export_date
                from read_csv('{files}', all_varchar = true, header = true, filename = true)"""
            )
            clean = VIEWS.get(export, "true")
            con.sql(f"create view {export} as from {export}_files where {clean}")
        con.sql(f"create view truth as from '{folder}/truth/customers.parquet'")
        for path in (folder / "truth").glob("*.parquet"):
            con.sql(f"create view true_{path.stem} as from '{path}'")
        con.sql("create view products as from true_products")
        con.sql(
            f"""create view messy_rows as
            select * exclude (organization_id) from '{folder}/truth/messy_rows.csv'
            where organization_id = 'riverside_club'"""
        )
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
        con.sql(
            """
            create view ticket_states as from support_tickets
            qualify row_number() over (partition by "Ticket" order by export_date desc) = 1
            """
        )
        con.sql(
            """
            create view lead_states as from leads
            where export_date = (select max(export_date) from leads)
            """
        )
        yield Sample(folder, summary, con)
