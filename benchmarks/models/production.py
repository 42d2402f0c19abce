"""The tables that models are trained on, made from real exports by the pipeline itself."""

import shutil
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.building import build, load
from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import Warehouse, open_warehouse

_MAPPINGS = PROJECT_ROOT / "organizations" / "examples"
_MODELS = ["+customer_features", "+fct_transactions"]


def customer_tables(
    data: Path, organization_ids: list[str]
) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Load organizations' exports into a DuckDB that is thrown away.

    Parameters
    ----------
    data : folder with ``landing/<organization>``
    organization_ids : names of files in ``organizations/examples``

    Returns
    -------
    per organization its rows of features.customer_features and star.fct_transactions
    """
    with tempfile.TemporaryDirectory(prefix="models-") as name:
        folder = Path(name)
        (folder / "organizations").mkdir()
        for organization_id in organization_ids:
            shutil.copy(_MAPPINGS / f"{organization_id}.yml", folder / "organizations")
        warehouse = open_warehouse(f"duckdb:///{folder / 'warehouse.duckdb'}", folder)
        load(warehouse, folder / "organizations", data / "landing")
        build(warehouse, folder / "target", _MODELS)
        return {
            organization_id: (
                _rows(warehouse, "features.customer_features", organization_id),
                _rows(warehouse, "star.fct_transactions", organization_id),
            )
            for organization_id in organization_ids
        }


def _rows(warehouse: Warehouse, table: str, organization_id: str) -> pd.DataFrame:
    with warehouse.session() as session:
        found = session.query(f"select * from {table} where organization_id = '{organization_id}'")
    rows: pd.DataFrame = found.to_pandas()
    return rows
