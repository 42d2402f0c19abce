"""The organizations' own data, which dbt joins to every export."""

from collections.abc import Iterator

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    ResourceParam,
    multi_asset,
)

from orchestration.assets import OWNER, POOL
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.organizations import write_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.resources import LandingResource, WarehouseResource
from orchestration.settings import Settings

DESCRIPTIONS = {
    "organizations": "Who the organizations are: name, time zone, currency, fiscal year.",
    "organization_exports": "Which of their exports are full lists and which are changes.",
    "identity_rulings": "Which of their records are ruled to be one, and which not.",
    "experiment_designs": "Which of their A/B tests were planned otherwise than usual, and how.",
}


def build_organizations_asset(settings: Settings) -> AssetsDefinition:
    """Return the assets that make these tables say what the organizations' files say."""

    @multi_asset(
        specs=[
            AssetSpec(
                ["raw", table],
                group_name="exports",
                kinds={"yaml"},
                owners=[OWNER],
                description=description,
            )
            for table, description in DESCRIPTIONS.items()
        ],
        pool=POOL,
    )
    def organizations(
        context: AssetExecutionContext,
        landing: LandingResource,
        warehouse: ResourceParam[WarehouseResource],
    ) -> Iterator[MaterializeResult]:  # type: ignore[type-arg]
        _, directory = landing.resolve(settings)
        found = load_organizations(directory)
        opened = warehouse.open()
        prepare(opened)
        write_organizations(opened, found)
        names = ", ".join(organization.organization_id for organization in found)
        for table in DESCRIPTIONS:
            yield MaterializeResult(
                asset_key=["raw", table],
                metadata={"organizations": names, "organizations_dir": str(directory)},
            )

    return organizations
