from datetime import date
from pathlib import Path

import pytest

from ml.registry import Registry
from orchestration.scoring.identity import IDENTITY_LINKS, KNOWN_RECORDS
from orchestration.scoring.outcome import Outcome
from orchestration.warehouse import Warehouse

DAY = date(2024, 3, 1)
COLUMNS = """
    organization_id text, record_type text, record_id text, name text, email text, phone text, domain text,
    address text, city text, state text, country text, zip_code text, birth_year bigint, industry text,
    employee_count bigint, customer_type text, customer_id text
"""
RULING = "organization_id text, left_type text, left_id text, right_type text, right_id text, is_same boolean, since date"


@pytest.fixture
def records(warehouse: Warehouse) -> Warehouse:
    """Return a warehouse with a member and a lead of one address, in either of two clubs."""
    with warehouse.session() as session:
        session.create_schema("staging")
        session.create_schema("raw")
        session.execute(f"create table staging.int_identity_records ({COLUMNS})")
        session.execute(f"create table raw.identity_rulings ({RULING})")
        for club in ("east", "west"):
            session.execute(
                "insert into staging.int_identity_records (organization_id, record_type, record_id, name, email) "
                "values ($1, 'member', '1', 'Ann Lee', 'ann@post.example'), "
                "($1, 'lead', '2', null, 'ANN@post.example')",
                [club],
            )
    return warehouse


def scored(warehouse: Warehouse, folder: Path, organization_id: str, day: date = DAY) -> Outcome:
    return IDENTITY_LINKS.score(warehouse, Registry(folder), organization_id, day, False)


def test_an_organization_s_records_are_linked_among_themselves(
    records: Warehouse, tmp_path: Path
) -> None:
    outcome = scored(records, tmp_path, "east")
    rows = outcome.tables["identity_links"]
    assert rows["record_id"].tolist() == ["1", "2"]
    [run] = outcome.runs
    assert (run.scored_rows, run.metrics) == (2, {"identities": 1, "exact": 1})


def test_rulings_hold_for_their_organization_and_unknown_records_are_told(
    records: Warehouse, tmp_path: Path
) -> None:
    with records.session() as session:
        session.execute(
            "insert into raw.identity_rulings values "
            "('west', 'lead', '2', 'member', '1', false, null), "
            "('west', 'lead', '9', 'member', '1', true, null)"
        )
    west, east = (scored(records, tmp_path, club) for club in ("west", "east"))
    assert west.tables["identity_links"].empty
    assert west.runs == []
    assert west.findings[0].check == KNOWN_RECORDS
    assert not west.findings[0].passed
    assert west.findings[0].figures["such as"] == "lead 9 - member 1"
    assert len(east.tables["identity_links"]) == 2
    assert east.findings[0].passed


def test_a_day_knows_the_newest_ruling_until_then_on_a_pair(
    records: Warehouse, tmp_path: Path
) -> None:
    with records.session() as session:
        session.execute(
            "insert into raw.identity_rulings values "
            "('west', 'lead', '2', 'member', '1', false, '2024-03-01'), "
            "('west', 'member', '1', 'lead', '2', true, '2024-04-01')"
        )
    days = [date(2024, 2, 29), date(2024, 3, 1), date(2024, 4, 1)]
    methods = [
        scored(records, tmp_path, "west", day).tables["identity_links"]["method"].tolist()
        for day in days
    ]
    assert methods == [["primary", "exact"], [], ["primary", "operator"]]
