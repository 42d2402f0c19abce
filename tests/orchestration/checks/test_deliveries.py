from datetime import date

from orchestration.checks.deliveries import drift_check, freshness_check, volume_check
from orchestration.exports.monitoring.drift import Change, Drift
from orchestration.exports.monitoring.freshness import Gap, Lateness
from orchestration.exports.monitoring.volume import Volume, Volumes

DAY = date(2024, 3, 1)
FILE = "club/orders_2024-03-01.csv"


def rows(check):
    """Return the cells of the Markdown table, line by line."""
    lines = check.metadata["problems"].value.splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def late(days):
    gap = Gap("club", "orders", DAY, DAY, 1, "no file", date(2024, 2, 29), is_open=True)
    return Lateness("club", "orders", date(2024, 2, 29), (gap,) * days, days)


def test_deliveries_in_time_with_usual_rows_and_columns_pass():
    checks = [freshness_check([]), volume_check(Volumes(1, 0, ())), drift_check([])]
    assert all(check.passed for check in checks)
    assert not any("problems" in check.metadata for check in checks)


def test_missing_days_are_a_warning_with_a_line_for_each_organization():
    check = freshness_check([late(1)])
    assert (check.passed, check.severity.value) == (False, "WARN")
    assert rows(check) == [["club", "2024-02-29", "1", "1", "2024-03-01"]]


def test_of_many_gaps_the_newest_are_listed():
    (row,) = rows(freshness_check([late(25)]))
    assert row[-1].startswith("5 older, ")
    assert row[-1].count("2024-03-01") == 20


def test_unusual_rows_are_a_warning_with_the_numbers():
    volume = Volume("club", "orders", DAY, 3, 8, 1000.0, 841.9, 1158.1, -31.5)
    check = volume_check(Volumes(7, 2, (volume,)))
    assert (check.passed, check.severity.value) == (False, "WARN")
    assert rows(check) == [["club", "Fri 2024-03-01", "3", "842 to 1,158", "1,000", "-31.5", "8"]]
    assert check.metadata["deliveries_with_not_enough_history"].value == 2


def test_changed_columns_are_a_warning_that_names_file_and_columns():
    where = "club", "orders", DAY, FILE
    changes = (
        Change(*where, 1, None, "note", None, None),
        Change(*where, 2, "paid", "paid", "number", "text"),
    )
    check = drift_check([Drift(*where, changes)])
    assert (check.passed, check.severity.value) == (False, "WARN")
    assert rows(check) == [["club", "2024-03-01", FILE, "note is new, paid was number, is text"]]


def test_a_long_list_shows_its_newest_lines():
    drifts = [Drift("club", "orders", DAY, f"{number}.csv", ()) for number in range(250)]
    check = drift_check(drifts)
    assert check.metadata["files_changed"].value == 250
    assert [row[2] for row in rows(check)] == [f"{number}.csv" for number in range(150, 250)]
