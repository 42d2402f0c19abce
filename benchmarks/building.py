"""Exports loaded and models built by the pipeline's own steps, without Dagster around them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.organizations import write_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import Warehouse

PROJECT = PROJECT_ROOT / "dbt_project"


def load(
    warehouse: Warehouse,
    mappings: Path,
    landing: Path,
    first: date = date.min,
    last: date = date.max,
) -> None:
    """Load everything that organizations delivered for some days.

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
            warehouse, Landing(str(landing)), organizations, contract, first, last
        ).raise_if_refused()


def build(
    warehouse: Warehouse,
    target: Path,
    models: Iterable[str] = (),
    variables: Mapping[str, object] | None = None,
) -> dict[str, float]:
    """Build models, with dbt's own files in ``target``.

    Parameters
    ----------
    models : dbt's selectors; all models where there are none
    variables : in place of those in dbt_project.yml

    Returns
    -------
    seconds that the engine took by room, without dbt's start
    """
    selected = ["--select", *models] if models else []
    subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--quiet", "run", *selected),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(target), "--log-path", str(target)),
            *("--vars", json.dumps(variables or {})),
        ],
        env=os.environ | warehouse.dbt_environment() | {"DO_NOT_TRACK": "1"},
        check=True,
    )
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    seconds: dict[str, float] = {}
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        room = Path(nodes[result["unique_id"]]["original_file_path"]).parent.name or "hooks"
        seconds[room] = seconds.get(room, 0) + result["execution_time"]
    return seconds
