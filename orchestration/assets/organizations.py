"""The organizations' own data, which dbt joins to every export."""

from dagster import AssetExecutionContext, AssetsDefinition, MaterializeResult, ResourceParam, asset

from orchestration.assets import OWNER, POOL
from orchestration.exports.organization_tables import write_organizations
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables import prepare
from orchestration.resources import LandingResource, WarehouseResource
from orchestration.settings import Settings


def build_organizations_asset(settings: Settings) -> AssetsDefinition:
    """Return the asset that makes `raw.organizations` say what the organizations' files say."""

    @asset(
        key=["raw", "organizations"],
        group_name="exports",
        kinds={"yaml"},
        owners=[OWNER],
        pool=POOL,
        description="Who the organizations are: name, time zone, currency, fiscal year.",
    )
    def organizations(
        context: AssetExecutionContext,
        landing: LandingResource,
        warehouse: ResourceParam[WarehouseResource],
    ) -> MaterializeResult:  # type: ignore[type-arg]
        _, directory = landing.resolve(settings)
        found = load_organizations(directory)
        opened = warehouse.open()
        prepare(opened)
        write_organizations(opened, found)
        return MaterializeResult(
            metadata={
                "organizations": ", ".join(organization.organization_id for organization in found),
                "organizations_dir": str(directory),
            }
        )

    return organizations
