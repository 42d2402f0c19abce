import os
from datetime import date
from pathlib import Path

import fsspec
import pytest

from orchestration.exports.landing import Landing, unclaimed_folders
from orchestration.exports.landing_url import LandingError
from orchestration.exports.organizations import Organization

ALWAYS = (date(2000, 1, 1), date(2030, 1, 1))


def shop(files: str = "orders/orders_{date}.csv") -> Organization:
    return Organization.model_validate(
        {
            "organization_id": "shop",
            "name": "Shop",
            "time_zone": "UTC",
            "currency": "GBP",
            "exports": {"orders": {"files": files}},
        }
    )


def put(folder: Path, *paths: str) -> Landing:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x")
    return Landing(str(folder))


def found(landing: Landing, files: str = "orders/orders_{date}.csv") -> list[str]:
    return [file.path for file in landing.find(shop(files), "orders", *ALWAYS)]


def test_files_are_found_by_the_day_in_their_name(tmp_path: Path) -> None:
    landing = put(
        tmp_path,
        "shop/orders/orders_2024-05-02.csv",
        "shop/orders/orders_20240501.csv",
        "shop/orders/orders_2024-05-03.csv.gz",
        "shop/orders/orders_2024-13-01.csv",
        "shop/orders/orders_latest.csv",
        "shop/orders/old/orders_2024-05-01.csv",
        "other/orders/orders_2024-05-01.csv",
    )
    files = landing.find(shop(), "orders", date(2024, 5, 1), date(2024, 5, 3))
    assert [(file.export_date.day, file.path) for file in files] == [
        (1, "shop/orders/orders_20240501.csv"),
        (2, "shop/orders/orders_2024-05-02.csv"),
        (3, "shop/orders/orders_2024-05-03.csv.gz"),
    ]


def test_the_range_of_days_includes_both_ends(tmp_path: Path) -> None:
    landing = put(tmp_path, *(f"shop/orders/orders_2024-05-0{day}.csv" for day in range(1, 6)))
    files = landing.find(shop(), "orders", date(2024, 5, 2), date(2024, 5, 4))
    assert [file.export_date.day for file in files] == [2, 3, 4]


def test_a_wildcard_finds_the_parts_of_a_delivery_in_their_folder(tmp_path: Path) -> None:
    landing = put(
        tmp_path, "shop/o_2024-05-01_b.csv", "shop/o_2024-05-01_a.csv", "shop/x/o_2024-05-01.csv"
    )
    assert found(landing, "o_{date}*.csv") == ["shop/o_2024-05-01_a.csv", "shop/o_2024-05-01_b.csv"]


def test_the_date_may_name_a_folder(tmp_path: Path) -> None:
    landing = put(tmp_path, "shop/2024-05-01/orders.csv", "shop/notes/orders.csv")
    assert found(landing, "{date}/orders.csv") == ["shop/2024-05-01/orders.csv"]


def test_dots_in_a_pattern_are_dots(tmp_path: Path) -> None:
    assert found(put(tmp_path, "shop/orders_2024-05-01xcsv"), "orders_{date}.csv") == []


def test_an_organization_without_a_folder_has_no_files(tmp_path: Path) -> None:
    assert found(Landing(str(tmp_path))) == []


def test_a_changed_file_is_noticed(tmp_path: Path) -> None:
    landing = put(tmp_path, "shop/orders/orders_2024-05-01.csv")
    [file] = landing.find(shop(), "orders", *ALWAYS)
    assert landing.is_unchanged(file)
    os.utime(tmp_path / file.path, ns=(1, 1))
    assert not landing.is_unchanged(file)
    (tmp_path / file.path).unlink()
    assert not landing.is_unchanged(file)


def test_any_fsspec_storage_will_do() -> None:
    storage = fsspec.filesystem("memory")
    storage.pipe("/exports/shop/orders/orders_2024-05-01.csv", b"order_id\n")
    try:
        landing = Landing("memory://exports")
        [file] = landing.find(shop(), "orders", *ALWAYS)
        assert (file.path, file.size) == ("shop/orders/orders_2024-05-01.csv", 9)
        with landing.open(file) as stream:
            assert stream.read() == b"order_id\n"
        assert not landing.is_local
    finally:
        storage.rm("/exports", recursive=True)


def test_folders_without_an_organization_are_named(tmp_path: Path) -> None:
    landing = put(tmp_path, "shop/x", "stranger/x")
    assert list(unclaimed_folders(landing, [shop()])) == ["stranger"]


def test_a_missing_landing_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="set LANDING_URL"):
        Landing(str(tmp_path / "nowhere")).organization_folders()


def test_an_unknown_storage_says_what_to_set() -> None:
    with pytest.raises(LandingError, match="LANDING_URL"):
        Landing("carrierpigeon://coop")


@pytest.mark.parametrize("url", ["sftpp://bob:secret@host/x", "file:///nowhere/at/all?key=secret"])
def test_credentials_of_a_landing_are_in_no_message(url: str) -> None:
    with pytest.raises(LandingError) as refused:
        Landing(url).organization_folders()
    assert "secret" not in str(refused.value)
