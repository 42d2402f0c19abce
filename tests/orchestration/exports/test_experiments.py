from pathlib import Path

import pytest

from orchestration.exports.organizations import OrganizationError, load_organizations
from orchestration.exports.tables.organizations import write_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.warehouse import Warehouse

SHOP = "organization_id: shop\nname: Shop\ntime_zone: UTC\ncurrency: EUR\nexperiments:\n"


def write(folder: Path, experiments: str) -> Path:
    (folder / "shop.yml").write_text(SHOP + experiments)
    return folder


def test_designs_of_the_organizations_file_are_in_the_warehouse(
    tmp_path: Path, duckdb: Warehouse
) -> None:
    def designed(experiments: str) -> list[tuple[object, ...]]:
        write_organizations(duckdb, load_organizations(write(tmp_path, experiments)))
        with duckdb.session() as session:
            rows = session.query("select * from raw.experiment_designs order by test_id")
        return [tuple(row.values()) for row in rows.to_pylist()]

    prepare(duckdb)
    both = "  17: {shares: {old: 0.9, 2: 0.1}}\n  refunds: {lower_is_better: true}\n"
    assert designed(both) == [
        ("shop", "17", '{"2": 0.1, "old": 0.9}', False),
        ("shop", "refunds", "{}", True),
    ]
    assert designed("  {}\n") == []


@pytest.mark.parametrize(
    ("experiments", "complaint"),
    [
        (
            "  t: {shares: {a: 0.9, b: 0.01}}",
            "shares of all groups add up to 0.91, which must be 1",
        ),
        ("  t: {shares: {a: 1.0, b: 0}}", "leave out groups that nobody is in"),
        ("  t: {shares: {yes: 0.5, no: 0.5}}", "put the name into quotes"),
        ("  t: {shares: even}", "experiments.t.shares"),
        ("  t: {lower_is_better: [refunds]}", "experiments.t.lower_is_better"),
        ("  t: {higher_is_better: true}", "experiments.t.higher_is_better"),
    ],
)
def test_what_is_no_design_is_refused(tmp_path: Path, experiments: str, complaint: str) -> None:
    with pytest.raises(OrganizationError) as refused:
        load_organizations(write(tmp_path, experiments))
    assert "shop.yml" in str(refused.value)
    assert complaint in str(refused.value)
