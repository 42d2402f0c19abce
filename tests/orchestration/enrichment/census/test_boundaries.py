import io
import json
import zipfile

import pytest

from orchestration.enrichment.census.boundaries import ask_boundaries, read_boundaries
from orchestration.enrichment.census.survey import County
from orchestration.enrichment.provider import ProviderError
from tests.orchestration.enrichment.census.conftest import COOK


def test_tracts_of_the_county_come_with_their_areas_and_shapes(bureau, connection):
    bureau.tracts["17", "043", "840000"] = {}
    archive = ask_boundaries(connection, 2024, "17")
    tracts = read_boundaries(archive, {County(*COOK)}).to_pylist()
    assert [row["geoid"] for row in tracts] == ["17031010100", "17031010201"]
    assert (tracts[0]["land_area_m2"], tracts[0]["water_area_m2"]) == (1_000_000, 5)
    assert bureau.asked == ["/geo/tiger/GENZ2024/shp/cb_2024_17_tract_500k.zip"]


def test_a_shape_is_geojson_with_its_holes(bureau, connection):
    archive = ask_boundaries(connection, 2024, "17")
    shape = json.loads(read_boundaries(archive, {County(*COOK)})["geometry"][0].as_py())
    assert shape["type"] == "Polygon"
    outer, hole = shape["coordinates"]
    assert outer[0] == [-87.0, 41.0]
    assert hole[0] == [-86.9, 41.1]


def test_a_county_without_tracts_has_none(bureau, connection):
    archive = ask_boundaries(connection, 2024, "17")
    assert read_boundaries(archive, {County("17", "999")}).num_rows == 0


def test_a_file_that_was_cut_off_is_asked_for_again(bureau, connection):
    bureau.faults.extend(["cut", "empty", "reset"])
    archive = ask_boundaries(connection, 2024, "17")
    assert read_boundaries(archive, {County(*COOK)}).num_rows == 2


def test_a_vintage_that_is_not_published_is_named(bureau, connection):
    with pytest.raises(ProviderError, match=r"cb_2024_99_tract_500k.zip.*404"):
        ask_boundaries(connection, 2024, "99")


def zipped(content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in ("shp", "shx", "dbf"):
            archive.writestr(f"tracts.{part}", content)
    return file.getvalue()


@pytest.mark.parametrize("archive", [b"", b"PK no archive", zipped(b""), zipped(b"no shapes")])
def test_what_is_no_shapefile_is_refused(archive):
    with pytest.raises(ProviderError, match=r"cannot be read"):
        read_boundaries(archive, {County(*COOK)})
