"""Census data as assets: homes are geocoded once a week, tracts are surveyed once a year."""

import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date

import pyarrow as pa
from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    BackfillPolicy,
    BetaWarning,
    Failure,
    MaterializeResult,
    MetadataValue,
    ResourceParam,
    TimeWindowPartitionsDefinition,
    asset,
)

from orchestration.assets import OWNER, POOL
from orchestration.assets.enrichment import GROUP as ENRICHMENT
from orchestration.enrichment.census.connection import CENSUS_BUREAU, Connection, Servers
from orchestration.enrichment.census.geocoder import MATCH, OUTCOMES
from orchestration.enrichment.census.geocoding import HomesReport, geocode_homes
from orchestration.enrichment.census.tables import are_made
from orchestration.enrichment.census.tracts import complete_tracts, published_vintage
from orchestration.enrichment.provider import ProviderError
from orchestration.markdown import markdown
from orchestration.resources import WarehouseResource
from orchestration.settings import Settings
from orchestration.warehouse import Warehouse

GROUP = "census"
WITHOUT_KEY = (
    "The Census Bureau was not asked: set CENSUS_API_KEY, which is free at "
    "https://api.census.gov/data/key_signup.html, to place members in census tracts."
)
NOT_BUILT = (
    "Nobody knows yet where customers live: load the exports and build the tables first, by "
    "`customer-intelligence run`."
)

Results = Iterator[MaterializeResult]  # type: ignore[type-arg]


def build_census_assets(
    settings: Settings,
    weeks: TimeWindowPartitionsDefinition,
    years: TimeWindowPartitionsDefinition,
    servers: Servers = CENSUS_BUREAU,
) -> list[AssetsDefinition]:
    """Return the assets that ask the Census Bureau.

    Parameters
    ----------
    weeks, years
        Partitions of geocoding and of the survey.
    """
    with warnings.catch_warnings():
        # Backfill policies are marked as beta; the version of Dagster is pinned to the patch.
        warnings.simplefilter("ignore", BetaWarning)
        return [_geocodes(settings, weeks, servers), _census_tract(settings, years, servers)]


def _geocodes(
    settings: Settings, weeks: TimeWindowPartitionsDefinition, servers: Servers
) -> AssetsDefinition:
    @asset(
        key=AssetKey(["raw", "geocodes"]),
        deps=[AssetKey(["raw", name]) for name in ("members", "consents", "erasure_requests")],
        group_name=ENRICHMENT,
        kinds={"api"},
        owners=[OWNER],
        description="Where homes in the United States are, of customers who allow enrichment.",
        output_required=False,
        partitions_def=weeks,
        # An address that is not known yet is asked for once, however many weeks are asked for.
        backfill_policy=BackfillPolicy.single_run(),
        pool=POOL,
    )
    def geocodes(
        context: AssetExecutionContext, warehouse: ResourceParam[WarehouseResource]
    ) -> Results:
        # Addresses leave the house only where somebody has set this up.
        if not settings.census_api_key.get_secret_value():
            context.log.info(WITHOUT_KEY)
            return
        with _asking(settings, servers, warehouse) as (opened, connection):
            reports = geocode_homes(
                opened,
                connection,
                without_consents=settings.enrichment_without_consents,
                not_found_days=settings.enrichment_not_found_days,
            )
        yield MaterializeResult(metadata=_homes_metadata(reports))

    return geocodes


def _census_tract(
    settings: Settings, years: TimeWindowPartitionsDefinition, servers: Servers
) -> AssetsDefinition:
    @asset(
        key=AssetKey(["raw", "census_tract"]),
        deps=[AssetKey(["raw", "geocodes"])],
        group_name=GROUP,
        kinds={"api"},
        owners=[OWNER],
        description="Population, income, age, education and homes of the tracts around customers.",
        output_required=False,
        partitions_def=years,
        pool=POOL,
    )
    def census_tract(
        context: AssetExecutionContext, warehouse: ResourceParam[WarehouseResource]
    ) -> Results:
        if not settings.census_api_key.get_secret_value():
            context.log.info(WITHOUT_KEY)
            return
        first_day = date.fromisoformat(context.partition_key)
        vintage = published_vintage(first_day)
        with _asking(settings, servers, warehouse) as (opened, connection):
            found = complete_tracts(opened, connection, vintage, first_day)
        yield MaterializeResult(
            metadata={
                "vintage": vintage,
                "counties": len(found),
                "tracts": sum(found.values()),
            }
        )

    return census_tract


@contextmanager
def _asking(
    settings: Settings, servers: Servers, resource: WarehouseResource
) -> Iterator[tuple[Warehouse, Connection]]:
    """Lend the warehouse and a connection to one run at a time; tell failures in one sentence."""
    opened = resource.open()
    with resource.turn(opened, "enrichment"):
        if not are_made(opened):
            raise Failure(NOT_BUILT, allow_retries=False)
        try:
            with closing(Connection(settings.census_api_key, servers)) as connection:
                yield opened, connection
        except ProviderError as error:
            raise Failure(str(error), allow_retries=False) from None


def _homes_metadata(
    reports: dict[str, HomesReport],
) -> dict[str, MetadataValue | int]:
    table = pa.table(
        {
            "organization": list(reports),
            "addresses asked for": [f"{report.asked:,}" for report in reports.values()],
            **{
                outcome: [f"{report.outcomes[outcome]:,}" for report in reports.values()]
                for outcome in OUTCOMES
            },
        }
    )
    return {
        "asked": sum(report.asked for report in reports.values()),
        "found": sum(report.outcomes[MATCH] for report in reports.values()),
        "organizations": MetadataValue.md(markdown(table)),
    }
