"""One asset per export: the deliveries of all organizations for a day or a range of days."""

import logging
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import pyarrow as pa
from dagster import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    BackfillPolicy,
    BetaWarning,
    DailyPartitionsDefinition,
    Failure,
    MaterializeResult,
    MetadataValue,
    ResourceParam,
    asset,
)

from orchestration.assets import OWNER, POOL
from orchestration.checks.deliveries import delivery_check_specs, delivery_checks
from orchestration.checks.exports import export_check_specs, export_checks
from orchestration.exports.contracts import Contract
from orchestration.exports.landing.url import safe_url
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import Progress, ingest
from orchestration.exports.loading.results import (
    DeliveryRefused,
    FileResult,
    FileStatus,
    IngestResult,
)
from orchestration.exports.monitoring.arrivals import read_arrivals
from orchestration.exports.monitoring.expectations import referee
from orchestration.exports.organizations import load_organizations
from orchestration.exports.quarantine.listing import kinds_of_loads
from orchestration.exports.tables.preparing import prepare
from orchestration.markdown import markdown
from orchestration.resources import LandingResource, WarehouseResource
from orchestration.settings import Settings

PREVIEW_ROWS = 5
# Metadata of the newest day: a sentence for each file that waits for the next run.
POSTPONED = "postponed"
AFTER_REFUSAL = (
    "All other deliveries are loaded; the tables of every organization are built on them once this "
    "is mended, by `customer-intelligence run` or the next nightly run."
)

# Progress within a step is for the terminal alone: each message to Dagster's own log is stored.
progress_log = logging.getLogger("orchestration.progress")


def build_export_assets(
    contracts: Iterable[Contract], partitions: DailyPartitionsDefinition, settings: Settings
) -> list[AssetsDefinition]:
    """Return the asset of each contract, keyed `raw/<export>` like the table that it fills."""
    with warnings.catch_warnings():
        # Backfill policies are marked as beta; the version of Dagster is pinned to the patch.
        warnings.simplefilter("ignore", BetaWarning)
        return [_export_asset(contract, partitions, settings) for contract in contracts]


def _export_asset(
    contract: Contract, partitions: DailyPartitionsDefinition, settings: Settings
) -> AssetsDefinition:
    key = AssetKey(["raw", contract.export])

    @asset(
        key=key,
        partitions_def=partitions,
        # One run for a whole range: parallel runs would only queue for the same tables.
        backfill_policy=BackfillPolicy.single_run(),
        check_specs=[*export_check_specs(key), *delivery_check_specs(key)],
        group_name="exports",
        kinds={"csv"},
        owners=[OWNER],
        pool=POOL,
        description=contract.description,
        metadata={"delivery": contract.delivery, "key": ", ".join(contract.key)},
    )
    def export(
        context: AssetExecutionContext,
        landing: LandingResource,
        warehouse: ResourceParam[WarehouseResource],
    ) -> Iterator[AssetCheckResult | MaterializeResult]:  # type: ignore[type-arg]
        url, organizations_dir = landing.resolve(settings)
        organizations = load_organizations(organizations_dir)
        opened = warehouse.open()
        prepare(opened)
        days = context.partition_key_range
        first_day, last_day = date.fromisoformat(days.start), date.fromisoformat(days.end)
        result = ingest(
            opened,
            Landing(url, settings.landing_options),
            organizations,
            contract,
            first_day,
            last_day,
            on_progress=_show_progress,
        )
        context.log.info(summary(result))
        postponed = result.of(FileStatus.POSTPONED)
        arrivals = read_arrivals(opened, organizations, [contract.export], last_day, postponed)
        # Before a refusal ends the step: these checks may say why it was refused.
        yield from delivery_checks(arrivals, first_day, last_day)
        try:
            result.raise_if_refused()
        except DeliveryRefused as refused:
            follows = {"what_follows": AFTER_REFUSAL}
            raise Failure(str(refused), follows, allow_retries=False) from refused
        for day, metadata in metadata_by_day(result).items():
            context.add_asset_metadata(metadata, asset_key=key, partition_key=day)
        context.add_asset_metadata(
            {**run_metadata(result), "landing": safe_url(url)},
            asset_key=key,
            partition_key=days.end,
        )
        yield MaterializeResult(
            check_results=list(
                export_checks(
                    result,
                    referee(opened, contract, result.load_ids),
                    kinds_of_loads(opened, result.load_ids) if result.rows_quarantined else None,
                )
            )
        )

    return export


def summary(result: IngestResult) -> str:
    """Say in one line what became of an export's files."""
    counts = ", ".join(
        f"{len(result.of(status)):,} {status}" for status in FileStatus if result.of(status)
    )
    rows = f"{result.rows_loaded:,} rows loaded, {result.rows_quarantined:,} quarantined"
    repeats = f", {result.duplicate_lines:,} identical lines kept" if result.duplicate_lines else ""
    skipped = f"{result.rows_skipped:,} skipped"
    return f"{result.export}: {counts or 'no'} files, {rows}, {skipped}{repeats}"


def metadata_by_day(result: IngestResult) -> dict[str, dict[str, int | float]]:
    """Return the counts of each day that has files; rows are those loaded by this run."""
    days: dict[str, list[FileResult]] = {}
    for file in result.files:
        days.setdefault(file.export_date.isoformat(), []).append(file)
    return {day: {**_counts(files), **_quarantined_percent(files)} for day, files in days.items()}


def _quarantined_percent(files: Iterable[FileResult]) -> dict[str, float]:
    """Return each organization's share of quarantined rows, where rows were read: a trend."""
    read: Counter[str] = Counter()
    quarantined: Counter[str] = Counter()
    for file in files:
        if file.status is FileStatus.LOADED:
            read[file.organization_id] += file.rows_read
            quarantined[file.organization_id] += file.rows_quarantined
    return {
        f"quarantined_percent_{organization}": 100 * quarantined[organization] / rows
        for organization, rows in sorted(read.items())
        if rows
    }


def run_metadata(result: IngestResult) -> Mapping[str, MetadataValue]:
    """Return what the newest day of a run shows of the whole run: totals, organizations, rows."""
    organizations = sorted({file.organization_id for file in result.files})
    by_organization = [
        {
            "organization": one,
            **_counts(file for file in result.files if file.organization_id == one),
        }
        for one in organizations
    ]
    waiting = [file.message for file in result.of(FileStatus.POSTPONED)]
    return {
        **({POSTPONED: MetadataValue.json(waiting)} if waiting else {}),
        "run_totals": MetadataValue.md(markdown(pa.Table.from_pylist([_counts(result.files)]))),
        "run_by_organization": MetadataValue.md(markdown(pa.Table.from_pylist(by_organization))),
        "preview": MetadataValue.md(markdown(result.preview.slice(0, PREVIEW_ROWS))),
    }


def _counts(files: Iterable[FileResult]) -> dict[str, int]:
    files = list(files)
    loaded = [file for file in files if file.status is FileStatus.LOADED]
    by_status = {
        f"files_{status}": sum(file.status is status for file in files) for status in FileStatus
    }
    return by_status | {
        "rows_read": sum(file.rows_read for file in loaded),
        "rows_loaded": sum(file.rows_loaded for file in loaded),
        "rows_quarantined": sum(file.rows_quarantined for file in loaded),
        "rows_skipped": sum(file.rows_skipped for file in loaded),
    }


def _show_progress(progress: Progress) -> None:
    progress_log.info(
        "%s: %s of %s files, %s rows",
        progress.export,
        f"{progress.files_done:,}",
        f"{progress.files_total:,}",
        f"{progress.rows_loaded:,}",
    )
