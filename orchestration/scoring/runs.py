"""``ops.model_runs``: what each run of a model knew, chose and was worth."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from orchestration.warehouse import Session

_SCHEMA = pa.schema(
    [
        ("organization_id", pa.string()),
        ("model", pa.string()),
        ("scored_as_of", pa.date32()),
        ("model_name", pa.string()),
        ("model_version", pa.string()),
        ("trained_as_of", pa.date32()),
        ("is_champion", pa.bool_()),
        ("reason", pa.string()),
        ("window_start", pa.date32()),
        ("window_end", pa.date32()),
        ("data_hash", pa.string()),
        ("parameters", pa.string()),
        ("metrics", pa.string()),
        ("scored_rows", pa.int64()),
        ("finished_at", pa.timestamp("us", "UTC")),
    ]
)


@dataclass(frozen=True)
class ModelRun:
    """One version of a model in one run: the champion that scored, or a challenger that lost.

    Attributes
    ----------
    reason : why it was trained, promoted, kept or turned down, as a sentence
    window_start, window_end : first and last day of the data that it was trained on
    metrics : figures of merit on held-out time, by name
    scored_rows : rows written with it; 0 for a challenger that lost
    """

    organization_id: str
    model: str
    scored_as_of: date
    model_name: str
    model_version: str
    trained_as_of: date
    is_champion: bool
    reason: str
    window_start: date | None
    window_end: date | None
    data_hash: str
    parameters: Mapping[str, Any]
    metrics: Mapping[str, Any]
    scored_rows: int


def untrained_run(
    organization_id: str,
    model: str,
    scored_as_of: date,
    *,
    model_name: str,
    reason: str,
    data_hash: str,
    parameters: Mapping[str, Any],
    metrics: Mapping[str, Any],
    scored_rows: int,
) -> ModelRun:
    """Return the run of a model without versions, which reads all data anew on every day."""
    return ModelRun(
        organization_id=organization_id,
        model=model,
        scored_as_of=scored_as_of,
        model_name=model_name,
        model_version="",
        trained_as_of=scored_as_of,
        is_champion=True,
        reason=reason,
        window_start=None,
        window_end=scored_as_of,
        data_hash=data_hash,
        parameters=parameters,
        metrics=metrics,
        scored_rows=scored_rows,
    )


def record_runs(
    session: Session, organization_id: str, model: str, scored_as_of: date, runs: list[ModelRun]
) -> None:
    """Replace what is on record of an organization's model and day."""
    rows = [
        {
            **vars(run),
            "parameters": json.dumps(run.parameters, sort_keys=True, default=str),
            "metrics": json.dumps(run.metrics, sort_keys=True, default=str),
            "finished_at": datetime.now(UTC),
        }
        for run in runs
    ]
    key = {"organization_id": organization_id, "model": model, "scored_as_of": scored_as_of}
    session.replace("ops", "model_runs", key, pa.Table.from_pylist(rows, _SCHEMA))
