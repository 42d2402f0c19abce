"""Trained models as assets: each scores every organization as of the day of its tables."""

import base64
from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa
from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    Config,
    MaterializeResult,
    MetadataValue,
    ResourceParam,
    multi_asset,
)
from pydantic import Field

from ml.registry import Registry
from orchestration.assets import OWNER, POOL
from orchestration.markdown import markdown
from orchestration.resources import WarehouseResource
from orchestration.scoring.outcome import Outcome, Scorer
from orchestration.scoring.scoring import score_organizations
from orchestration.settings import Settings


class ModelConfig(Config):
    """What a run may ask of a model."""

    train_anew: bool = Field(
        default=False, description="Train a challenger even where nothing asks for one."
    )


def build_model_assets(scorers: Iterable[Scorer], settings: Settings) -> list[AssetsDefinition]:
    """Return the assets of each model, keyed `raw/<table>` like the tables that it fills."""
    return [_model_assets(scorer, settings) for scorer in scorers]


def _model_assets(scorer: Scorer, settings: Settings) -> AssetsDefinition:
    keys = [AssetKey(["raw", table]) for table in scorer.tables]

    @multi_asset(
        name=f"{scorer.model}_scores",
        specs=[
            AssetSpec(
                key,
                deps=[AssetKey(list(table)) for table in scorer.reads],
                group_name="models",
                kinds={"scikitlearn"},
                owners=[OWNER],
                description=description,
            )
            for key, description in zip(keys, scorer.tables.values(), strict=True)
        ],
        check_specs=[
            AssetCheckSpec(name, asset=keys[0], description=description)
            for name, description in scorer.checks.items()
        ],
        description=scorer.description,
        pool=POOL,
    )
    def scores(
        context: AssetExecutionContext,
        config: ModelConfig,
        warehouse: ResourceParam[WarehouseResource],
    ) -> Iterator[MaterializeResult]:  # type: ignore[type-arg]
        registry = Registry(settings.registry_dir)
        outcomes: dict[str, Outcome] = {}
        for organization_id, outcome in score_organizations(
            scorer, warehouse.open(), registry, train_anew=config.train_anew
        ):
            outcomes[organization_id] = outcome
            context.log.info(_sentence(organization_id, outcome))
        for key in keys:
            is_first = key == keys[0]
            yield MaterializeResult(
                asset_key=key,
                metadata=_metadata(registry, scorer.model, key.path[-1], outcomes),
                check_results=list(_checks(scorer, key, outcomes)) if is_first else [],
            )

    return scores


def _sentence(organization_id: str, outcome: Outcome) -> str:
    if not outcome.runs:
        return f"{organization_id}: nothing to score yet"
    run = outcome.runs[0]
    return (
        f"{organization_id} as of {run.scored_as_of}: {run.scored_rows:,} scored by "
        f"{run.model_name}, version {run.model_version} ({run.reason})"
    )


def _metadata(
    registry: Registry, model: str, table: str, outcomes: Mapping[str, Outcome]
) -> dict[str, MetadataValue | int]:
    runs = [
        {
            "organization": run.organization_id,
            "model": run.model_name,
            "version": run.model_version,
            "champion": run.is_champion,
            "trained as of": run.trained_as_of,
            "why": run.reason,
            **{name: value for name, value in run.metrics.items() if value is not None},
        }
        for outcome in outcomes.values()
        for run in outcome.runs
    ]
    names = dict.fromkeys(name for run in runs for name in run)
    table_of_runs = pa.table({name: [str(run.get(name, "")) for run in runs] for name in names})
    return {
        "rows": sum(len(outcome.tables[table]) for outcome in outcomes.values()),
        "runs": MetadataValue.md(markdown(table_of_runs)),
        **dict(_plots(registry, model, outcomes)),
    }


def _plots(
    registry: Registry, model: str, outcomes: Mapping[str, Outcome]
) -> Iterator[tuple[str, MetadataValue]]:
    """Yield the pictures of the versions that scored, from their model cards."""
    for organization_id, outcome in outcomes.items():
        for version in (run.model_version for run in outcome.runs if run.is_champion):
            files = registry.record(organization_id, model, version).files if version else ()
            for name in files:
                if name.endswith(".png"):
                    image = registry.read_file(organization_id, model, version, name)
                    source = f"data:image/png;base64,{base64.b64encode(image).decode()}"
                    title = f"{organization_id}: {name.removesuffix('.png')}"
                    yield title, MetadataValue.md(f"![{title}]({source})")


def _checks(
    scorer: Scorer, key: AssetKey, outcomes: Mapping[str, Outcome]
) -> Iterator[AssetCheckResult]:
    for name in scorer.checks:
        found = {
            organization_id: finding
            for organization_id, outcome in outcomes.items()
            for finding in outcome.findings
            if finding.check == name
        }
        rows = [
            {
                "organization": organization_id,
                "holds": finding.passed,
                **{label: str(value) for label, value in finding.figures.items()},
            }
            for organization_id, finding in found.items()
        ]
        names = dict.fromkeys(label for row in rows for label in row)
        table = pa.table({label: [str(row.get(label, "")) for row in rows] for label in names})
        yield AssetCheckResult(
            check_name=name,
            asset_key=key,
            passed=all(finding.passed for finding in found.values()),
            severity=AssetCheckSeverity.WARN,
            metadata={"organizations": MetadataValue.md(markdown(table))},
        )
