from datetime import date

import pyarrow as pa

from orchestration.assets.exports import metadata_by_day, run_metadata, summary
from orchestration.exports.loading.results import FileResult, FileStatus, IngestResult


def file(day, status=FileStatus.LOADED, organization="club", **counts):
    name = f"{organization}/bookings_{day}.csv"
    return FileResult(organization, "bookings", date(2024, 3, day), name, status, **counts)


def result(*files):
    return IngestResult("bookings", preview=pa.table({"booking_id": ["b1"]}), files=list(files))


def test_the_summary_counts_files_by_outcome_and_rows():
    text = summary(result(file(1, rows_loaded=1200, rows_skipped=1), file(2, FileStatus.UNCHANGED)))
    assert text == (
        "bookings: 1 loaded, 1 unchanged files, 1,200 rows loaded, 0 quarantined, 1 skipped"
    )


def test_each_day_shows_its_own_rows():
    days = metadata_by_day(result(file(1, rows_loaded=3), file(2, rows_loaded=4, rows_read=5)))
    assert [days[day]["rows_loaded"] for day in ("2024-03-01", "2024-03-02")] == [3, 4]


def test_each_day_shows_the_share_that_each_organization_had_quarantined():
    days = metadata_by_day(
        result(
            file(1, organization="a", rows_read=8, rows_quarantined=1),
            file(1, organization="a", rows_read=2, rows_quarantined=0),
            file(1, organization="b", rows_read=4),
            file(2, FileStatus.UNCHANGED, organization="a"),
        )
    )
    shares = {
        day: {name: value for name, value in metadata.items() if "percent" in name}
        for day, metadata in days.items()
    }
    assert shares == {
        "2024-03-01": {"quarantined_percent_a": 10.0, "quarantined_percent_b": 0.0},
        "2024-03-02": {},
    }


def test_rows_of_a_refused_file_are_not_counted_as_loaded():
    days = metadata_by_day(result(file(1, FileStatus.REFUSED, rows_loaded=3)))
    assert (days["2024-03-01"]["files_refused"], days["2024-03-01"]["rows_loaded"]) == (1, 0)


def test_the_run_shows_rows_by_organization():
    metadata = run_metadata(result(file(1, organization="a"), file(1, organization="b")))
    lines = metadata["run_by_organization"].value.splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| a", "| b"]


def test_the_run_names_files_that_wait_for_the_next_one():
    metadata = run_metadata(result(file(1), file(2, FileStatus.POSTPONED, message="a grows.")))
    assert metadata["postponed"].value == ["a grows."]
    assert "postponed" not in run_metadata(result(file(1)))
