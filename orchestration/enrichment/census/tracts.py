"""Census data of the counties where customers live: asked once for each county and vintage."""

import logging
from datetime import date

import pyarrow as pa

from orchestration.enrichment.census.boundaries import ask_boundaries, read_boundaries
from orchestration.enrichment.census.connection import Connection
from orchestration.enrichment.census.geocoder import MATCH
from orchestration.enrichment.census.survey import (
    VARIABLES,
    County,
    ask_survey,
    read_survey,
)
from orchestration.enrichment.census.tables import CENSUS_ANSWERS, CENSUS_TRACT, with_constants
from orchestration.enrichment.clock import Clock, utc_now
from orchestration.warehouse import Warehouse

_progress = logging.getLogger("orchestration.progress")

_MISSING_COUNTIES = """
select distinct state, county from raw.geocodes
where outcome = $1 and state <> '' and county <> ''
except
select state, county from raw.census_tract where vintage = $2
order by state, county
"""
_ANSWERS = """
select body from raw.census_answers
where vintage = $1 and state = $2 and county = $3 and variables = $4
order by call_number
"""


# Vintage 2024 came in January 2026; those before it in the December after their last year.
_YEARS_TO_PUBLICATION = 2


def published_vintage(day: date) -> int:
    """Return the newest vintage that is sure to be published by a day in March or later."""
    return day.year - _YEARS_TO_PUBLICATION


def complete_tracts(
    warehouse: Warehouse,
    connection: Connection,
    vintage: int,
    known_from: date,
    *,
    now: Clock = utc_now,
) -> dict[County, int]:
    """Ask for the tracts of all counties in which customers live and that are not there yet.

    Parameters
    ----------
    vintage
        Last of the survey's five years.
    known_from
        The day from which tables may know it.

    Returns
    -------
    Tracts by county, of those that were asked for.

    Raises
    ------
    ProviderError
        When the Census Bureau refuses, or answers no more; counties that came before are kept.
    """
    with warehouse.session() as session:
        missing = session.query(_MISSING_COUNTIES, [MATCH, vintage]).to_pylist()
    counties = [County(**row) for row in missing]
    found: dict[County, int] = {}
    for state in sorted({county.state for county in counties}):
        of_state = [county for county in counties if county.state == state]
        bodies = {
            county: _survey(warehouse, connection, vintage, county, now) for county in of_state
        }
        archive = ask_boundaries(connection, vintage, state)
        shapes = read_boundaries(archive, of_state)
        for county in of_state:
            tracts = read_survey(bodies[county]).join(shapes, "geoid").sort_by("geoid")
            _write(warehouse, tracts, vintage, known_from, county)
            found[county] = tracts.num_rows
            _progress.info("census of county %s%s: %s tracts", *county, f"{tracts.num_rows:,}")
    return found


def _survey(
    warehouse: Warehouse,
    connection: Connection,
    vintage: int,
    county: County,
    now: Clock,
) -> list[str]:
    """Return what the survey says of a county: as it is kept, else as it is asked for and kept."""
    variables = ",".join(VARIABLES)
    with warehouse.session() as session:
        kept = session.query(_ANSWERS, [vintage, *county, variables])["body"].to_pylist()
    if kept:
        return [str(body) for body in kept]
    bodies = list(ask_survey(connection, vintage, county))
    rows = [
        {
            "vintage": vintage,
            **county._asdict(),
            "variables": variables,
            "call_number": number,
            "received_at": now(),
            "body": body,
        }
        for number, body in enumerate(bodies, 1)
    ]
    with warehouse.session() as session:
        session.ingest("raw", "census_answers", pa.Table.from_pylist(rows, CENSUS_ANSWERS))
    return bodies


def _write(
    warehouse: Warehouse, tracts: pa.Table, vintage: int, known_from: date, county: County
) -> None:
    rows = with_constants(tracts, CENSUS_TRACT, vintage=vintage, known_from=known_from)
    with warehouse.session() as session:
        session.replace("raw", "census_tract", {"vintage": vintage, **county._asdict()}, rows)
