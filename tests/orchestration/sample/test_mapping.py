import csv
import re

import pytest
import yaml

from orchestration.exports.contracts import load_contracts
from orchestration.exports.organizations import load_organizations

EXPORTS = ("members", "bookings", "accounts", "orders", "order_lines")


def header(sample, export):
    path = min((sample.landing / export).iterdir())
    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def test_the_organization_file_is_one_that_loads(sample):
    [organization] = load_organizations(sample.folder / "organizations")
    assert organization.organization_id == sample.summary.organization_id
    assert set(organization.exports) == set(EXPORTS)


@pytest.mark.parametrize("export", ["members", "orders"])
def test_canonical_exports_have_the_contracts_columns(sample, export):
    assert header(sample, export) == list(load_contracts()[export].columns)


@pytest.mark.parametrize("export", ["bookings", "accounts", "order_lines"])
def test_foreign_exports_have_the_columns_that_the_mapping_reads(sample, export):
    text = (sample.folder / "organizations" / "riverside_club.yml").read_text()
    columns = yaml.safe_load(text)["exports"][export]["columns"]
    read = {name for expression in columns.values() for name in re.findall('"([^"]+)"', expression)}
    assert read == set(header(sample, export))
    assert set(columns) == set(load_contracts()[export].columns)
