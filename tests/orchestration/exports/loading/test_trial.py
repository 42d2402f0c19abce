"""A dry run says of one file what loading it would say."""

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.exports.loading.trial import Trial, try_file
from orchestration.exports.organizations import Organization

HEADER = "order_id,customer_id,ordered_at,order_revenue,status,comment\n"


def tried(folder: Path, content: str, **mapping: Any) -> Trial:
    path = folder / "orders.csv"
    path.write_text(content)
    organization = Organization.model_validate(
        {
            "organization_id": "shop",
            "name": "Shop",
            "time_zone": "Europe/London",
            "currency": "GBP",
            "exports": {"orders": mapping},
        }
    )
    return try_file(path, organization, "orders", date(2024, 5, 1))


def rows(count: int, first: int = 1) -> str:
    numbers = range(first, first + count)
    return "".join(f"{n},c{n},2024-05-01,{n}.00,placed,x\n" for n in numbers)


def test_good_rows_are_shown_and_unused_columns_named(tmp_path: Path) -> None:
    trial = tried(tmp_path, HEADER + rows(30))
    assert (trial.rows_read, trial.rows_good, trial.refusal) == (30, 30, "")
    assert trial.unused == ("comment",)
    assert trial.rows.to_pylist()[0]["order_id"] == "1"
    assert trial.rows["_line"][0].as_py() == 2


def test_reasons_are_counted_with_a_few_examples(tmp_path: Path) -> None:
    bad = "".join(f"b{n},c,2024-05-01,{'abc'[n % 3]}{n},placed,x\n" for n in range(5))
    trial = tried(tmp_path, HEADER + rows(200) + bad)
    [reason] = trial.reasons
    assert (trial.rows_quarantined, reason.rows, trial.refusal) == (5, 5, "")
    assert [line for line, _ in reason.examples] == [202, 203, 204]
    assert "a0" in reason.examples[0][1]


def test_a_delivery_over_the_limit_is_refused_with_every_reason_still_told(tmp_path: Path) -> None:
    bad = "".join(f"b{n},c,2024-05-01,1.00,lost,x\n" for n in range(10))
    trial = tried(tmp_path, HEADER + rows(10) + bad)
    assert "more than its limit of 5%" in trial.refusal
    assert (trial.rows_quarantined, trial.explained) == (10, 10)
    assert trial.rows.num_rows > 0


def test_repeated_keys_are_found(tmp_path: Path) -> None:
    trial = tried(tmp_path, HEADER + rows(40) + rows(1))
    assert (trial.rows_good, trial.rows_quarantined) == (40, 1)
    assert "same key (order_id=1)" in trial.reasons[0].examples[0][1]


def test_skipped_rows_are_counted(tmp_path: Path) -> None:
    trial = tried(tmp_path, HEADER + rows(3), keep="\"order_id\" <> '2'")
    assert (trial.rows_good, trial.rows_skipped) == (2, 1)


def test_a_mapping_that_does_not_fit_the_file_is_told(tmp_path: Path) -> None:
    trial = tried(tmp_path, HEADER + rows(3), columns={"order_id": '"Number"'})
    assert "has no column Number" in trial.refusal


def test_an_undecided_date_is_refused_with_both_formats(tmp_path: Path) -> None:
    expression = "undecided_date(\"ordered_at\", '%d/%m/%Y', '%m/%d/%Y')"
    trial = tried(tmp_path, HEADER + rows(3), columns={"ordered_at": expression})
    assert "'%d/%m/%Y' and '%m/%d/%Y'" in trial.refusal
    assert trial.unused == ("comment",)


def test_a_packed_file_is_read_and_nothing_is_left_behind(tmp_path: Path) -> None:
    tried(tmp_path, "")
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress((HEADER + rows(3)).encode()))
    organization = tried(tmp_path, HEADER).organization
    assert try_file(path, organization, "orders", date(2024, 5, 1)).rows_good == 3
    assert sorted(file.name for file in tmp_path.iterdir()) == ["orders.csv", "orders.csv.gz"]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    organization = tried(tmp_path, HEADER).organization
    with pytest.raises(FileNotFoundError):
        try_file(tmp_path / "none.csv", organization, "orders", date(2024, 5, 1))
