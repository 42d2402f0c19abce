"""Dagster's home: where the history of every run lies, whether the terminal or the UI began it."""

import os
from pathlib import Path

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from orchestration import processes
from orchestration.settings import PROJECT_ROOT, Settings

PROCESS_TAG = "customer_intelligence/process"
_UNFINISHED = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


def enter_home(settings: Settings) -> Path:
    """Make this process, and those it starts, use the project's Dagster home; return its folder."""
    home = settings.data_dir / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    link = home / "dagster.yaml"
    if not link.is_symlink():
        link.unlink(missing_ok=True)
        link.symlink_to(PROJECT_ROOT / "dagster.yaml")
    os.environ.update(
        DAGSTER_HOME=str(home),
        DO_NOT_TRACK="1",
        # A backfill reports a materialization per export and day; see event_history.
        DAGSTER_EVENT_BATCH_SIZE="1000",
    )
    return home


def open_history(settings: Settings) -> DagsterInstance:
    """Open the history, in which runs of processes that were killed are marked as failed."""
    enter_home(settings)
    instance = DagsterInstance.get()
    for run in instance.get_runs(RunsFilter(statuses=_UNFINISHED)):
        if PROCESS_TAG in run.tags and processes.find(run.tags[PROCESS_TAG]) is None:
            instance.report_run_failed(run, "The process of this run was killed.")
    return instance
