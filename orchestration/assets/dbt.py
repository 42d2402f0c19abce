"""dbt models as assets.

Each model brings itself up to date with what was loaded, so none is partitioned.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    AssetSpec,
    Config,
    Failure,
    ResourceParam,
)
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_START_TAG, PARTITION_NAME_TAG
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    DbtProject,
    dbt_assets,
)
from packaging.version import Version
from pydantic import Field

from orchestration import processes
from orchestration.assets import OWNER, POOL
from orchestration.assets.manifest import DBT_EXECUTABLE, DBT_PROJECT_DIR, dbt_target_dir
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from orchestration.warehouse import Warehouse

KEPT_INVOCATIONS = 10
# Late rows and corrections of a week are looked at again with every day.
RECENT_DAYS = 7
PROCESS_FILE = "dbt.process"
FIRST_STEP = "dbt_models"
# What trained models wrote, and all that is made from it.
SCORED = "tag:scored+"


class DbtConfig(Config):
    """What a run may say to dbt."""

    as_of: str = Field(
        default="",
        description="The day that every metric speaks of, YYYY-MM-DD; "
        "empty for each organization's newest loaded export date.",
    )
    full_refresh: bool = Field(
        default=False, description="Rebuild incremental models from scratch."
    )


class Translator(DagsterDbtTranslator):
    """How a dbt node looks in Dagster: keyed and grouped by its schema."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=False))

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> AssetSpec:
        """Return the spec of a model, or of a source: that is the export asset of the same name."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        if node["resource_type"] == "source":
            return spec.replace_attributes(key=[node["source_name"], node["name"]])
        return spec.replace_attributes(
            key=[node["schema"], node["name"]],
            group_name=node["schema"],
            owners=[OWNER],
        )


class DbtCommand(DbtCliResource):
    """dbt's command line, without what dagster-dbt prepares for features that are not used here.

    Asking dbt for its version and loading its adapter into this process cost seconds in every run.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:  # type: ignore[override]
        return None


def dbt_variables(as_of: date | None = None, test_days: int | None = None) -> str:
    """Return dbt's variables as JSON; see ``dbt_args``."""
    return json.dumps(
        {"as_of": as_of.isoformat() if as_of else "", "test_days": str(test_days or "")}
    )


def dbt_args(
    as_of: date | None = None, full_refresh: bool = False, test_days: int | None = None
) -> list[str]:
    """Return dbt's arguments for a build of models and data tests; unit tests belong to CI.

    Parameters
    ----------
    as_of
        The day that every metric speaks of; None for each organization's newest loaded export date.
    full_refresh
        Whether incremental models are rebuilt from scratch.
    test_days
        How many days before the as-of date data tests of facts look at; None for all rows.
    """
    variables = dbt_variables(as_of, test_days)
    args = ["build", "--exclude-resource-type", "unit_test", "--vars", variables]
    return [*args, "--full-refresh"] if full_refresh else args


def dbt_resource() -> DbtCommand:
    """Return dbt's command line for the project."""
    return DbtCommand(
        project_dir=str(DBT_PROJECT_DIR),
        profiles_dir=str(DBT_PROJECT_DIR),
        dbt_executable=str(DBT_EXECUTABLE),
    )


def build_dbt_assets(manifest: Path, settings: Settings) -> list[AssetsDefinition]:
    """Return the assets of every model in the manifest, with their data tests as checks.

    Models that read what trained models wrote are built after these, by a step of their own.
    """

    @dbt_assets(
        manifest=manifest,
        name=FIRST_STEP,
        exclude=SCORED,
        dagster_dbt_translator=Translator(),
        pool=POOL,
    )
    def models(
        context: AssetExecutionContext,
        config: DbtConfig,
        dbt: DbtCommand,
        warehouse: ResourceParam[WarehouseResource],
    ) -> Iterator[Any]:
        yield from _build(context, config, dbt, warehouse, settings)

    @dbt_assets(
        manifest=manifest,
        name="dbt_scored_models",
        select=SCORED,
        dagster_dbt_translator=Translator(),
        pool=POOL,
    )
    def scored_models(
        context: AssetExecutionContext,
        dbt: DbtCommand,
        warehouse: ResourceParam[WarehouseResource],
    ) -> Iterator[Any]:
        # One place in a run's configuration says what is asked of dbt.
        steps = cast("dict[str, Any]", context.run.run_config).get("ops", {})
        config = DbtConfig(**steps.get(FIRST_STEP, {}).get("config", {}))
        yield from _build(context, config, dbt, warehouse, settings)

    return [models, scored_models]


