from pathlib import Path

import pytest

from orchestration.exports.landing.url import safe_url
from orchestration.exports.landing.zone import Landing
from orchestration.resources import input_location, landing_files
from orchestration.settings import PROJECT_ROOT, Settings

needs_no_landing = pytest.mark.skipif(
    (PROJECT_ROOT / "landing").exists(), reason="the project has a landing folder of its own"
)


def test_a_landing_named_for_the_run_wins_over_the_settings(tmp_path):
    settings = Settings(landing_url="s3://exports", data_dir=tmp_path)
    assert input_location(settings, "/other")[0] == "/other"


def test_organizations_named_for_the_run_win_over_the_settings(tmp_path):
    settings = Settings(landing_url="s3://exports", data_dir=tmp_path)
    assert input_location(settings, "", "/other")[1] == Path("/other")


def test_a_landing_in_the_settings_is_read_with_the_settings_organizations(tmp_path):
    settings = Settings(landing_url="s3://exports", organizations_dir=tmp_path, data_dir=tmp_path)
    assert input_location(settings) == ("s3://exports", tmp_path)


@needs_no_landing
def test_without_a_landing_the_sample_is_read_with_its_own_organizations(tmp_path):
    settings = Settings(landing_url="", organizations_dir=Path("/mine"), data_dir=tmp_path)
    sample = tmp_path / "sample"
    assert input_location(settings) == (str(sample / "landing"), sample / "organizations")


def test_landing_files_are_those_that_a_mapping_asks_for(landing_dir, organizations_dir):
    (landing_dir / "small_club" / "notes.txt").write_text("not an export")
    files = list(landing_files(Landing(str(landing_dir)), organizations_dir))
    assert {(file.export, file.export_date.day) for file in files} == {
        ("members", 1),
        ("bookings", 1),
        ("bookings", 2),
        ("bookings", 3),
    }


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sftp://user:secret@host/exports", "sftp://host/exports"),
        ("s3://bucket/exports?key=secret", "s3://bucket/exports"),
        ("/srv/exports", "/srv/exports"),
    ],
)
def test_credentials_of_a_landing_are_not_shown(url, shown):
    assert safe_url(url) == shown
