"""Files that come empty, cut off, twice, overlapping, or as something else."""

import gzip
from typing import Any

HEADER = "order_id,ordered_at,order_revenue\n"


def test_rows_of_an_overlapping_export_are_kept_by_day_and_changed_ones_too(shop: Any) -> None:
    outcome = shop.load(
        {
            "2024-05-01": HEADER + "o1,2024-05-01,1\no2,2024-05-01,2\n",
            "2024-05-02": HEADER + "o2,2024-05-01,20\no3,2024-05-02,3\n",
        }
    )
    newest = {row["order_id"]: row["order_revenue"] for row in outcome.rows}
    assert newest == {"o1": 1, "o2": 20, "o3": 3}
    assert outcome.counts == (4, 4, 0, 0)


def test_of_equal_rows_in_one_file_the_last_stands_and_the_others_are_quarantined(
    shop: Any,
) -> None:
    outcome = shop.load(HEADER + "o1,2024-05-01,1\no1,2024-05-01,1\n")
    assert outcome.column("_line") == [3]
    assert "same key (order_id=o1) as line 3" in outcome.reasons[2]


def test_loading_again_doubles_nothing(shop: Any) -> None:
    first = shop.load(HEADER + "o1,2024-05-01,1\n,2024-05-01,1\n")
    again = shop.load(HEADER + "o1,2024-05-01,1\n,2024-05-01,1\n")
    assert (again.rows, again.quarantine, again.counts) == (
        first.rows,
        first.quarantine,
        first.counts,
    )
    assert again.statuses == ["unchanged"]


def test_an_empty_file_loads_nothing(shop: Any) -> None:
    for content in ("", "\n\n", "\ufeff"):
        outcome = shop.load(content)
        assert (outcome.counts, outcome.refusals) == ((0, 0, 0, 0), [])


def test_a_file_with_nothing_but_a_header_loads_nothing(shop: Any) -> None:
    outcome = shop.load(HEADER.rstrip())
    assert (outcome.counts, outcome.statuses) == ((0, 0, 0, 0), ["loaded"])


def test_a_snapshot_with_nothing_but_a_header_is_refused(shop: Any) -> None:
    outcome = shop.load("member_id,name,join_date,status\n", "members")
    assert "a snapshot without rows would say that everyone has left" in outcome.refusal


def test_a_file_that_is_cut_off_inside_a_line_loses_that_line_to_quarantine(shop: Any) -> None:
    outcome = shop.load(HEADER + "o1,2024-05-01,1\no2,2024-05-01,2\no3,2024-0")
    assert outcome.column("order_id") == ["o1", "o2"]
    assert outcome.reasons == {4: "the line has 2 values where the header has 3 columns"}


def test_a_file_that_is_cut_off_inside_quotes_loses_that_line_to_quarantine(shop: Any) -> None:
    outcome = shop.load(HEADER + 'o1,2024-05-01,1\n"o2,2024-05-01,2\n')
    assert outcome.column("order_id") == ["o1"]
    assert "a quote is opened and never closed: the file is cut off" in outcome.reasons[3]


def test_an_archive_that_is_cut_off_is_refused(shop: Any) -> None:
    packed = gzip.compress((HEADER + "o1,2024-05-01,1\n" * 99).encode())
    outcome = shop.load(packed[:-9], suffix=".csv.gz")
    assert "cannot be decompressed" in outcome.refusal


def test_a_workbook_under_the_name_of_a_text_is_refused(shop: Any) -> None:
    outcome = shop.load(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xa4\xfd\r\n\x00\xff")
    assert outcome.counts == (0, 0, 0, 0)
    assert "text" in outcome.refusal


def test_rows_of_another_export_under_the_right_name_are_refused(shop: Any) -> None:
    outcome = shop.load("member_id,name,join_date,status\nm1,Ann,2024-05-01,active\n")
    assert "has no column order_id" in outcome.refusal


def test_the_same_header_over_other_values_is_refused_by_the_share_that_fails(shop: Any) -> None:
    rows = "".join(f"o{n},Court {n},free\n" for n in range(20))
    outcome = shop.load(HEADER + rows, quarantine_limit=0.05)
    assert "20 of 20 rows (100.0%)" in outcome.refusal
    assert outcome.counts == (0, 0, 0, 0)
