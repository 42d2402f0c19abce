"""Enrichment as assets: third parties are asked once a week."""

import warnings
from collections.abc import Iterator
from contextlib import closing

import pyarrow as pa
from dagster import (
    AssetCheckResult,
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    BackfillPolicy,
    BetaWarning,
    Config,
    Failure,
    MaterializeResult,
    MetadataValue,
    ResourceParam,
    WeeklyPartitionsDefinition,
    multi_asset,
)
from pydantic import Field

from orchestration.assets import OWNER, POOL
from orchestration.checks.enrichment import enrichment_check_specs, enrichment_checks
from orchestration.enrichment.people_data_labs import PeopleDataLabs
from orchestration.enrichment.provider import Exhausted, ProviderError
from orchestration.enrichment.report import Report
from orchestration.enrichment.run import Terms, enrich
from orchestration.enrichment.tables import ANSWERED, prepare
from orchestration.enrichment.typed import COMPANIES, PERSONS, read_answers
from orchestration.exports.tables.preparing import prepare as prepare_exports
from orchestration.markdown import markdown
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from orchestration.warehouse import Warehouse

GROUP = "enrichment"
WITHOUT_KEY = "Nobody was asked for: set PDL_API_KEY, the key of People Data Labs, to enrich."

READS = ["organizations", "members", "accounts", "consents", "erasure_requests"]
TABLES = {
    ANSWERED: "Every answer of People Data Labs, whole, with what it cost.",
    PERSONS: "Persons in the answers, in columns.",
    COMPANIES: "Companies in the answers, in columns.",
}

Results = Iterator[MaterializeResult | AssetCheckResult]  # type: ignore[type-arg]


class EnrichmentConfig(Config):
    """What a run may ask of enrichment."""

    dry_run: bool = Field(
        default=False, description="Ask for nobody, but tell what it would cost at most."
    )


def build_enrichment_asset(
    settings: Settings, weeks: WeeklyPartitionsDefinition
) -> AssetsDefinition:
    """Return the asset that asks third parties about customers."""
    with warnings.catch_warnings():
        # Backfill policies are marked as beta; the version of Dagster is pinned to the patch.
        warnings.simplefilter("ignore", BetaWarning)
        return _weekly(settings, weeks)


def _weekly(settings: Settings, weeks: WeeklyPartitionsDefinition) -> AssetsDefinition:
    keys = {table: AssetKey(["raw", table]) for table in TABLES}

    @multi_asset(
        name="raw__enrichment",
        specs=[
            AssetSpec(
                keys[table],
                deps=[AssetKey(["raw", export]) for export in READS],
                group_name=GROUP,
                kinds={"api"},
                owners=[OWNER],
                description=description,
                skippable=True,
            )
            for table, description in TABLES.items()
        ],
        check_specs=enrichment_check_specs(keys[ANSWERED]),
        # Rows alone can be read anew; and only of such assets may checks be skipped.
        can_subset=True,
        partitions_def=weeks,
        # Whoever is due is due once, however many weeks are asked for.
        backfill_policy=BackfillPolicy.single_run(),
        pool=POOL,
    )
    def enrichment(
        context: AssetExecutionContext,
        config: EnrichmentConfig,
        warehouse: ResourceParam[WarehouseResource],
    ) -> Results:
        if not settings.pdl_api_key.get_secret_value():
            context.log.info(WITHOUT_KEY)
            # Checks that say nothing would be told of in a sentence more.
            yield from enrichment_checks(Report.of_nothing())
            return
        opened = warehouse.open()
        with warehouse.turn(opened, "enrichment"):
            asked = keys[ANSWERED] in context.selected_asset_keys
            report = _ask(opened, settings, config) if asked else None
            prepare(opened)
            read_answers(opened)
        for sentence in report.sentences() if report else ():
            context.log.info(sentence)
        if config.dry_run:
            return
        for key in context.selected_asset_keys & {keys[PERSONS], keys[COMPANIES]}:
            yield MaterializeResult(asset_key=key)
        if report:
            yield MaterializeResult(asset_key=keys[ANSWERED], metadata=report_metadata(report))
            yield from enrichment_checks(report)
            _raise_if_stopped(context, report)

    return enrichment


def _ask(warehouse: Warehouse, settings: Settings, config: EnrichmentConfig) -> Report:
    try:
        provider = PeopleDataLabs(
            settings.pdl_api_key,
            base_url=settings.pdl_url,
            min_likelihood=settings.enrichment_minimum_likelihood,
        )
    except ProviderError as error:
        raise Failure(str(error), allow_retries=False) from None
    # Where nothing was ever loaded, there is nobody to ask for.
    prepare_exports(warehouse)
    with closing(provider):
        return enrich(warehouse, provider, Terms.of(settings), dry_run=config.dry_run)


def _raise_if_stopped(context: AssetExecutionContext, report: Report) -> None:
    """Fail where a provider refused or was silent; where credits ran out, what came is enough."""
    if isinstance(report.stopped, Exhausted):
        context.log.warning(str(report.stopped))
    elif report.stopped:
        raise Failure(str(report.stopped), allow_retries=False)


def report_metadata(report: Report) -> dict[str, MetadataValue | int | float]:
    """Return what a run of enrichment tells beside its assets."""
    rows = [
        {
            "organization": organization_id,
            "candidates": tally.candidates,
            "due": tally.due,
            "answered": tally.answered,
            **dict(sorted(tally.outcomes.items())),
            "prospects": tally.prospects,
            "credits": tally.credits,
        }
        for organization_id, tally in report.tallies.items()
    ]
    names = dict.fromkeys(name for row in rows for name in row)
    table = pa.table({name: [row.get(name, 0) for row in rows] for name in names})
    likelihoods = report.likelihoods
    histogram = pa.table(
        {"likelihood": list(likelihoods), "matches": [f"{n:,}" for n in likelihoods.values()]}
    )
    return {
        "credits": report.credits,
        "credits_left": report.room - report.credits,
        "in_doubt": report.lost,
        **({"match_percent": 100 * rate} if (rate := report.found.rate) is not None else {}),
        "organizations": MetadataValue.md(markdown(table)),
        "likelihood": MetadataValue.md(markdown(histogram)),
    }
