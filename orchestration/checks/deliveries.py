"""Checks of what was delivered: days that brought nothing, unusual numbers of rows, other columns.

They warn and block nothing: what was loaded is right, but may not be all, or not what it was.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import pyarrow as pa
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetKey,
    MetadataValue,
)

from orchestration.exports.monitoring.arrivals import Arrivals
from orchestration.exports.monitoring.drift import Drift, find_drift
from orchestration.exports.monitoring.freshness import Lateness, find_lateness
from orchestration.exports.monitoring.volume import Volumes, measure_volumes
from orchestration.markdown import markdown

FRESHNESS, VOLUME, DRIFT = "freshness", "volume", "schema_drift"

_LISTED_GAPS = 20
_LISTED_ROWS = 100


def delivery_check_specs(key: AssetKey) -> list[AssetCheckSpec]:
    """Return the checks of one export's deliveries."""
    descriptions = {
        FRESHNESS: "Every organization delivered on every day on which a file was due.",
        VOLUME: "Deliveries hold as many rows as those of the same weekday before.",
        DRIFT: "Files have the columns, with the kinds of values, of the delivery before.",
    }
    return [
        AssetCheckSpec(name, asset=key, description=text) for name, text in descriptions.items()
    ]


def delivery_checks(
    arrivals: Arrivals, first_day: date, last_day: date
) -> Iterator[AssetCheckResult]:
    """Yield the result of every check over a run's days, both included, as of the last of them."""
    yield freshness_check(find_lateness(arrivals, first_day, last_day))
    yield volume_check(measure_volumes(arrivals, first_day, last_day))
    yield drift_check(find_drift(arrivals, first_day, last_day))


def freshness_check(late: Sequence[Lateness]) -> AssetCheckResult:
    """Warn of due days that brought nothing, organization by organization."""
    rows: list[dict[str, object]] = [
        {
            "organization": one.organization_id,
            "newest delivery": one.newest_delivery,
            "days late": one.days_late,
            "days missing since the first": one.days_missing,
            "missing": one.listed(_LISTED_GAPS),
        }
        for one in late
    ]
    return _warning(FRESHNESS, rows, {"organizations_late": len(late)})


def volume_check(volumes: Volumes) -> AssetCheckResult:
    """Warn of deliveries with an unusual number of rows."""
    rows: list[dict[str, object]] = [
        {
            "organization": one.organization_id,
            "day": f"{one.export_date:%a %Y-%m-%d}",
            "rows": one.rows_delivered,
            "usual range": one.usual_range,
            "usual": f"{one.usual_rows:,.0f}",
            "robust z-score": f"{one.z_score:.1f}",
            "weeks compared": one.weeks,
        }
        for one in volumes.unusual
    ]
    counts = {
        "unusual_deliveries": len(rows),
        "deliveries_judged": volumes.judged,
        "deliveries_with_not_enough_history": volumes.too_new,
    }
    return _warning(VOLUME, rows, counts)


def drift_check(drifts: Sequence[Drift]) -> AssetCheckResult:
    """Warn of files whose columns are not those of the delivery before."""
    rows: list[dict[str, object]] = [
        {
            "organization": one.organization_id,
            "day": one.export_date,
            "file": one.file,
            "columns": one.listed(),
        }
        for one in drifts
    ]
    return _warning(DRIFT, rows, {"files_changed": len(rows)})


def _warning(name: str, rows: list[dict[str, object]], counts: dict[str, int]) -> AssetCheckResult:
    """Return a check that warns if there are rows, and shows the newest of them."""
    table = pa.Table.from_pylist(rows)
    newest = table.slice(max(table.num_rows - _LISTED_ROWS, 0))
    shown = {"problems": MetadataValue.md(markdown(newest))} if table.num_rows else {}
    return AssetCheckResult(
        check_name=name,
        passed=not table.num_rows,
        severity=AssetCheckSeverity.WARN,
        metadata={**counts, **shown},
    )
