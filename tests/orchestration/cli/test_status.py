"""What `status` says of deliveries, after loading without a run."""

from datetime import date

import pytest

from orchestration.cli.status import show_status
from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.warehouse import open_warehouse


@pytest.fixture
def lines(settings, organizations_dir, landing_dir, capsys, monkeypatch):
    """Return a function that loads the club's bookings and returns the lines of the status."""
    monkeypatch.setenv("COLUMNS", "100")
    club = organizations_dir / "small_club.yml"
    club.write_text(club.read_text().replace("bookings: {}", "bookings: {expected: daily}"))
    warehouse = open_warehouse(settings.warehouse_url, settings.data_dir)
    prepare(warehouse)

    def told():
        ingest(
            warehouse,
            Landing(str(landing_dir)),
            load_organizations(organizations_dir),
            load_contracts()["bookings"],
            date(2024, 1, 1),
            date(2024, 12, 31),
        )
        show_status(settings)
        return [line for line in capsys.readouterr().out.splitlines() if "Look:" in line]

    return told


def test_nothing_is_said_of_deliveries_as_they_should_be(lines):
    assert lines() == []


def test_each_problem_of_the_newest_week_has_a_line(lines, landing_dir):
    bookings = landing_dir / "small_club" / "bookings"
    (bookings / "bookings_2024-03-02.csv").unlink()
    newest = bookings / "bookings_2024-03-03.csv"
    newest.write_text(newest.read_text().replace("revenue,status", "revenue,[note]"))
    late, drift = lines()
    assert late == (
        "Look: small_club bookings: no delivery for 2024-03-02, 2024-03-03 refused, 2 days late; "
        "the newest is of 2024-03-01. Deliver it, or correct exports.bookings.expected."
    )
    assert drift == (
        "Look: small_club/bookings/bookings_2024-03-03.csv: [note] stands in the place of status."
    )
