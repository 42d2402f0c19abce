from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT, Settings


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("exports", str(PROJECT_ROOT / "exports")),
        ("/srv/exports", "/srv/exports"),
        ("~/exports", str(Path.home() / "exports")),
        ("s3://exports", "s3://exports"),
        ("", ""),
    ],
)
def test_a_landing_folder_is_the_same_wherever_a_command_starts(given, taken):
    assert Settings(landing_url=given).landing_url == taken


def test_settings_show_no_credentials():
    settings = Settings(
        warehouse_url="postgresql://bi:secret@host/db",
        landing_url="sftp://shop:secret@host/exports",
        landing_options='{"password": "secret"}',
    )
    assert "secret" not in repr(settings)


def test_a_key_from_a_file_with_a_line_end_is_the_key(monkeypatch):
    monkeypatch.setenv("PDL_API_KEY", "labs\r\n")
    monkeypatch.setenv("CENSUS_API_KEY", " bureau\n")
    settings = Settings()
    assert settings.pdl_api_key.get_secret_value() == "labs"
    assert settings.census_api_key.get_secret_value() == "bureau"
