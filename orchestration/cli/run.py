"""Running the pipeline from the terminal: through Dagster, in this process."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from dagster import (
    DagsterExecutionInterruptedError,
    ExecuteInProcessResult,
)
from dagster_shared.error import SerializableErrorInfo
from rich.console import Console
from rich.markup import escape

from orchestration import processes
from orchestration.assets.dbt import days_to_test, dbt_variables
from orchestration.assets.exports import AFTER_REFUSAL, POSTPONED
from orchestration.assets.manifest import prepare_manifest
from orchestration.cli.home import PROCESS_TAG, enter_home, open_history
from orchestration.cli.progress import LOGGER, shown_on, terminal_console
from orchestration.cli.summary import show_summary
from orchestration.definitions import JOB, LOCATION, build_definitions
from orchestration.exports.landing.url import safe_url
from orchestration.exports.landing.zone import Landing
from orchestration.partitions import daily_partitions, range_tags
from orchestration.resources import input_location, landing_files, sample_dir
from orchestration.settings import Settings
from orchestration.warehouse import open_warehouse

SHOWN_SENTENCES = 5


class RunError(ValueError):
    """What was asked for cannot be run; the message says what to change."""


@dataclass(frozen=True)
class Request:
    """What the command line asked for; None and empty where it did not say.

    Attributes
    ----------
    first, last
        Days to load, both included.
    as_of
        Day that metrics speak of.
    full_refresh
        Whether every table is rebuilt from the loaded rows, as after a change of its formula.
    """

    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    landing_url: str = ""
    organizations_dir: str = ""
    full_refresh: bool = False

    def run_config(self) -> dict[str, Any]:
        """Return the job's configuration; what it leaves out, the settings decide."""
        # Run configuration is stored and shown: a URL with credentials goes by the settings alone.
        is_public = safe_url(self.landing_url) == self.landing_url
        landing = {
            "landing_url": self.landing_url if is_public else "",
            "organizations_dir": self.organizations_dir,
        }
        as_of = self.as_of.isoformat() if self.as_of else ""
        return {
            "loggers": {LOGGER: {}},
            "resources": {"landing": {"config": landing}},
            "ops": {"dbt_models": {"config": {"as_of": as_of, "full_refresh": self.full_refresh}}},
        }


def run(settings: Settings, request: Request) -> int:
    """Run the job and show what came of it; return the exit code.

    Raises
    ------
    RunError
        If there is nothing to load, or a day lies outside the partitions.
    WarehouseError
        If the warehouse cannot be reached.
    """
    if request.landing_url:
        settings = settings.model_copy(update={"landing_url": request.landing_url})
    console = terminal_console()
    log_file = settings.data_dir / "logs" / "run.log"
    enter_home(settings)
    with shown_on(console, log_file) as logger:
        # A warehouse that cannot be reached is told before anything is prepared for it.
        warehouse = open_warehouse(settings.warehouse_url, settings.data_dir)
        first, last = _days(settings, request, console)
        test_days = None if request.as_of or request.full_refresh else days_to_test(first, last)
        prepare_manifest(settings, warehouse, dbt_variables(request.as_of, test_days))
        job = build_definitions(settings, {LOGGER: logger}).resolve_job_def(JOB)
        with open_history(settings) as history:
            result = job.execute_in_process(
                run_config=request.run_config(),
                instance=history,
                tags={**run_tags(), **range_tags(first.isoformat(), last.isoformat())},
                raise_on_error=False,
            )
    if result.success:
        show_summary(console, settings, first, last)
        _show_sentences(console, "[yellow]Not yet loaded:[/yellow]", postponed(result))
        return 0
    _show_failure(console, result, log_file)
    return 1


def postponed(result: ExecuteInProcessResult) -> list[str]:
    """Return a sentence for each file that waits for the next run."""
    materializations = (
        event.step_materialization_data.materialization
        for event in result.get_asset_materialization_events()
    )
    values = [
        one.metadata[POSTPONED].value for one in materializations if POSTPONED in one.metadata
    ]
    return [str(sentence) for sentences in values for sentence in sentences]  # type: ignore[union-attr]


