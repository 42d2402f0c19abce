"""The one place where all parts meet. Loading it writes, connects and starts nothing."""

from collections.abc import Mapping

from dagster import (
    AssetSelection,
    Definitions,
    LoggerDefinition,
    define_asset_job,
    definitions,
    in_process_executor,
)

from orchestration.assets.census import GROUP as CENSUS
from orchestration.assets.census import build_census_assets
from orchestration.assets.dbt import build_dbt_assets, dbt_resource
from orchestration.assets.demo import build_demo_assets
from orchestration.assets.enrichment import GROUP as ENRICHMENT
from orchestration.assets.enrichment import build_enrichment_asset
from orchestration.assets.exports import build_export_assets
from orchestration.assets.manifest import existing_manifest
from orchestration.assets.models import build_model_assets
from orchestration.assets.organizations import build_organizations_asset
from orchestration.exports.contracts import load_contracts
from orchestration.partitions import census_partitions, daily_partitions, weekly_partitions
from orchestration.resources import LandingResource, WarehouseResource
from orchestration.schedules import census_schedule, nightly_schedule, weekly_schedule
from orchestration.scoring import SCORERS
from orchestration.sensors import landing_sensor
from orchestration.settings import Settings

JOB = "daily"
WEEKLY_JOB = "weekly_enrichment"
CENSUS_JOB = "yearly_census"
# As in workspace.yaml.
LOCATION = "customer_intelligence"


def build_definitions(
    settings: Settings, loggers: Mapping[str, LoggerDefinition] | None = None
) -> Definitions:
    """Return everything that Dagster runs, for these settings.

    Parameters
    ----------
    settings
        Decides the warehouse, the partitions and where the manifest of dbt lies.
    loggers
        Replace Dagster's console log where a run's configuration names them.

    Raises
    ------
    DbtProjectError
        If dbt's manifest has not been made yet.
    """
    partitions = daily_partitions(settings.first_export_date)
    weeks = weekly_partitions(settings.first_export_date)
    years = census_partitions()
    asked, surveyed = AssetSelection.groups(ENRICHMENT), AssetSelection.groups(CENSUS)
    job = define_asset_job(
        JOB,
        selection=AssetSelection.all() - asked - surveyed,
        description="Load the exports of a day or a range of days, then update every model.",
    )
    weekly_job = define_asset_job(
        WEEKLY_JOB,
        selection=asked,
        description="Ask third parties for customers who are due, within the budget.",
    )
    census_job = define_asset_job(
        CENSUS_JOB,
        selection=surveyed,
        description="Ask the Census Bureau for the tracts around customers that are missing.",
    )
    return Definitions(
        assets=[
            build_organizations_asset(settings),
            *build_export_assets(load_contracts().values(), partitions, settings),
            build_enrichment_asset(settings, weeks),
            *build_census_assets(settings, weeks, years),
            *build_demo_assets(settings),
            *build_dbt_assets(existing_manifest(settings), settings),
            *build_model_assets(SCORERS, settings),
        ],
        jobs=[job, weekly_job, census_job],
        schedules=[
            nightly_schedule(job),
            weekly_schedule(weekly_job, weeks),
            census_schedule(census_job, years),
        ],
        sensors=[landing_sensor(job, partitions, settings)],
        resources={
            "warehouse": WarehouseResource(settings),
            "landing": LandingResource(),
            "dbt": dbt_resource(),
        },
        # A step costs milliseconds to seconds: a process of its own would spend longer on imports.
        executor=in_process_executor,
        loggers=loggers,
    )


@definitions
def defs() -> Definitions:
    """Return the definitions for the environment's settings."""
    return build_definitions(Settings())
