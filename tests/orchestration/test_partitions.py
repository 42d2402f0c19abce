from datetime import UTC, date, datetime

from orchestration.partitions import census_partitions, daily_partitions


def test_the_first_partition_is_the_first_export_date():
    assert daily_partitions(date(2024, 3, 1)).get_first_partition_key() == "2024-03-01"


def test_todays_files_have_a_partition_today():
    newest = daily_partitions(date(2024, 3, 1)).get_last_partition_key()
    assert newest == datetime.now(UTC).date().isoformat()


def test_a_year_of_the_census_begins_in_march():
    assert census_partitions().get_partition_keys()[:3] == [
        "2024-03-01",
        "2025-03-01",
        "2026-03-01",
    ]
