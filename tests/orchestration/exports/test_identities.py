from datetime import date
from pathlib import Path

import pytest

from orchestration.exports.organizations import OrganizationError, load_organizations
from orchestration.exports.tables.organizations import write_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.warehouse import Warehouse

CLUB = "organization_id: club\nname: Club\ntime_zone: UTC\ncurrency: EUR\nidentities:\n"


def write(folder: Path, rulings: str) -> Path:
    (folder / "club.yml").write_text(CLUB + rulings)
    return folder


def test_rulings_of_the_organizations_file_are_in_the_warehouse(
    tmp_path: Path, duckdb: Warehouse
) -> None:
    def ruled(rulings: str) -> list[tuple[object, ...]]:
        write_organizations(duckdb, load_organizations(write(tmp_path, rulings)))
        with duckdb.session() as session:
            rows = session.query("select * from raw.identity_rulings order by is_same desc")
        return [tuple(row.values()) for row in rows.to_pylist()]

    prepare(duckdb)
    both = (
        "  same:\n  - [member M1, lead L 2]\n"
        "  different:\n  - {records: [account 7, prospect 8], since: 2024-05-01}\n"
    )
    assert ruled(both) == [
        ("club", "member", "M1", "lead", "L 2", True, None),
        ("club", "account", "7", "prospect", "8", False, date(2024, 5, 1)),
    ]
    assert ruled("  same: []\n") == []


@pytest.mark.parametrize(
    ("rulings", "complaint"),
    [
        ("  same: [[M1, lead 2]]", "identities.same.0.records.0: 'M1' names no record"),
        ("  same: [[customer 1, lead 2]]", "write its type, one of account, member"),
        ("  same: [[member 1, 'lead ']]", "'lead ' names no record"),
        ("  different: [[member 1]]", "identities.different.0"),
        ("  same: [[member 1, member 1]]", "member 1 is paired with itself"),
        ("  same: [{records: [member 1, lead 2], since: May}]", "identities.same.0.since"),
        ("  same: [member 1]", "identities.same.0"),
        ("  equal: []", "identities.equal"),
    ],
)
def test_what_rules_no_pair_of_records_is_refused(
    tmp_path: Path, rulings: str, complaint: str
) -> None:
    with pytest.raises(OrganizationError) as refused:
        load_organizations(write(tmp_path, rulings))
    assert "club.yml" in str(refused.value)
    assert complaint in str(refused.value)
