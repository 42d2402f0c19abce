"""The tables in `raw` that census data is kept in."""

from collections.abc import Mapping

import pyarrow as pa

from orchestration.enrichment.census.measures import MEASURES, top_coded
from orchestration.warehouse import Warehouse

_TIME = pa.timestamp("us", "UTC")

GEOCODE = pa.schema(
    [
        ("address_id", pa.string()),
        ("outcome", pa.string()),
        ("quality", pa.string()),
        ("matched_address", pa.string()),
        ("longitude", pa.float64()),
        ("latitude", pa.float64()),
        ("state", pa.string()),
        ("county", pa.string()),
        ("tract", pa.string()),
        ("block", pa.string()),
        ("body", pa.string()),
    ]
)
"""What the geocoder says of an address: typed, and its line whole as ``body``."""

BOUNDARY = pa.schema(
    [
        ("geoid", pa.string()),
        ("land_area_m2", pa.int64()),
        ("water_area_m2", pa.int64()),
        ("geometry", pa.string()),
    ]
)

SURVEY = pa.schema(
    [
        ("state", pa.string()),
        ("county", pa.string()),
        ("tract", pa.string()),
        ("geoid", pa.string()),
        ("name", pa.string()),
        *((m.column, pa.int64() if m.is_whole else pa.float64()) for m in MEASURES),
        *((top_coded(m.column), pa.bool_()) for m in MEASURES if m.top_code is not None),
    ]
)

GEOCODES = pa.schema(
    [
        ("organization_id", pa.string()),
        ("known_from", pa.date32()),
        ("received_at", _TIME),
        *GEOCODE,
    ]
)
"""``known_from`` is the organization's newest loaded export date when the answer came."""

CENSUS_ANSWERS = pa.schema(
    [
        ("vintage", pa.int32()),
        ("state", pa.string()),
        ("county", pa.string()),
        ("variables", pa.string()),
        ("call_number", pa.int32()),
        ("received_at", _TIME),
        ("body", pa.string()),
    ]
)
"""What the survey said of a county, whole; ``variables`` is the list that was asked for."""

CENSUS_TRACT = pa.schema(
    [("vintage", pa.int32()), ("known_from", pa.date32()), *SURVEY, *list(BOUNDARY)[1:]]
)
"""Public facts, no tenant's: ``known_from`` is the day on which the vintage's year begins."""

DEMO_GEOCODES = pa.schema(
    [
        ("organization_id", pa.string()),
        ("known_from", pa.date32()),
        ("address", pa.string()),
        ("city", pa.string()),
        ("state", pa.string()),
        ("zip_code", pa.string()),
        ("longitude", pa.float64()),
        ("latitude", pa.float64()),
        ("tract_id", pa.string()),
    ]
)
"""Made-up places, of addresses as they are written: their ids are dbt's to tell."""

# What was made up to show what a census does never stands among real answers.
DEMO_TABLES: Mapping[tuple[str, str], pa.Schema] = {
    ("raw", "demo_geocodes"): DEMO_GEOCODES,
    ("raw", "demo_census_tract"): CENSUS_TRACT,
}

CENSUS_TABLES: Mapping[tuple[str, str], pa.Schema] = {
    ("raw", "geocodes"): GEOCODES,
    ("raw", "census_answers"): CENSUS_ANSWERS,
    ("raw", "census_tract"): CENSUS_TRACT,
}

# The view of dbt that tells where customers live.
HOMES = ("staging", "int_home_addresses")


def with_constants(answers: pa.Table, columns: pa.Schema, **constants: object) -> pa.Table:
    """Return rows of ``columns``: of a constant one value in all rows, the rest as answered."""
    return pa.table(
        [
            pa.repeat(pa.scalar(constants[field.name], field.type), answers.num_rows)
            if field.name in constants
            else answers[field.name]
            for field in columns
        ],
        schema=columns,
    )


def are_made(warehouse: Warehouse) -> bool:
    """Whether dbt has made the tables, and the view of homes, by a first run of the pipeline."""
    with warehouse.session() as session:
        return {HOMES, *CENSUS_TABLES} <= session.tables()
