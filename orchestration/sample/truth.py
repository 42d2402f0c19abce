"""What the sample was made from, kept beside it for tests of models."""

import json
from dataclasses import asdict
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from orchestration.sample.accounts import EMPLOYEE_TILT, INDUSTRIES, PLACES
from orchestration.sample.bookings import MEMBER_SEASON, MEMBERS
from orchestration.sample.members import HOME_ZIP_CODES, MEMBERSHIPS, YOUTH_PER_SCORE
from orchestration.sample.orders import ACCOUNT_SEASON, ACCOUNTS
from orchestration.sample.simulation import Simulation

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
    messy: pa.Table,
    seed: int,
) -> None:
    """Write parameters.json, customers.parquet, products.parquet and messy_rows.csv.

    Parameters
    ----------
    folder
        Where to write.
    connection
        Holds the simulation's tables.
    simulation
        What happened.
    messy
        ``export``, ``day``, ``column`` and ``value`` of each row that must be quarantined.
    seed
        Of all randomness.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parameters = _parameters() | {
        "seed": seed,
        "first_day": str(simulation.first_day),
        "last_day": str(simulation.last_day),
    }
    (folder / "parameters.json").write_text(json.dumps(parameters, indent=2) + "\n", "utf-8")
    customers = connection.sql(CUSTOMERS, params={"last_day": simulation.last_day}).to_arrow_table()
    pa.parquet.write_table(customers, folder / "customers.parquet")
    pa.parquet.write_table(
        pa.Table.from_pandas(simulation.catalogue.products, preserve_index=False),
        folder / "products.parquet",
    )
    export_date = np.datetime64(simulation.first_day, "D") + messy["day"].to_numpy()
    messy = messy.set_column(1, "export_date", pa.array(export_date))
    pa.csv.write_csv(messy, folder / "messy_rows.csv")


def _parameters() -> dict[str, object]:
    kinds = {"member": (MEMBERS, MEMBER_SEASON), "account": (ACCOUNTS, ACCOUNT_SEASON)}
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
    }
