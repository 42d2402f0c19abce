"""What a model's day comes to: scored tables, runs on record, what its checks found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from ml.registry import Registry
from orchestration.scoring.champions import Reign
from orchestration.scoring.runs import ModelRun
from orchestration.warehouse import Warehouse


@dataclass(frozen=True)
class Finding:
    """Whether something that a model is watched for holds, with the figures that tell."""

    check: str
    passed: bool
    figures: Mapping[str, float | str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """One organization's scores of a day.

    Attributes
    ----------
    tables : scored rows by the name of their table in ``raw``
    runs : the version that scored, and a challenger that it turned down
    findings : what its checks found
    """

    tables: Mapping[str, pd.DataFrame]
    runs: list[ModelRun]
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Scorer:
    """A trained model at work.

    Attributes
    ----------
    model : its name in the registry and in ``ops.model_runs``
    description : what it scores, for the asset
    tables : what it writes, by table in ``raw``
    reads : schema and name of the tables that it reads
    checks : names of its findings, with what they mean
    score : from warehouse, registry, organization, day and whether to train anew, the outcome
    keeps_days : whether scores of earlier days stand beside the newest
    thins_out : whether every day scores all anew, so that of past months one day suffices
    organizations : schema and name of the table that holds rows of whoever is scored
    """

    model: str
    description: str
    tables: Mapping[str, str]
    reads: tuple[tuple[str, str], ...]
    checks: Mapping[str, str]
    score: Callable[[Warehouse, Registry, str, date, bool], Outcome]
    keeps_days: bool = True
    thins_out: bool = True
    organizations: tuple[str, str] = ("features", "customer_features")


def runs_of(
    reign: Reign,
    organization_id: str,
    model: str,
    scored_as_of: date,
    scored_rows: int,
    *,
    realised: Mapping[str, float] | None = None,
) -> list[ModelRun]:
    """Return what is put on record of a day: the version that scored, and who lost against it.

    Parameters
    ----------
    realised
        Figures of the version that scored on what has come since it was trained.
    """
    came = {f"realised_{name}": value for name, value in (realised or {}).items()}
    versions = [(reign.record, scored_rows)]
    if reign.turned_down:
        versions.append((reign.turned_down, 0))
    return [
        ModelRun(
            organization_id=organization_id,
            model=model,
            scored_as_of=scored_as_of,
            model_name=record.model_name,
            model_version=record.version,
            trained_as_of=record.trained_as_of,
            is_champion=record is reign.record,
            reason=reign.reason,
            window_start=record.window_from,
            window_end=record.window_to,
            data_hash=record.data_hash,
            parameters=record.parameters,
            metrics={**record.metrics, **(came if record is reign.record else {})},
            scored_rows=rows,
        )
        for record, rows in versions
    ]
