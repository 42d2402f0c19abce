import subprocess
import sys

import pytest

from orchestration.exports.landing.url import LandingError
from orchestration.exports.landing.zone import Landing


def test_an_unknown_storage_says_what_to_set() -> None:
    with pytest.raises(LandingError, match="LANDING_URL"):
        Landing("carrierpigeon://coop")


@pytest.mark.parametrize("url", ["sftpp://bob:secret@host/x", "file:///nowhere/at/all?key=secret"])
def test_credentials_of_a_landing_are_in_no_message(url: str) -> None:
    with pytest.raises(LandingError) as refused:
        Landing(url).organization_folders()
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("options", ["[1]", "{", '"endpoint_url"'])
def test_options_that_are_no_object_are_refused(options: str) -> None:
    with pytest.raises(LandingError, match="LANDING_OPTIONS is not a JSON object"):
        Landing("memory://exports", options)


def test_options_that_the_storage_does_not_take_are_refused() -> None:
    landing = Landing("sftp://host/exports", '{"colour": "hidden-secret"}')
    with pytest.raises(LandingError, match="holds what fsspec's sftp takes") as refused:
        landing.organization_folders()
    assert "secret" not in str(refused.value)


def test_a_chain_of_storages_is_refused() -> None:
    with pytest.raises(LandingError, match="one storage"):
        Landing("zip://exports::s3://exports")


def test_a_missing_package_is_named() -> None:
    with pytest.raises(LandingError, match="gcsfs"):
        Landing("gs://exports")


def test_without_the_package_for_s3_the_extra_is_named() -> None:
    program = (
        "import sys; sys.modules['s3fs'] = None\n"
        "from orchestration.exports.landing.zone import Landing\n"
        "Landing('s3://exports')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ended.stderr.splitlines()[-1].endswith("pip install s3fs (the extra 's3').")
