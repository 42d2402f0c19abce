"""Made-up homes of customers who allow enrichment, kept apart from real ones."""

from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.enrichment.candidates import candidates
from orchestration.enrichment.census.tables import DEMO_TABLES
from orchestration.enrichment.census.tracts import published_vintage
from orchestration.enrichment.clock import as_of_dates
from orchestration.enrichment.demo.census import homes, tracts
from orchestration.warehouse import Session, Warehouse

_ADDRESS = ["address", "city", "state", "zip_code"]


def settle(warehouse: Warehouse, organizations: Collection[str], *, without_consents: bool) -> int:
    """Let customers live in made-up tracts; return how many addresses that placed.

    Whoever has a place keeps it, and the day from which tables know it.

    Parameters
    ----------
    organizations : ids of those whose customers do not exist
    without_consents : as of ``candidates``
    """
    prepare(warehouse)
    placed = 0
    with warehouse.session() as session:
        days = as_of_dates(session, organizations)
        for organization_id, day in days.items():
            people = candidates(session, organization_id, without_consents=without_consents)
            asked = people.filter(pc.is_valid(people["address"])).group_by(_ADDRESS).aggregate([])
            kept = session.query(
                "select address, coalesce(zip_code, '') as zip_code from raw.demo_geocodes "
                "where organization_id = $1",
                [organization_id],
            )
            known = {"organization_id": organization_id, "known_from": day}
            placed += session.ingest("raw", "demo_geocodes", _new(asked, kept, known))
        if days and not _is_surveyed(session):
            first = min(days.values())
            survey = tracts(vintage=published_vintage(first), known_from=first)
            session.ingest("raw", "demo_census_tract", survey)
    return placed


def prepare(warehouse: Warehouse) -> None:
    """Create the tables that are missing."""
    with warehouse.session() as session:
        missing = {name: DEMO_TABLES[name] for name in DEMO_TABLES.keys() - session.tables()}
        for (schema, table), columns in sorted(missing.items()):
            session.create_schema(schema)
            session.create_table(schema, table, columns)


def _new(asked: pa.Table, kept: pa.Table, known: dict[str, object]) -> pa.Table:
    for name, value in known.items():
        asked = asked.append_column(name, pa.repeat(value, asked.num_rows))
    found = homes(asked)
    key = found.append_column("zip", pc.coalesce(found["zip_code"], ""))
    new = key.join(
        kept, ["address", "zip"], right_keys=["address", "zip_code"], join_type="left anti"
    )
    return new.select(found.column_names).sort_by("address")


def _is_surveyed(session: Session) -> bool:
    return bool(session.query("select 1 as one from raw.demo_census_tract limit 1").num_rows)
