import json

import pytest
from dagster import build_sensor_context

from orchestration.definitions import build_definitions
from orchestration.sensors import due_days, ranges


@pytest.fixture
def tick(settings):
    """Return a function that evaluates the landing sensor as Dagster's daemon does."""
    definitions = build_definitions(settings)
    cursor = None

    def evaluate() -> list[tuple[str, str]]:
        nonlocal cursor
        context = build_sensor_context(cursor=cursor, definitions=definitions)
        result = definitions.resolve_sensor_def("landing").evaluate_tick(context)
        cursor = result.cursor
        tags = [request.tags for request in result.run_requests]
        return [
            (t["dagster/asset_partition_range_start"], t["dagster/asset_partition_range_end"])
            for t in tags
        ]

    return evaluate


def test_new_files_wait_for_a_second_look(tick):
    assert tick() == []


def test_files_that_look_the_same_on_the_second_look_are_loaded_in_one_run(tick):
    tick()
    assert tick() == [("2024-03-01", "2024-03-03")]


def test_a_day_is_asked_for_once(tick):
    tick()
    tick()
    assert tick() == []


def test_only_the_day_of_a_changed_file_is_asked_for_again(tick, landing_dir):
    tick()
    tick()
    with (landing_dir / "small_club/bookings/bookings_2024-03-02.csv").open("a") as file:
        file.write("b23,m1,2024-03-02 12:00:00,7.00,attended\n")
    assert tick() == []
    assert tick() == [("2024-03-02", "2024-03-02")]


def test_a_file_that_grows_between_looks_waits(tick, landing_dir):
    growing = landing_dir / "small_club/bookings/bookings_2024-03-04.csv"
    tick()
    tick()
    for line in ("booking_id\n", "b41\n", "b42\n"):
        with growing.open("a") as file:
            file.write(line)
        assert tick() == []
    assert tick() == [("2024-03-04", "2024-03-04")]


def test_files_of_days_to_come_wait_for_their_day(tick, landing_dir):
    (landing_dir / "small_club/bookings/bookings_2999-01-01.csv").write_text("booking_id\n")
    tick()
    assert tick() == [("2024-03-01", "2024-03-03")]


def test_the_sensor_starts_switched_off(settings):
    sensor = build_definitions(settings).resolve_sensor_def("landing")
    assert sensor.default_status.value == "STOPPED"


def test_the_cursor_forgets_days_whose_files_are_gone():
    _, cursor = due_days({"2024-03-02": "b"}, {"2024-03-01": ("a", "a")})
    assert json.loads(json.dumps(cursor)) == {"2024-03-02": ["b", ""]}


def test_a_day_that_is_not_due_parts_two_runs():
    days = ["2024-03-01", "2024-03-02", "2024-03-03"]
    assert list(ranges(days, {"2024-03-01", "2024-03-03"})) == [
        ("2024-03-01", "2024-03-01"),
        ("2024-03-03", "2024-03-03"),
    ]


def test_days_without_files_do_not_part_a_run():
    days = ["2024-03-01", "2024-03-09"]
    assert list(ranges(days, set(days))) == [("2024-03-01", "2024-03-09")]
