"""What stands in the warehouse, organization by organization."""

from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from orchestration.cli.home import open_history
from orchestration.settings import Settings
from orchestration.warehouse import Warehouse, embedded, open_warehouse

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
_HAS_LOADS = """
    select count(*) as tables
    from information_schema.tables
    where table_schema = 'ops' and table_name = 'file_loads'
"""


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


def _last_run(settings: Settings) -> str:
    with open_history(settings) as history:
        for record in history.get_run_records(limit=1):
            status = record.dagster_run.status.value.lower()
            return f"Last run: {status}, {record.create_timestamp:%Y-%m-%d %H:%M} UTC."
    return "No run yet."


def _loads(warehouse: Warehouse) -> list[dict[str, Any]]:
    with warehouse.session() as session:
        if not session.query(_HAS_LOADS)["tables"][0].as_py():
            return []
        rows: list[dict[str, Any]] = session.query(_LOADS).to_pylist()
        return rows
