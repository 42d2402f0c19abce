import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import fsspec
import pytest
from pydantic import ValidationError

from orchestration.exports.landing.url import LandingError
from orchestration.exports.landing.zone import Landing, unclaimed_folders
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


@pytest.mark.parametrize(
    "name",
    ["o_2024-05-01\n2024-05-02 all is well.csv", "o_2024-05-01\x1b[2J.csv", "o_2024-05-01\u202e.csv",
     os.fsdecode(b"o_2024-05-01\xff.csv")],
)  # fmt: skip
def test_names_that_could_forge_a_line_of_the_log_are_not_read(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    landing = put(tmp_path, f"shop/{name}")
    assert found(landing, "o_{date}*.csv") == []
    assert "control characters" in caplog.text
    assert len(caplog.text.splitlines()) == 1


def test_odd_names_are_read(tmp_path: Path) -> None:
    names = ["o_2024-05-01 (1).csv", "o_2024-05-01 Müller's 50%.csv", "o_2024-05-01#&;$HOME.csv"]
    landing = put(tmp_path, *(f"shop/{name}" for name in names))
    assert sorted(found(landing, "o_{date}*.csv")) == sorted(f"shop/{name}" for name in names)


@pytest.mark.parametrize("day", ["2024-05-01", "20240501", "2024_05_01", "2024.05.01"])
def test_a_day_is_written_year_first_with_one_mark_or_none(tmp_path: Path, day: str) -> None:
    [file] = put(tmp_path, f"shop/o_{day}.csv").find(shop("o_{date}.csv"), "orders", *ALWAYS)
    assert file.export_date == date(2024, 5, 1)


@pytest.mark.parametrize("day", ["01-05-2024", "2024-05-1", "2024-13-01", "2024-05-01 (1)"])
def test_a_name_that_fits_but_for_its_day_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, day: str
) -> None:
    assert found(put(tmp_path, f"shop/o_{day}.csv", "shop/o_notes.csv"), "o_{date}.csv") == []
    assert caplog.text.count("tells no day") == 1


def test_upper_and_lower_case_matter_and_a_near_miss_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    landing = put(
        tmp_path, "shop/Orders/orders_2024-05-01.csv", "shop/orders/orders_2024-05-02.CSV"
    )
    assert found(landing) == []
    assert caplog.text.count("upper and lower case matter") == 2


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
