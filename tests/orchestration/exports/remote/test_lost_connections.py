"""A connection that breaks leaves nothing half-loaded, and the next run takes up the rest."""

import time
from typing import Any

import pytest

from orchestration.exports.landing.url import LandingError

DAYS_AND_PARTS = 5


@pytest.mark.parametrize("room", [0, 3_000, 400_000])
def test_a_connection_that_breaks_once_is_not_noticed(wired: Any, room: int) -> None:
    shop, cable = wired
    cable.cut_after(room, once=True)
    assert shop.statuses() == ["loaded"] * DAYS_AND_PARTS
    assert cable.cuts == 1
    assert len(shop.tables()[0]) == 20_080


@pytest.mark.parametrize("room", [0, 400_000])
def test_a_connection_that_breaks_for_good_loads_whole_files_or_none(wired: Any, room: int) -> None:
    shop, cable = wired
    cable.cut_after(room, once=False)
    with pytest.raises(LandingError, match=r"does not answer \(\w.*\): check LANDING_URL"):
        shop.load()
    assert shop.tables() == [[], [], [], []]
    cable.mend()
    assert shop.statuses() == ["loaded"] * DAYS_AND_PARTS
    assert len(shop.tables()[0]) == 20_080


def test_a_file_that_the_server_cannot_read_waits_and_the_others_load(
    sftp_shop: Any, sftp: Any
) -> None:
    with sftp.withholding(b"orders_2024-05-01.csv"):
        result = sftp_shop.load()
    assert [str(file.status) for file in result.files] == ["postponed"] * 2 + ["loaded"] * 2
    assert result.files[0].message == (
        "'shop/orders/orders_2024-05-01.csv' in the landing "
        f"'sftp://127.0.0.1:{sftp.port}/exports' cannot be read (SFTPFailure): check the network "
        "and the server. The next run takes it."
    )
    assert sftp_shop.statuses() == ["loaded"] * 2 + ["unchanged"] * 2


@pytest.mark.parametrize("failures", [1, 2])
def test_a_server_that_stumbles_is_asked_again(s3_shop: Any, s3: Any, failures: int) -> None:
    s3.failures = failures
    assert s3_shop.statuses() == ["loaded"] * 4


def test_a_server_that_fails_on_and_on_is_given_up(impatient: Any, s3: Any) -> None:
    s3.failures = 1000
    with pytest.raises(LandingError, match="does not answer"):
        impatient.load()
    assert len(s3.requests) < 20
    s3.failures = 0
    assert impatient.statuses() == ["loaded"] * 4


def test_a_server_that_falls_silent_is_given_up(impatient: Any, s3: Any) -> None:
    patience = impatient.options
    impatient.options = patience.replace('"read_timeout": 10', '"read_timeout": 0.3')
    s3.silence = 60
    began = time.monotonic()
    with pytest.raises(LandingError, match="does not answer"):
        impatient.load()
    s3.silence = 0
    assert time.monotonic() - began < 50
    # Whoever answers at all may take a while on a busy machine.
    impatient.options = patience
    assert impatient.statuses() == ["loaded"] * 4
