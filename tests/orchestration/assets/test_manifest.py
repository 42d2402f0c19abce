import os

import pytest

from orchestration.assets.manifest import (
    DBT_PROJECT_DIR,
    DbtProjectError,
    existing_manifest,
    manifest_path,
    prepare_manifest,
)
from orchestration.settings import Settings


def test_a_manifest_newer_than_the_project_is_kept(settings):
    before = manifest_path(settings).stat().st_mtime_ns
    prepare_manifest(settings)
    assert manifest_path(settings).stat().st_mtime_ns == before


def test_a_manifest_older_than_the_project_is_made_anew(settings):
    manifest = manifest_path(settings)
    older = (DBT_PROJECT_DIR / "dbt_project.yml").stat().st_mtime - 1
    os.utime(manifest, (older, older))
    prepare_manifest(settings)
    assert manifest.stat().st_mtime > older


def test_engines_have_manifests_of_their_own(tmp_path):
    postgres = Settings(data_dir=tmp_path, warehouse_url="postgresql://host/database")
    duckdb = Settings(data_dir=tmp_path, warehouse_url="duckdb:///file")
    assert manifest_path(postgres) != manifest_path(duckdb)


def test_a_missing_manifest_is_one_clear_sentence(tmp_path):
    with pytest.raises(DbtProjectError, match=r"manifest .* is missing"):
        existing_manifest(Settings(data_dir=tmp_path))
