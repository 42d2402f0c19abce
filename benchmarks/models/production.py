"""The tables that models are trained on, made from real exports by the pipeline itself."""

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pandas as pd

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.organizations import write_organizations
from orchestration.exports.tables.preparing import prepare
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


def load(warehouse: Warehouse, mappings: Path, landing: Path) -> None:
    """Load everything that organizations deliver.

    Parameters
    ----------
    mappings : folder of the organizations' files
    landing : folder with a folder for each organization
    """
    prepare(warehouse)
    organizations = load_organizations(mappings)
    write_organizations(warehouse, organizations)
    for contract in load_contracts().values():
        ingest(
            warehouse, Landing(str(landing)), organizations, contract, date.min, date.max
        ).raise_if_refused()


def build(warehouse: Warehouse, target: Path, models: list[str]) -> None:
    """Build the models that dbt's selectors name, with dbt's own files in ``target``."""
    project = PROJECT_ROOT / "dbt_project"
    subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--quiet", "run", "--select", *models),
            *("--project-dir", str(project), "--profiles-dir", str(project)),
            *("--target-path", str(target), "--log-path", str(target)),
        ],
        env=os.environ | warehouse.dbt_environment() | {"DO_NOT_TRACK": "1"},
        check=True,
    )
