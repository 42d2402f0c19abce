"""What is made up for the sample, while no key is configured: answers, homes, census tracts."""

from collections.abc import Iterator
from typing import Any, TypeAlias

from dagster import (
    AssetExecutionContext,
    AssetKey,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    ResourceParam,
    asset,
    multi_asset,
)

from orchestration.assets import OWNER, POOL
from orchestration.assets.enrichment import READS, report_metadata
from orchestration.enrichment.census.tables import DEMO_TABLES
from orchestration.enrichment.demo import demo_provider
from orchestration.enrichment.demo.settling import prepare as prepare_homes
from orchestration.enrichment.demo.settling import settle
from orchestration.enrichment.run import Terms, enrich
from orchestration.enrichment.tables import MADE_UP, forget, prepare
from orchestration.enrichment.typed import read_answers
from orchestration.exports.organizations import load_organizations
from orchestration.resources import LandingResource, WarehouseResource, sample_dir
from orchestration.settings import Settings

GROUP = "demo"
# Enough to see all that enrichment does, few enough for seconds.
MADE_UP_CREDITS = 500
NOTHING_IS_TRUE = "All of it is made up: it shows on the sample what enrichment would tell."

_DEPS = [AssetKey(["raw", export]) for export in READS]
_HOMES = {
    "demo_geocodes": "Made-up homes of the sample's customers, while no key is configured.",
    "demo_census_tract": "The made-up tracts around them.",
}

Result: TypeAlias = "MaterializeResult[Any]"


def build_demo_assets(settings: Settings) -> list[AssetsDefinition]:
    """Return the assets that make up what third parties would tell of the sample."""
    return [_answers(settings), _homes(settings)]


def _answers(settings: Settings) -> AssetsDefinition:
    @asset(
        key=AssetKey(["raw", MADE_UP]),
        deps=_DEPS,
        group_name=GROUP,
        kinds={"python"},
        owners=[OWNER],
        description="Made-up answers about the sample's customers, while no key is configured.",
        pool=POOL,
    )
    def enrichment_demo(
        context: AssetExecutionContext,
        landing: LandingResource,
        warehouse: ResourceParam[WarehouseResource],
    ) -> Result:
        opened = warehouse.open()
        if not _is_keyless_sample(settings, landing):
            prepare(opened)
            return MaterializeResult(metadata={"forgotten": forget(opened, MADE_UP)})
        with demo_provider() as provider, warehouse.turn(opened, "enrichment"):
            terms = Terms.of(settings).with_credits(MADE_UP_CREDITS)
            report = enrich(
                opened, provider, terms, table=MADE_UP, organizations=_invented(settings)
            )
            read_answers(opened)
        context.log.info(NOTHING_IS_TRUE)
        return MaterializeResult(metadata=report_metadata(report))

    return enrichment_demo


def _homes(settings: Settings) -> AssetsDefinition:
    @multi_asset(
        name="raw__demo_homes",
        specs=[
            AssetSpec(
                AssetKey([schema, table]),
                deps=_DEPS,
                group_name=GROUP,
                kinds={"python"},
                owners=[OWNER],
                description=_HOMES[table],
            )
            for schema, table in DEMO_TABLES
        ],
        pool=POOL,
    )
    def homes_demo(
        landing: LandingResource, warehouse: ResourceParam[WarehouseResource]
    ) -> Iterator[Result]:
        opened = warehouse.open()
        has_key = bool(settings.census_api_key.get_secret_value())
        with warehouse.turn(opened, "enrichment"):
            if has_key or not _is_keyless_sample(settings, landing):
                prepare_homes(opened)
                told = {"forgotten": sum(forget(opened, table) for _, table in DEMO_TABLES)}
            else:
                without_consents = settings.enrichment_without_consents
                placed = settle(opened, _invented(settings), without_consents=without_consents)
                told = {"placed": placed}
        for schema, table in DEMO_TABLES:
            yield MaterializeResult(asset_key=AssetKey([schema, table]), metadata=told)

    return homes_demo


def _is_keyless_sample(settings: Settings, landing: LandingResource) -> bool:
    """Whether nobody can be asked, and nobody who exists is spoken of."""
    url, _ = landing.resolve(settings)
    is_sample = url == str(sample_dir(settings) / "landing")
    return is_sample and not settings.pdl_api_key.get_secret_value()


def _invented(settings: Settings) -> list[str]:
    """Return the ids of the sample's organizations; others may stand in the same warehouse."""
    folder = sample_dir(settings) / "organizations"
    return [organization.organization_id for organization in load_organizations(folder)]
