"""The closing table of a run."""

from datetime import date
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pytest
from rich.console import Console

from orchestration.cli.summary import show_summary
from orchestration.exports.tables.preparing import FILE_LOADS, prepare
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

DAY = date(2024, 5, 1)


@pytest.mark.parametrize(("rows_quarantined", "is_named"), [(1, True), (0, False)])
def test_the_way_to_quarantined_rows_is_named_where_there_are_any(
    tmp_path: Path, rows_quarantined: int, is_named: bool
) -> None:
    settings = Settings(
        warehouse_url=f"duckdb:///{tmp_path / 'warehouse.duckdb'}", data_dir=tmp_path
    )
    warehouse = open_warehouse(settings.warehouse_url, settings.data_dir)
    prepare(warehouse)
    load = dict.fromkeys(FILE_LOADS.names) | {
        "organization_id": "club",
        "export_date": DAY,
        "status": "loaded",
        "rows_loaded": 20,
        "rows_quarantined": rows_quarantined,
        "rows_skipped": 0,
    }
    with warehouse.session() as session:
        session.ingest("ops", "file_loads", pa.Table.from_pylist([load], FILE_LOADS))
        session.execute("create schema marts")
        session.execute(
            "create table marts.top20_summary as select 'club' as organization_id, "
            "5 as total_customers, 60.0 as top20_margin_share_percent"
        )
    text = StringIO()
    show_summary(Console(file=text, width=100), settings, DAY, DAY)
    assert ("customer-intelligence quarantine list" in text.getvalue()) is is_named
