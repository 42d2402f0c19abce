"""What the sample was made from, kept beside it for tests of models."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from orchestration.sample.bookings import MEMBER_SEASON, MEMBERS
from orchestration.sample.companies import EMPLOYEE_TILT, INDUSTRIES, PLACES
from orchestration.sample.courier import SENDER_SEASON, SENDERS
from orchestration.sample.customers import LEAVERS_LESS_CONTENT, UNREST_DAYS
from orchestration.sample.members import HOME_ZIP_CODES, MEMBERSHIPS, YOUTH_PER_SCORE
from orchestration.sample.orders import ACCOUNT_SEASON, ACCOUNTS
from orchestration.sample.outreach.experiments import EXPERIMENTS
from orchestration.sample.outreach.leads import BASE_LOG_ODDS, CHANNELS, LOG_ODDS
from orchestration.sample.returns import WIN_BACK
from orchestration.sample.service.interactions import (
    CONTACTS_PER_DAY,
    UNREST_COMPLAINTS_PER_DAY,
)
from orchestration.sample.service.tickets import (
    CATEGORY_MOOD,
    TICKETS_PER_DAY,
    UNREST_TICKETS_PER_DAY,
)
from orchestration.sample.simulation import Simulation
from orchestration.sample.timetable import Timetable

CUSTOMERS = """
with transactions as (
    select 'member' as customer_type, b.customer, b.cents, true as is_purchase
    from booking_versions as d
    join bookings as b on b.row = d.row
    where d.current and d.status <> 'cancelled' and b.starts_at::date <= $last_day::date
    union all
    select 'account', o.customer, o.revenue_cents, not o.refund
    from order_versions as d
    join orders as o on o.row = d.row
    where d.current and d.status not in ('cancelled', 'returned')
),
delivered as (
    select
        customer_type,
        customer,
        count(*) filter (where is_purchase) as purchases,
        sum(cents) as cents
    from transactions
    group by all
)
select
    p.customer_id,
    p.customer_type,
    p.acquired_on,
    p.transaction_rate,
    p.dropout_probability,
    p.spend_mean,
    p.observed_operational_days,
    p.repeat_purchases,
    p.dropped_out_on,
    p.returned_on,
    coalesce(d.purchases, 0) as delivered_purchases,
    (coalesce(d.cents, 0)::decimal(18, 2) / 100)::decimal(18, 2) as delivered_revenue
from population as p
left join delivered as d using (customer_type, customer)
order by p.customer_type desc, p.customer
"""


def write_truth(
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
    simulation: Simulation,
    tables: Mapping[str, pd.DataFrame],
    seed: int,
) -> None:
    """Write parameters.json, customers.parquet and one Parquet file for each other table.

    Parameters
    ----------
    folder
        Where to write.
    connection
        Holds the simulation's tables.
    simulation
        What happened at the club.
    tables
        What else is true, by name.
    seed
        Of all randomness.
    """
    folder.mkdir(parents=True, exist_ok=True)
    timetable = simulation.timetable
    parameters = _parameters() | {
        "seed": seed,
        "first_day": str(timetable.first_day),
        "last_day": str(timetable.last_day),
    }
    (folder / "parameters.json").write_text(json.dumps(parameters, indent=2) + "\n", "utf-8")
    last_day = {"last_day": timetable.last_day}
    customers = connection.sql(CUSTOMERS, params=last_day).to_arrow_table()
    pa.parquet.write_table(customers, folder / "customers.parquet")
    for name, frame in {**tables, "products": simulation.catalogue.products}.items():
        table = pa.Table.from_pandas(frame, preserve_index=False)
        pa.parquet.write_table(table, folder / f"{name}.parquet")


def write_messy_rows(folder: Path, messy: pa.Table, timetable: Timetable) -> None:
    """Write messy_rows.csv: where each row that must be quarantined is broken."""
    export_date = timetable.calendar[messy["day"].to_numpy()]
    day = messy.schema.get_field_index("day")
    dated = messy.set_column(day, "export_date", pa.array(export_date))
    pa.csv.write_csv(dated, folder / "messy_rows.csv")


def _parameters() -> dict[str, object]:
    kinds = {
        "member": (MEMBERS, MEMBER_SEASON),
        "account": (ACCOUNTS, ACCOUNT_SEASON),
        "sender": (SENDERS, SENDER_SEASON),
    }
    traits = {
        "membership_type": MEMBERSHIPS,
        "home_zip_code": HOME_ZIP_CODES,
        "industry": INDUSTRIES,
        "place": PLACES,
    }
    return {
        "time_unit": "operational day: a calendar day times its month's and weekday's factor",
        "counted": "every purchase but cancelled and returned ones, no-shows included",
        "customer_types": {
            kind: asdict(parameters) | {"season": asdict(season)}
            for kind, (parameters, season) in kinds.items()
        },
        "traits": {
            name: [option._asdict() for option in options] for name, options in traits.items()
        },
        "employee_tilt": EMPLOYEE_TILT,
        "youth_per_score": YOUTH_PER_SCORE,
        "win_back": asdict(WIN_BACK),
        "contentment": {
            "leavers_less_content": LEAVERS_LESS_CONTENT,
            "unrest_days": UNREST_DAYS,
            "tickets_per_day": TICKETS_PER_DAY,
            "unrest_tickets_per_day": UNREST_TICKETS_PER_DAY,
            "complaints_per_day": {
                kind: rates["complaint"] for kind, rates in CONTACTS_PER_DAY.items()
            },
            "unrest_complaints_per_day": UNREST_COMPLAINTS_PER_DAY,
            "category_mood": CATEGORY_MOOD,
        },
        "conversion_log_odds": {"base": BASE_LOG_ODDS} | dict(zip(CHANNELS, LOG_ODDS, strict=True)),
        "experiments": [asdict(experiment) for experiment in EXPERIMENTS],
    }
