"""What stands in the warehouse, organization by organization, and what is unusual about it."""

from datetime import timedelta
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.cli.home import open_history
from orchestration.exports.contracts import load_contracts
from orchestration.exports.monitoring.arrivals import read_arrivals
from orchestration.exports.monitoring.drift import find_drift
from orchestration.exports.monitoring.freshness import find_lateness
from orchestration.exports.monitoring.volume import measure_volumes
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.resources import input_location
from orchestration.settings import Settings
from orchestration.warehouse import Warehouse, embedded, open_warehouse

_RECENT_DAYS = 7
_LOADS = """
    select
        organization_id,
        max(export_date) as newest,
        count(*) as files,
        sum(rows_loaded) as rows_loaded,
        sum(rows_quarantined) as rows_quarantined,
        max(loaded_at) as last_load
    from ops.file_loads
    where status = 'loaded'
    group by organization_id
    order by organization_id
"""
# Refused files too: they are the problem.
_NEWEST_DAY = "select max(export_date) as day from ops.file_loads"


def show_status(settings: Settings) -> None:
    """Print whether the warehouse is up and what was loaded; looking starts nothing."""
    console = Console()
    if not settings.warehouse_url and embedded.status(settings.data_dir) is None:
        console.print(
            "The embedded Postgres is not running: `customer-intelligence run` starts it."
        )
        return
    warehouse = open_warehouse(settings.warehouse_url, settings.data_dir)
    console.print(f"Warehouse {warehouse.safe_url} is up.", soft_wrap=True, highlight=False)
    console.print(_last_run(settings), highlight=False)
    loads = _loads(warehouse)
    if not loads:
        console.print("Nothing is loaded yet: `customer-intelligence run` loads the landing zone.")
        return
    table = Table(box=SIMPLE)
    table.add_column("organization", no_wrap=True)
    for heading in ("newest day", "files", "rows", "quarantined", "loaded (UTC)"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in loads:
        table.add_row(
            str(row["organization_id"]),
            f"{row['newest']}",
            *(f"{int(row[c]):,}" for c in ("files", "rows_loaded", "rows_quarantined")),
            f"{row['last_load']:%Y-%m-%d %H:%M}",
        )
    console.print(table)
    for problem in _problems(warehouse, settings):
        console.print(f"[yellow]Look:[/yellow] {escape(problem)}", highlight=False, soft_wrap=True)


def _last_run(settings: Settings) -> str:
    with open_history(settings) as history:
        for record in history.get_run_records(limit=1):
            status = record.dagster_run.status.value.lower()
            return f"Last run: {status}, {record.create_timestamp:%Y-%m-%d %H:%M} UTC."
    return "No run yet."


def _loads(warehouse: Warehouse) -> list[dict[str, Any]]:
    with warehouse.session() as session:
        if ("ops", "file_loads") not in session.tables():
            return []
        rows: list[dict[str, Any]] = session.query(_LOADS).to_pylist()
        return rows


def _problems(warehouse: Warehouse, settings: Settings) -> list[str]:
    """Return a sentence for whatever is unusual about the deliveries of the newest week."""
    _, directory = input_location(settings)
    organizations = load_organizations(directory)
    prepare(warehouse)  # a ledger of an earlier version lacks columns
    with warehouse.session() as session:
        newest_day = session.query(_NEWEST_DAY)["day"][0].as_py()
    arrivals = read_arrivals(warehouse, organizations, load_contracts(), newest_day)
    first_day = newest_day - timedelta(days=_RECENT_DAYS - 1)
    found = [
        *find_lateness(arrivals, first_day, newest_day),
        *measure_volumes(arrivals, first_day, newest_day).unusual,
        *find_drift(arrivals, first_day, newest_day),
    ]
    return [str(problem) for problem in found]
