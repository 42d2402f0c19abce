"""Shapes of tracts, from the Census Bureau's cartographic files."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Collection

import pyarrow as pa
import shapefile  # type: ignore[import-untyped]

from orchestration.enrichment.census.connection import Connection
from orchestration.enrichment.census.survey import County
from orchestration.enrichment.census.tables import BOUNDARY
from orchestration.enrichment.provider import ProviderError

# A tenth of a metre; the files are drawn for maps at 1 : 500,000.
_DECIMALS = 6
_OK = 200


def ask_boundaries(connection: Connection, vintage: int, state: str) -> bytes:
    """Return the zipped shapefile of a state's tracts.

    Raises
    ------
    ProviderError
        When there is no such file.
    Unavailable
        When it does not come.
    """
    name = f"cb_{vintage}_{state}_tract_500k.zip"
    url = f"{connection.servers.files}/geo/tiger/GENZ{vintage}/shp/{name}"
    response = connection.ask("GET", url, lambda r: r.status_code != _OK or _is_zip(r.content))
    if response.status_code != _OK:
        raise ProviderError(
            f"The Census Bureau has no file {url} (status {response.status_code}); "
            "check that the vintage is published."
        )
    return response.content


def read_boundaries(archive: bytes, counties: Collection[County]) -> pa.Table:
    """Return the tracts of some counties.

    Parameters
    ----------
    archive
        What ``ask_boundaries`` returned.

    Returns
    -------
    pyarrow.Table
        Columns of ``BOUNDARY``: areas in square metres, geometry as GeoJSON text. Coordinates are
        the file's own, NAD83 (EPSG:4269), which lies within two metres of GeoJSON's WGS 84.

    Raises
    ------
    ProviderError
        When the archive holds no shapefile of tracts.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            name = next(name for name in zipped.namelist() if name.endswith(".shp"))
            parts = {
                part: io.BytesIO(zipped.read(name.removesuffix("shp") + part))
                for part in ("shp", "shx", "dbf")
            }
        with shapefile.Reader(**parts) as reader:
            tracts = [
                (
                    tract.record["GEOID"],
                    tract.record["ALAND"],
                    tract.record["AWATER"],
                    _geojson(tract.shape),
                )
                for tract in reader.iterShapeRecords()
                if County(tract.record["STATEFP"], tract.record["COUNTYFP"]) in counties
            ]
    except (
        *(StopIteration, KeyError, IndexError, struct.error, shapefile.ShapefileException),
        *(zipfile.BadZipFile, zlib.error),
    ) as error:
        raise ProviderError(
            f"The Census Bureau's file of tracts cannot be read ({error!r}); delivery has changed."
        ) from error
    columns = zip(*tracts, strict=True) if tracts else [()] * len(BOUNDARY)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, BOUNDARY, strict=True)],
        schema=BOUNDARY,
    )


def _is_zip(content: bytes) -> bool:
    return zipfile.is_zipfile(io.BytesIO(content))


def _geojson(shape: object) -> str:
    geometry = shape.__geo_interface__  # type: ignore[attr-defined]
    coordinates = _rounded(geometry["coordinates"])
    return json.dumps({"type": geometry["type"], "coordinates": coordinates}, separators=(",", ":"))


def _rounded(coordinates: object) -> object:
    if isinstance(coordinates, list | tuple):
        return [_rounded(part) for part in coordinates]
    return round(float(coordinates), _DECIMALS)  # type: ignore[arg-type]
