"""Running the pipeline from the terminal: through Dagster, in this process."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dagster import (
    DagsterExecutionInterruptedError,
    DagsterInstance,
    ExecuteInProcessResult,
    JobDefinition,
)
from rich.console import Console
from rich.markup import escape

from orchestration import processes
from orchestration.assets.manifest import prepare_manifest
from orchestration.cli.home import PROCESS_TAG, enter_home, open_history
from orchestration.cli.progress import LOGGER, shown_on, terminal_console
from orchestration.cli.summary import show_summary
from orchestration.definitions import JOB, LOCATION, build_definitions
from orchestration.partitions import daily_partitions
from orchestration.resources import input_location, landing_files, sample_dir
from orchestration.sensors import range_tags
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
    """

    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    landing_url: str = ""
    organizations_dir: str = ""


def run(settings: Settings, request: Request) -> int:
    """Run the job and show what came of it; return the exit code.

    Raises
    ------
    RunError
        If there is nothing to load, or a day lies outside the partitions.
    """
    console = terminal_console()
    log_file = settings.data_dir / "logs" / "run.log"
    landing_url, organizations_dir = input_location(
        settings, request.landing_url, request.organizations_dir
    )
    enter_home(settings)
    with shown_on(console, log_file) as logger:
        # A warehouse that cannot be reached is told before anything is prepared for it.
        open_warehouse(settings.warehouse_url, settings.data_dir)
        if landing_url == str(sample_dir(settings) / "landing"):
            _ensure_sample(settings, console)
        first, last = _days(settings, request, landing_url, organizations_dir)
        prepare_manifest(settings)
        definitions = build_definitions(settings, {LOGGER: logger})
        with open_history(settings) as instance:
            result = _execute(
                definitions.resolve_job_def(JOB),
                instance,
                {**_tags(), **range_tags(first.isoformat(), last.isoformat())},
                {
                    "loggers": {LOGGER: {}},
                    "resources": {
                        "landing": {
                            "config": {
                                "landing_url": landing_url,
                                "organizations_dir": str(organizations_dir),
                            }
                        }
                    },
                    "ops": {"dbt_models": {"config": {"as_of": _iso(request.as_of)}}},
                },
            )
    if not result.success:
        sentences = failure(result).splitlines()
        for sentence in sentences[:SHOWN_SENTENCES]:
            console.print(f"[red]Failed:[/red] {escape(sentence)}", highlight=False, soft_wrap=True)
        if len(sentences) > SHOWN_SENTENCES:
            console.print(f"... and {len(sentences) - SHOWN_SENTENCES} more.", highlight=False)
        console.print("Tables downstream of it keep their last good state.")
        console.print(f"Log: {log_file}", highlight=False, soft_wrap=True)
        return 1
    show_summary(console, settings, first, last)
    return 0


def failure(result: ExecuteInProcessResult) -> str:
    """Return what the first step that failed says, one sentence a line."""
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                return data.user_failure_data.description
            error = data.error
            while error and error.cause:
                error = error.cause
            if error and error.cls_name == DagsterExecutionInterruptedError.__name__:
                return "the run was interrupted."
            return " ".join(error.message.split()) if error else str(event.message)
    return "the run stopped before its first step."


def _execute(
    job: JobDefinition,
    instance: DagsterInstance,
    tags: Mapping[str, str],
    run_config: Mapping[str, Any],
) -> ExecuteInProcessResult:
    return job.execute_in_process(
        run_config=run_config, instance=instance, tags=tags, raise_on_error=False
    )


def _tags() -> dict[str, str]:
    """Return tags that put the run under its job in the UI and name its process."""
    return {
        ".dagster/repository": f"__repository__@{LOCATION}",
        PROCESS_TAG: processes.mark(os.getpid()),
    }


def _ensure_sample(settings: Settings, console: Console) -> None:
    if not (sample_dir(settings) / "landing").is_dir():
        from orchestration.sample import generate_sample  # noqa: PLC0415 - needed once

        console.print("No landing is configured: generating a sample club to run on.")
        generate_sample(sample_dir(settings))


def _days(
    settings: Settings, request: Request, landing_url: str, organizations_dir: Any
) -> tuple[date, date]:
    """Return the days asked for, else the first and last that have files."""
    if request.first and request.last:
        first, last = request.first, request.last
    else:
        days = {file.export_date for file in landing_files(landing_url, organizations_dir)}
        if not days:
            raise RunError(
                f"The landing {landing_url} holds no file that an organization in "
                f"{organizations_dir} asks for: add files, or name them with --landing."
            )
        first, last = min(days), max(days)
    partitions = daily_partitions(settings.first_export_date)
    newest = partitions.get_last_partition_key()
    if first < settings.first_export_date or last.isoformat() > str(newest):
        raise RunError(
            f"Days {first} to {last} are not all between {settings.first_export_date} and "
            f"{newest}: choose others, or set FIRST_EXPORT_DATE."
        )
    return first, last


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
