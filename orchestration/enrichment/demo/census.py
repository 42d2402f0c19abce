"""Made-up homes and census tracts: a square grid of a state that does not exist."""

import json

import duckdb
import pyarrow as pa

from orchestration.enrichment.census.measures import MEASURES, top_coded
from orchestration.enrichment.census.tables import CENSUS_TRACT, DEMO_GEOCODES
from orchestration.enrichment.demo.draws import share

STATE, COUNTY = "99", "001"
"""No state has this code: whatever is made up can be told from what is not."""

KNOWN_SHARE = 0.9
"""Share of addresses that are found."""

SOUTH, WEST = 41.84, -87.76
TRACTS_A_SIDE = 8
SIDE = 0.02
"""Of a tract, degrees."""

_LAND_AREA_M2 = 3_690_000
# Each from the least to the most; numbers of people and homes are shares of what stands before.
_INHABITANTS = (1500, 7000)
_NUMBERS = {
    "median_age": (28, 46),
    "median_household_income": (38_000, 160_000),
    "median_household_income_margin": (3_000, 15_000),
    "per_capita_income": (22_000, 90_000),
    "median_home_value": (150_000, 900_000),
}
_SHARES = {
    "households": ("population", 0.35, 0.5),
    "adults_25_and_over": ("population", 0.6, 0.8),
    "adults_with_degree": ("adults_25_and_over", 0.15, 0.75),
    "occupied_homes": ("households", 1.0, 1.0),
    "owner_occupied_homes": ("occupied_homes", 0.25, 0.8),
}

_DRAWN = "create macro drawn(text) as md5_number_lower(text) / pow(2, 64)"
# The same for all spellings that dbt takes for one address.
_PLACES = f"""
with addresses as (
    select *, trim(regexp_replace(lower(address), '[^a-z0-9]+', ' ', 'g')) as plain from asked
),
places as (
    select
        *,
        {WEST} + {SIDE * TRACTS_A_SIDE} * drawn('east ' || plain) as longitude,
        {SOUTH} + {SIDE * TRACTS_A_SIDE} * drawn('north ' || plain) as latitude
    from addresses
    where plain <> '' and drawn('known ' || plain) < {KNOWN_SHARE}
)
select
    * exclude (plain),
    '{STATE}{COUNTY}' || lpad(cast(1
        + {TRACTS_A_SIDE} * cast(floor((latitude - {SOUTH}) / {SIDE}) as bigint)
        + cast(floor((longitude - ({WEST})) / {SIDE}) as bigint)
    as varchar), 4, '0') || '00' as tract_id
from places
order by organization_id, address, zip_code
"""


def homes(addresses: pa.Table) -> pa.Table:
    """Return where addresses are; some are not found.

    Parameters
    ----------
    addresses : ``organization_id``, ``known_from``, ``address``, ``city``, ``state``, ``zip_code``

    Returns
    -------
    Columns of ``DEMO_GEOCODES``: degrees, and the tract of ``tracts`` around the point.
    """
    with duckdb.connect() as connection:
        connection.execute(_DRAWN)
        connection.register("asked", addresses)
        found = connection.sql(_PLACES).to_arrow_table()
    return found.select(DEMO_GEOCODES.names).cast(DEMO_GEOCODES)


def tracts(**known: object) -> pa.Table:
    """Return all tracts of the grid; ``known`` are their ``vintage`` and ``known_from``."""
    numbers = range(TRACTS_A_SIDE**2)
    return pa.Table.from_pylist([_tract(number) | known for number in numbers], CENSUS_TRACT)


def _tract(number: int) -> dict[str, object]:
    code = f"{number + 1:04}00"
    geoid = f"{STATE}{COUNTY}{code}"
    drawn: dict[str, float] = {"population": _between(*_INHABITANTS, "population", geoid)}
    for column, limits in _NUMBERS.items():
        drawn[column] = _between(*limits, column, geoid)
    for column, (whole, least, most) in _SHARES.items():
        drawn[column] = drawn[whole] * _between(least, most, column, geoid)
    return {
        **{"state": STATE, "county": COUNTY, "tract": code, "geoid": geoid},
        "name": f"Made-up tract {number + 1}; Made-up county; no state",
        **{m.column: round(drawn[m.column], 0 if m.is_whole else 1) for m in MEASURES},
        **{top_coded(m.column): False for m in MEASURES if m.top_code is not None},
        **{"land_area_m2": _LAND_AREA_M2, "water_area_m2": 0},
        "geometry": _square(*divmod(number, TRACTS_A_SIDE)),
    }


def _between(least: float, most: float, *of: str) -> float:
    return least + (most - least) * share(*of)


def _square(row: int, column: int) -> str:
    south, west = SOUTH + row * SIDE, WEST + column * SIDE
    corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]
    ring = [[round(west + x * SIDE, 6), round(south + y * SIDE, 6)] for x, y in corners]
    return json.dumps({"type": "Polygon", "coordinates": [ring]}, separators=(",", ":"))
