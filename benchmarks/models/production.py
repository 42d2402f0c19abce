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


def customer_tables(data: Path, organization_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Load an organization's exports into a DuckDB that is thrown away.

    Parameters
    ----------
    data : folder with ``landing/<organization>``
    organization_id : one of ``organizations/examples``

    Returns
    -------
    features.customer_features and star.fct_transactions
    """
    with tempfile.TemporaryDirectory(prefix="models-") as name:
        folder = Path(name)
        (folder / "organizations").mkdir()
        (folder / "landing").mkdir()
        (folder / "landing" / organization_id).symlink_to(
            data.resolve() / "landing" / organization_id
        )
        shutil.copy(_MAPPINGS / f"{organization_id}.yml", folder / "organizations")
        warehouse = open_warehouse(f"duckdb:///{folder / 'warehouse.duckdb'}", folder)
        _load(warehouse, folder / "organizations", folder / "landing")
        _build(warehouse, folder / "target")
        with warehouse.session() as session:
            features, transactions = (
                session.query(f"select * from {table} order by all").to_pandas()
                for table in ("features.customer_features", "star.fct_transactions")
            )
    return features, transactions


def _load(warehouse: Warehouse, mappings: Path, landing: Path) -> None:
    prepare(warehouse)
    organizations = load_organizations(mappings)
    write_organizations(warehouse, organizations)
    for contract in load_contracts().values():
        ingest(
            warehouse, Landing(str(landing)), organizations, contract, date.min, date.max
        ).raise_if_refused()


def _build(warehouse: Warehouse, target: Path) -> None:
    project = PROJECT_ROOT / "dbt_project"
    subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--quiet", "run", "--select", *_MODELS),
            *("--project-dir", str(project), "--profiles-dir", str(project)),
            *("--target-path", str(target), "--log-path", str(target)),
        ],
        env=os.environ | warehouse.dbt_environment() | {"DO_NOT_TRACK": "1"},
        check=True,
    )
