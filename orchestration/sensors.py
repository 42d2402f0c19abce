"""Runs that files ask for themselves: what arrives late or again in the landing zone is loaded."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

from dagster import (
    DailyPartitionsDefinition,
    DefaultSensorStatus,
    RunRequest,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    sensor,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from orchestration.exports.landing.zone import ExportFile, Landing
from orchestration.partitions import range_tags
from orchestration.resources import input_location, landing_files
from orchestration.settings import Settings

# Two marks per day: of its files at the last tick, and of its files when a run was last requested.
Marks = dict[str, tuple[str, str]]


def landing_sensor(
    job: UnresolvedAssetJobDefinition, partitions: DailyPartitionsDefinition, settings: Settings
) -> SensorDefinition:
    """Return the sensor that runs `job` for days with new or changed files.

    A day is due once its files look the same on two ticks: a file that is still growing waits. The
    sensor starts switched off, since the nightly schedule suffices where files arrive in time.
    """

    @sensor(
        job=job,
        name="landing",
        minimum_interval_seconds=60,
        default_status=DefaultSensorStatus.STOPPED,
    )
    def landing(context: SensorEvaluationContext) -> SensorResult:
        """Load days whose files are new or changed, once they have stopped growing."""
        url, organizations_dir = input_location(settings)
        files = landing_files(Landing(url, settings.landing_options), organizations_dir)
        first, last = partitions.get_first_partition_key(), partitions.get_last_partition_key()
        days = {d: mark for d, mark in marks_by_day(files).items() if str(first) <= d <= str(last)}
        known: Marks = json.loads(context.cursor) if context.cursor else {}
        due, cursor = due_days(days, known)
        requests = [
            _request(start, end, days[start], days[end]) for start, end in ranges(days, due)
        ]
        return SensorResult(run_requests=requests, cursor=json.dumps(cursor))

    return landing


def marks_by_day(files: Iterable[ExportFile]) -> dict[str, str]:
    """Return, per export date, a short mark that changes when a file comes, goes or changes."""
    by_day = groupby(sorted(files, key=_by_day), key=lambda file: file.export_date)
    return {day.isoformat(): _mark(group) for day, group in by_day}


def due_days(days: Mapping[str, str], known: Marks) -> tuple[set[str], Marks]:
    """Decide which days to run, and what to remember: two short marks for each day with files.

    Parameters
    ----------
    days
        Mark of each day's files now.
    known
        What the last tick remembered.
    """
    due, cursor = set(), {}
    for day, mark in days.items():
        last_seen, last_run = known.get(day, ("", ""))
        if mark == last_seen and mark != last_run:
            due.add(day)
            last_run = mark
        cursor[day] = (mark, last_run)
    return due, cursor


def ranges(days: Iterable[str], due: set[str]) -> Iterator[tuple[str, str]]:
    """Yield first and last day of each stretch of due days; days without files do not break one."""
    for is_due, stretch in groupby(sorted(days), key=due.__contains__):
        if is_due:
            members = list(stretch)
            yield members[0], members[-1]


def _request(first: str, last: str, first_mark: str, last_mark: str) -> RunRequest:
    run_key = f"{first}:{first_mark}-{last}:{last_mark}"
    return RunRequest(run_key=run_key, tags=range_tags(first, last))


def _by_day(file: ExportFile) -> tuple[date, str]:
    return file.export_date, file.path


def _mark(files: Iterable[ExportFile]) -> str:
    text = "\n".join(f"{file.path} {file.size} {file.version}" for file in files)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
