"""The table that ends a run: what was loaded, who the customers are, where to look."""

from datetime import date
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from orchestration.settings import Settings
from orchestration.warehouse import Session, open_warehouse

_LOADS = """
    select
        organization_id,
        count(*) as files,
        sum(rows_loaded) as rows_loaded,
        sum(rows_quarantined) as rows_quarantined,
        sum(rows_skipped) as rows_skipped
    from ops.file_loads
    where status = 'loaded' and export_date between $1 and $2
    group by organization_id
    order by organization_id
"""
_CUSTOMERS = """
    select organization_id, total_customers, top20_margin_share_percent
    from marts.top20_summary
"""


def show_summary(console: Console, settings: Settings, first: date, last: date) -> None:
    """Print what stands in the warehouse of these days, and how to reach it."""
    warehouse = open_warehouse(settings.warehouse_url, settings.data_dir)
    with warehouse.session() as session:
        loads = session.query(_LOADS, [first, last]).to_pylist()
        console.print(_summary(session, loads, first, last))
    if any(row["rows_quarantined"] for row in loads):
        console.print("quarantined, and why: customer-intelligence quarantine list")
    console.print("top 20 %: share of the margin that the best fifth of the customers bring")
    console.print(f"BI tools connect to {warehouse.safe_url}", soft_wrap=True, highlight=False)
    if warehouse.url != warehouse.safe_url:
        console.print("  with the password: customer-intelligence warehouse url", highlight=False)
    console.print("Dagster UI: make ui", highlight=False)


def _summary(session: Session, loads: list[dict[str, Any]], first: date, last: date) -> Table:
    customers = {row["organization_id"]: row for row in session.query(_CUSTOMERS).to_pylist()}
    table = Table(
        box=SIMPLE,
        pad_edge=False,
        show_edge=False,
        title=f"Exports of {first} to {last}",
        title_justify="left",
    )
    table.add_column("organization", no_wrap=True)
    for heading in ("files", "rows", "quarantined", "skipped", "customers", "top 20 %"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in loads:
        summary = customers.get(row["organization_id"], {})
        counts = [row[c] for c in ("files", "rows_loaded", "rows_quarantined", "rows_skipped")]
        table.add_row(
            row["organization_id"],
            *(f"{int(count):,}" for count in counts),
            f"{summary.get('total_customers', 0):,}",
            _percent(summary.get("top20_margin_share_percent")),
        )
    return table


def _percent(value: object) -> str:
    return "" if value is None else f"{value:.1f} %"
