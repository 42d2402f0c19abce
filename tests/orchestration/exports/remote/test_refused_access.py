"""A landing that does not open says so in one sentence, in which no credential stands."""

import json
import traceback
from pathlib import Path
from typing import Any

import pytest

from orchestration.exports.landing.url import LandingError
from orchestration.exports.landing.zone import Landing

WRONG = "wrong-secret"


def refusal(url: str, options: str = "") -> str:
    """Return what is said, after a look for credentials in all that a log would show."""
    with pytest.raises(LandingError) as refused:
        Landing(url, options, pauses=()).organization_folders()
    logged = "".join(traceback.format_exception(refused.value))
    assert "secret" not in logged
    assert "During handling" not in logged
    return str(refused.value)


def test_a_wrong_password(sftp: Any) -> None:
    said = refusal(sftp.url(password=WRONG), sftp.options)
    assert "refuses access" in said
    assert "check the credentials" in said


def test_a_password_may_stand_in_the_options(sftp: Any) -> None:
    (sftp.folder / "exports" / "shop").mkdir(parents=True)
    options = json.dumps({**json.loads(sftp.options), "password": sftp.password})
    url = f"sftp://shop@127.0.0.1:{sftp.port}/exports"
    assert Landing(url, options).organization_folders() == ["shop"]


def test_a_host_whose_key_is_not_known(sftp: Any, tmp_path: Path) -> None:
    (tmp_path / "none").touch()
    options = json.dumps({"known_hosts": str(tmp_path / "none"), "config": None})
    assert "the key of its host is not known" in refusal(sftp.url(), options)


def test_a_folder_that_may_not_be_listed(sftp: Any) -> None:
    with sftp.withholding(b"exports"):
        assert "refuses access" in refusal(sftp.url(), sftp.options)


def test_a_server_that_is_not_there(sftp: Any) -> None:
    sftp.stop()
    assert "does not answer (Connection refused)" in refusal(sftp.url(), sftp.options)


@pytest.mark.parametrize("path", ["nowhere", "exports/nowhere"])
def test_a_folder_that_is_not_there(sftp: Any, path: str) -> None:
    (sftp.folder / "exports").mkdir()
    url = sftp.url().replace("exports", path)
    assert "does not exist: create it or set LANDING_URL" in refusal(url, sftp.options)


def test_a_file_is_no_landing(sftp: Any, tmp_path: Path) -> None:
    (tmp_path / "landing.csv").touch()
    assert "does not exist" in refusal(str(tmp_path / "landing.csv"))


def test_a_bucket_that_is_not_there(s3: Any) -> None:
    assert "does not exist" in refusal("s3://no-such-bucket-of-ours")


def test_a_bucket_that_refuses_the_key(s3_shop: Any, s3: Any) -> None:
    with s3.checking_keys():
        said = refusal(s3_shop.url, json.dumps({"key": "intruder", "secret": WRONG}))
    assert "refuses access" in said


def test_no_key_at_all(s3_shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    assert "refuses access (NoCredentialsError)" in refusal(s3_shop.url)


@pytest.mark.parametrize(
    "url", ["s3://key:hidden-secret@bucket/x", "sftp://shop:secret@127.0.0.1:1/"]
)
def test_a_url_with_credentials_that_does_not_open(s3: Any, url: str) -> None:
    assert refusal(url)