def _build(
    context: AssetExecutionContext,
    config: DbtConfig,
    dbt: DbtCommand,
    warehouse: WarehouseResource,
    settings: Settings,
) -> Iterator[Any]:
    """Run dbt for a step's models and yield what it did."""
    as_of = date.fromisoformat(config.as_of) if config.as_of else None
    opened = warehouse.open()
    target = dbt_target_dir(settings)
    whole = as_of is not None or config.full_refresh
    test_days = None if whole else recent_test_days(opened, first_loaded_day(context.run.tags))
    args = dbt_args(as_of, config.full_refresh, test_days)
    environment = {**opened.dbt_environment(), "DBT_TARGET_PATH": str(target)}
    with warehouse.dbt_turn(opened):
        _end_orphan(target)
        with _environment(environment):
            invocation = dbt.cli(args, context=context, raise_on_error=False)
        (target / PROCESS_FILE).write_text(processes.mark(invocation.process.pid))
        yield from invocation.stream()
    _keep_parsed_project(invocation.target_path, target)
    _forget_old_invocations(target)
    if not invocation.is_successful():
        raise Failure(failure_sentence(invocation.target_path), allow_retries=False)


def first_loaded_day(tags: Mapping[str, str]) -> date | None:
    """Return the first day that a run loads, from its tags; None where it loads none."""
    day = tags.get(ASSET_PARTITION_RANGE_START_TAG) or tags.get(PARTITION_NAME_TAG)
    return date.fromisoformat(day) if day else None


def recent_test_days(warehouse: Warehouse, first_day: date | None) -> int | None:
    """Return how many days tests must look at after a run that loaded ``first_day`` and later ones.

    Checking a day costs the day; after a backfill, or where nothing says what changed, all rows are
    checked.
    """
    if first_day is None:
        return None
    with warehouse.session() as session:
        newest = session.query("select max(export_date) as day from ops.file_loads")["day"][0]
    return days_to_test(first_day, newest.as_py()) if newest.is_valid else None


def days_to_test(first_day: date, newest_day: date) -> int | None:
    """Return how many days to test where ``first_day`` is loaded, and ``newest_day`` after it."""
    return RECENT_DAYS if (newest_day - first_day).days < RECENT_DAYS else None


def failure_sentence(invocation: Path) -> str:
    """Say which model or test failed first and why.

    Parameters
    ----------
    invocation
        Folder of the artifacts of one call of dbt.
    """
    artifact = invocation / "run_results.json"
    results = json.loads(artifact.read_text())["results"] if artifact.exists() else []
    failed = [result for result in results if result["status"] in ("error", "fail")]
    if not failed:
        return f"dbt stopped before it built anything: {invocation / 'dbt.log'} says why."
    kind, _, name = failed[0]["unique_id"].split(".")[:3]
    reason = " ".join(str(failed[0]["message"]).split())
    others = f" ({len(failed) - 1} more failed)" if len(failed) > 1 else ""
    return f"dbt {kind} {name} failed: {reason}{others}"


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Lend variables to the process: dagster-dbt hands dbt a copy of the process's environment."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _end_orphan(target: Path) -> None:
    """End a dbt that outlived the run which started it, killed in the middle.

    Whoever calls this holds the lock under which dbt runs, so a dbt that is alive has no run.
    """
    recorded = target / PROCESS_FILE
    orphan = processes.find(recorded.read_text()) if recorded.exists() else None
    if orphan:
        orphan.terminate()
        orphan.wait()


def _keep_parsed_project(invocation: Path, target: Path) -> None:
    """Let the next call of the same profile and variables start from what this one parsed."""
    parsed = invocation / "partial_parse.msgpack"
    if parsed.exists():
        shutil.copy(parsed, target)


def _forget_old_invocations(target: Path) -> None:
    """Delete the artifacts of all but the newest invocations, each of which left a folder."""
    folders = sorted((f for f in target.glob("dbt_*models-*") if f.is_dir()), key=_modified)
    for folder in folders[:-KEPT_INVOCATIONS]:
        shutil.rmtree(folder, ignore_errors=True)


def _modified(path: Path) -> float:
    return path.stat().st_mtime