def was_refused(result: ExecuteInProcessResult) -> bool:
    """Whether a delivery was refused, and nothing else kept an export from being loaded."""
    failures = [
        event.step_failure_data
        for event in result.all_events
        if event.is_step_failure and str(event.step_key).startswith("raw__")
    ]
    return bool(failures) and all(failed.user_failure_data for failed in failures)


def failure(result: ExecuteInProcessResult) -> str:
    """Return what the steps that failed say, one sentence a line."""
    failures = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    sentences = [
        said.description
        if (said := failed.user_failure_data) and said.description
        else _root_cause(failed.error)
        for failed in failures
    ]
    return "\n".join(sentences) or "The run stopped before its first step."


def _root_cause(error: SerializableErrorInfo | None) -> str:
    while error and error.cause:
        error = error.cause
    if error is None:
        return "The step gave no reason."
    if error.cls_name == DagsterExecutionInterruptedError.__name__:
        return "The run was interrupted."
    # Without the exception's own name, which says nothing to an operator.
    return " ".join(error.message.split()).removeprefix(f"{error.cls_name}: ")


def _show_failure(console: Console, result: ExecuteInProcessResult, log_file: Path) -> None:
    _show_sentences(console, "[red]Failed:[/red]", failure(result).splitlines())
    console.print("Tables downstream of it keep their last good state.")
    if was_refused(result):
        console.print(AFTER_REFUSAL, highlight=False, soft_wrap=True)
    console.print(f"Log: {log_file}", highlight=False, soft_wrap=True)


def _show_sentences(console: Console, heading: str, sentences: Sequence[str]) -> None:
    for sentence in sentences[:SHOWN_SENTENCES]:
        console.print(f"{heading} {escape(sentence)}", highlight=False, soft_wrap=True)
    if len(sentences) > SHOWN_SENTENCES:
        console.print(f"... and {len(sentences) - SHOWN_SENTENCES} more.", highlight=False)


def run_tags() -> dict[str, str]:
    """Return tags that put the run under its job in the UI and name its process."""
    return {
        ".dagster/repository": f"__repository__@{LOCATION}",
        PROCESS_TAG: processes.mark(os.getpid()),
    }


def _days(settings: Settings, request: Request, console: Console) -> tuple[date, date]:
    """Return the days asked for, else the first and last that have files."""
    landing_url, organizations_dir = input_location(
        settings, request.landing_url, request.organizations_dir
    )
    if landing_url == str(sample_dir(settings) / "landing"):
        _ensure_sample(settings, console)
    partitions = daily_partitions(settings.first_export_date)
    oldest = settings.first_export_date
    newest = date.fromisoformat(str(partitions.get_last_partition_key()))
    if request.first and request.last:
        if request.first < oldest or request.last > newest:
            raise RunError(
                f"Days {request.first} to {request.last} are not all between {oldest} and "
                f"{newest}: choose others, or set FIRST_EXPORT_DATE."
            )
        return request.first, request.last
    landing = Landing(landing_url, settings.landing_options)
    found = {file.export_date for file in landing_files(landing, organizations_dir)}
    days = {day for day in found if oldest <= day <= newest}
    if not days:
        raise RunError(
            f"The landing {safe_url(landing_url)} holds no file dated {oldest} to {newest} that an "
            f"organization in {organizations_dir} asks for: add files, or name them with --landing."
        )
    if found - days:
        console.print(f"Not loaded: files dated before {oldest} or after {newest}.")
    return min(days), max(days)


def _ensure_sample(settings: Settings, console: Console) -> None:
    if not (sample_dir(settings) / "landing").is_dir():
        from orchestration.sample import generate_sample  # noqa: PLC0415 - needed once

        console.print("No landing is configured: generating a sample club to run on.")
        generate_sample(sample_dir(settings))
