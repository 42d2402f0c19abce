import os
from datetime import date
from pathlib import Path

import fsspec
import pytest
from pydantic import ValidationError

from orchestration.exports.landing.url import LandingError
from orchestration.exports.landing.zone import Landing, unclaimed_folders
from tests.orchestration.exports.landing.conftest import ALWAYS, found, put, shop


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


def test_each_folder_is_listed_once_however_many_exports_ask(tmp_path: Path) -> None:
    landing = put(tmp_path, "shop/orders_2024-05-01.csv")
    assert found(landing, "orders_{date}.csv") == ["shop/orders_2024-05-01.csv"]
    put(tmp_path, "shop/orders_2024-05-02.csv")
    assert found(landing, "orders_{date}.csv") == ["shop/orders_2024-05-01.csv"]
    assert len(found(Landing(str(tmp_path)), "orders_{date}.csv")) == 2


def test_a_file_url_is_a_folder_of_this_machine(tmp_path: Path) -> None:
    put(tmp_path, "shop/orders/orders_2024-05-01.csv")
    landing = Landing(f"file://{tmp_path}")
    assert landing.is_local
    assert found(landing) == ["shop/orders/orders_2024-05-01.csv"]


def test_links_are_not_followed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outside = tmp_path / "outside" / "orders"
    landing = put(
        tmp_path / "landing",
        "rival/orders/orders_2024-05-01.csv",
        "shop/orders/orders_2024-05-02.csv",
    )
    put(outside, "orders_2024-05-03.csv")
    orders = tmp_path / "landing" / "shop" / "orders"
    (orders / "orders_2024-05-03.csv").symlink_to(outside / "orders_2024-05-03.csv")
    (orders / "orders_2024-05-04.csv").symlink_to("../../rival/orders/orders_2024-05-01.csv")
    (orders / "orders_2024-05-05.csv").symlink_to("orders_2024-05-05.csv")
    assert found(landing) == ["shop/orders/orders_2024-05-02.csv"]
    assert (
        "'shop/orders/orders_2024-05-03.csv' in the landing is not read: it is a link"
        in caplog.text
    )


@pytest.mark.parametrize("link", ["shop", "shop/orders"])
def test_folders_that_are_links_are_not_followed(tmp_path: Path, link: str) -> None:
    target = tmp_path / "landing" / link.replace("shop", "rival")
    put(tmp_path / "landing", "rival/orders/orders_2024-05-01.csv")
    (tmp_path / "landing" / link).parent.mkdir(exist_ok=True)
    (tmp_path / "landing" / link).symlink_to(target)
    assert found(Landing(str(tmp_path / "landing"))) == []


def test_the_landing_itself_may_be_a_link(tmp_path: Path) -> None:
    put(tmp_path / "disk", "shop/orders/orders_2024-05-01.csv")
    (tmp_path / "landing").symlink_to(tmp_path / "disk")
    assert found(Landing(str(tmp_path / "landing"))) == ["shop/orders/orders_2024-05-01.csv"]


def test_a_pipe_with_a_files_name_is_not_waited_for(tmp_path: Path) -> None:
    landing = put(tmp_path, "shop/orders/orders_2024-05-01.csv")
    os.mkfifo(tmp_path / "shop/orders/orders_2024-05-02.csv")
    assert found(landing) == ["shop/orders/orders_2024-05-01.csv"]


def test_a_file_that_became_a_link_has_changed(tmp_path: Path) -> None:
    landing = put(tmp_path, "shop/orders/orders_2024-05-01.csv", "other")
    [file] = landing.find(shop(), "orders", *ALWAYS)
    (tmp_path / file.path).replace(tmp_path / "other")
    (tmp_path / file.path).symlink_to(tmp_path / "other")
    assert not landing.is_unchanged(file)


def test_a_wildcard_does_not_reach_other_organizations(tmp_path: Path) -> None:
    landing = put(
        tmp_path, "rival/x/o_2024-05-01.csv", "shop/x/o_2024-05-02.csv", "shop2/x/o_2024-05-03.csv"
    )
    assert found(landing, "*/o_{date}.csv") == ["shop/x/o_2024-05-02.csv"]


@pytest.mark.parametrize(
    "files",
    ["../rival/o_{date}.csv", "/etc/o_{date}.csv", "x/../../o_{date}.csv", "..\\o_{date}.csv"],
)
def test_a_pattern_cannot_leave_its_organizations_folder(files: str) -> None:
    with pytest.raises(ValidationError, match="inside the organization's landing folder"):
        shop(files)


def test_folders_without_an_organization_are_named(tmp_path: Path) -> None:
    landing = put(tmp_path, "shop/x", "stranger/x")
    assert list(unclaimed_folders(landing, [shop()])) == ["stranger"]


def test_a_missing_landing_says_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="set LANDING_URL"):
        Landing(str(tmp_path / "nowhere")).organization_folders()
