import csv
import re

import pytest
import yaml

from orchestration.exports.contracts import load_contracts
from orchestration.exports.organizations import load_organizations

CANONICAL = (
    "members",
    "orders",
    "member_visits",
    "survey_responses",
    "corporate_connectors",
    "event_requests",
    "interactions",
    "prospects",
    "target_updates",
    "campaigns",
    "outreach_events",
    "channel_costs",
    "deals",
    "ab_tests",
    "ab_observations",
    "consents",
    "erasure_requests",
)
FOREIGN = (
    ("riverside_club", "bookings"),
    ("riverside_club", "accounts"),
    ("riverside_club", "order_lines"),
    ("riverside_club", "support_tickets"),
    ("riverside_club", "leads"),
    ("lakeshore_courier", "accounts"),
    ("lakeshore_courier", "shipments"),
)


def header(sample, organization_id, export):
    path = min((sample.folder / "landing" / organization_id / export).iterdir())
    with path.open(newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def test_the_organizations_files_load_and_name_what_is_delivered(sample):
    organizations = load_organizations(sample.folder / "organizations")
    assert {one.organization_id: set(one.exports) for one in organizations} == {
        name: set(exports) for name, exports in sample.summary.organizations.items()
    }


def test_every_export_of_the_contracts_is_delivered_by_somebody(sample):
    delivered = [set(exports) for exports in sample.summary.organizations.values()]
    assert set.union(*delivered) == set(load_contracts())


def test_the_courier_delivers_nothing_but_shipments_to_its_accounts(sample):
    [courier, _] = sorted(
        load_organizations(sample.folder / "organizations"), key=lambda one: one.organization_id
    )
    assert set(courier.exports) == {"accounts", "shipments"}


@pytest.mark.parametrize("export", CANONICAL)
def test_canonical_exports_have_columns_of_the_contract(sample, export):
    assert set(header(sample, "riverside_club", export)) <= set(load_contracts()[export].columns)


@pytest.mark.parametrize(("organization_id", "export"), FOREIGN)
def test_foreign_exports_have_the_columns_that_the_mapping_reads(sample, organization_id, export):
    text = (sample.folder / "organizations" / f"{organization_id}.yml").read_text()
    columns = yaml.safe_load(text)["exports"][export]["columns"]
    read = {name for expression in columns.values() for name in re.findall('"([^"]+)"', expression)}
    assert read == set(header(sample, organization_id, export))
    assert set(columns) == set(load_contracts()[export].columns)
