"""The same exports give the same tables wherever they land, and what stands is not fetched again."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, landed: Path) -> Any:
    """Return a shop whose exports have landed in the storage of that name."""
    if request.param in ("s3", "sftp"):
        return request.getfixturevalue(f"{request.param}_shop")
    shop = request.getfixturevalue("new_shop")(tmp_path, f"{request.param}://{tmp_path}/in")
    shop.put(landed)
    return shop


@pytest.fixture(scope="module")
def local_tables(new_shop: Any, landed: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return what a folder of this machine gives."""
    shop = new_shop(tmp_path_factory.mktemp("local"), str(landed))
    shop.load("orders")
    shop.load("accounts")
    return shop.tables()


@pytest.mark.parametrize("elsewhere", ["s3", "sftp", "memory", "file"], indirect=True)
def test_a_landing_elsewhere_gives_the_tables_of_a_local_one(
    elsewhere: Any, local_tables: Any
) -> None:
    elsewhere.load("orders")
    elsewhere.load("accounts")
    assert elsewhere.tables() == local_tables
    assert [len(table) for table in local_tables] == [80, 2, 2, 6]


def test_files_that_stand_are_not_fetched_from_s3_again(s3_shop: Any, s3: Any) -> None:
    assert s3_shop.statuses() == ["loaded"] * 4
    s3.requests.clear()
    assert s3_shop.statuses() == ["unchanged"] * 4
    bucket = s3_shop.url.removeprefix("s3://").removesuffix("/in")
    # The landing, the organization's folder, the export's folder.
    assert s3.requests == [f"GET /{bucket}"] * 3


def test_files_that_stand_are_not_fetched_by_sftp_again(sftp_shop: Any, sftp: Any) -> None:
    assert sftp_shop.statuses() == ["loaded"] * 4
    with sftp.withholding(b".csv"):
        assert sftp_shop.statuses() == ["unchanged"] * 4


def test_a_file_put_again_as_it_was_is_fetched_once_more_only(
    sftp_shop: Any, sftp: Any, landed: Path
) -> None:
    sftp_shop.load()
    before = sftp_shop.tables()
    file = sftp.folder / "exports/shop/orders/orders_2024-05-01.csv"
    os.utime(file, (1, 1))
    assert sftp_shop.statuses() == ["unchanged"] * 4
    with sftp.withholding(b".csv"):
        assert sftp_shop.statuses() == ["unchanged"] * 4
    assert sftp_shop.tables() == before


def test_a_corrected_file_replaces_its_rows(s3_shop: Any, landed: Path, tmp_path: Path) -> None:
    s3_shop.load()
    corrected = tmp_path / "corrected"
    shutil.copytree(landed / "shop" / "orders", corrected / "shop" / "orders")
    file = corrected / "shop/orders/orders_2024-05-01.csv"
    file.write_text(file.read_text().replace("no time", "2024-05-01 11:00:00"))
    s3_shop.put(corrected)
    # Both files of the day load anew: a delivery stands or falls together.
    assert s3_shop.statuses() == ["loaded", "loaded", "unchanged", "unchanged"]
    assert [len(table) for table in s3_shop.tables()][:3] == [81, 0, 1]


def test_a_changed_mapping_fetches_its_files_again(sftp_shop: Any) -> None:
    sftp_shop.load()
    mapping = {**sftp_shop.organization.exports["orders"].model_dump(), "keep": "status is null"}
    sftp_shop.organize(orders=mapping)
    assert sftp_shop.statuses() == ["loaded"] * 4
    assert sftp_shop.tables()[0] == []


def test_years_of_daily_files_are_listed_by_one_request_for_each_folder(
    sftp_shop: Any, sftp: Any
) -> None:
    folder = sftp.folder / "exports/shop/orders"
    for number in range(1000):
        (
            folder / f"orders_2023-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}_{number}.csv"
        ).touch()
    sftp_shop.load()
    assert sftp.listings == 3


def test_only_the_folders_of_the_days_asked_for_are_listed(sftp_shop: Any, sftp: Any) -> None:
    for month in range(1, 13):
        (sftp.folder / f"exports/shop/crm/2022-{month:02}-01").mkdir()
    sftp_shop.load("accounts")
    # The landing, the organization, the export, and the two days from 2024 on.
    assert sftp.listings == 5
