"""dbt's manifest: the description of every model, which Dagster's definitions are made from.

It is made before Dagster loads, never while: loading definitions writes nothing.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.warehouse import Warehouse

DBT_PROJECT_DIR = PROJECT_ROOT / "dbt_project"
DBT_EXECUTABLE = Path(sys.executable).with_name("dbt")


class DbtProjectError(RuntimeError):
    """dbt's project cannot be read; the message says what to do."""


def dbt_target_dir(settings: Settings) -> Path:
    """Return the folder of dbt's artifacts: one per engine, as models differ."""
    return settings.data_dir / "dbt" / _engine(settings)


def manifest_path(settings: Settings) -> Path:
    """Return where the manifest lies."""
    return dbt_target_dir(settings) / "manifest.json"


def existing_manifest(settings: Settings) -> Path:
    """Return the manifest's path.

    Raises
    ------
    DbtProjectError
        If it has not been made.
    """
    manifest = manifest_path(settings)
    if not manifest.exists():
        raise DbtProjectError(
            f"dbt's manifest {manifest} is missing: `customer-intelligence run` and "
            "`customer-intelligence ui` make it."
        )
    return manifest


def prepare_manifest(
    settings: Settings, warehouse: Warehouse | None = None, variables: str = "{}"
) -> Path:
    """Make the manifest where it is missing or older than the project, and return its path.

    Parameters
    ----------
    settings
        Decide the engine and where the manifest lies.
    warehouse, variables
        The open warehouse and dbt's variables, where a run follows: it need not parse again.

    Raises
    ------
    DbtProjectError
        If dbt cannot parse the project; the message holds dbt's own words.
    """
    manifest = manifest_path(settings)
    if not manifest.exists() or manifest.stat().st_mtime < _last_change(DBT_PROJECT_DIR):
        connection = warehouse.dbt_environment() if warehouse else {}
        _parse({"DBT_TARGET": _engine(settings), **connection}, variables, manifest.parent)
    return manifest


def _parse(connection: Mapping[str, str], variables: str, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        **connection,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    folders: dict[str, Path] = {
        "--project-dir": DBT_PROJECT_DIR,
        "--profiles-dir": DBT_PROJECT_DIR,
        "--target-path": target,
        "--log-path": target,
    }
    options = (f"{option}={folder}" for option, folder in folders.items())
    parsed = subprocess.run(  # noqa: S603 - the program and its arguments are our own
        [DBT_EXECUTABLE, "--quiet", "parse", "--vars", variables, *options],
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    if parsed.returncode:
        raise DbtProjectError(f"dbt cannot read {DBT_PROJECT_DIR}: {parsed.stdout.strip()}")


def _engine(settings: Settings) -> str:
    return "duckdb" if settings.warehouse_url.startswith("duckdb:") else "postgres"


def _last_change(project: Path) -> float:
    sources = (*project.glob("*.yml"), *project.glob("models/**/*"), *project.glob("macros/**/*"))
    return max(path.stat().st_mtime for path in (*sources, *project.glob("tests/**/*")))
