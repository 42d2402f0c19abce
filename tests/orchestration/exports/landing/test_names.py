import os
from datetime import date
from pathlib import Path

import pytest

from orchestration.exports.landing.names import day_in_name, day_in_path
from tests.orchestration.exports.landing.conftest import ALWAYS, found, put, shop


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


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("anywhere/x/2024-05-01/o.csv.gz", date(2024, 5, 1)),
        ("2024-05-01/o.csv", None),
        ("x/2024-02-30/o.csv", None),
        ("x/2024-05-01/p.csv", None),
        ("o.csv", None),
    ],
)
def test_a_path_tells_the_day_where_its_end_fits_the_pattern(path: str, day: date | None) -> None:
    assert day_in_path("x*/{date}/o.csv", path) == day


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("o_2024-05-01.csv", date(2024, 5, 1)),
        ("20240501", date(2024, 5, 1)),
        ("120240501.csv", None),
        ("2024-05-01_2024-05-02.csv", None),
        ("o.csv", None),
    ],
)
def test_a_name_tells_a_day_where_it_holds_one(name: str, day: date | None) -> None:
    assert day_in_name(name) == day
