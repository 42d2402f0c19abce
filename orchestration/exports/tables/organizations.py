"""The organizations' own settings in the warehouse, for dbt to join with their exports."""

import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from orchestration.exports.contracts import load_contracts
from orchestration.exports.organizations import Organization
from orchestration.warehouse import Session, Warehouse

ORGANIZATIONS = pa.schema(
    [
        ("organization_id", pa.string()),
        ("name", pa.string()),
        ("time_zone", pa.string()),
        ("currency", pa.string()),
        ("assumed_margin_percent", pa.decimal128(18, 4)),
        ("fiscal_year_start_month", pa.int64()),
        ("non_product_pattern", pa.string()),
        ("shipments_are_transactions", pa.bool_()),
    ]
)
ORGANIZATION_EXPORTS = pa.schema(
    [
        ("organization_id", pa.string()),
        ("export", pa.string()),
        ("delivery", pa.string()),
    ]
)
IDENTITY_RULINGS = pa.schema(
    [
        ("organization_id", pa.string()),
        ("left_type", pa.string()),
        ("left_id", pa.string()),
        ("right_type", pa.string()),
        ("right_id", pa.string()),
        ("is_same", pa.bool_()),
        ("since", pa.date32()),
    ]
)
EXPERIMENT_DESIGNS = pa.schema(
    [
        ("organization_id", pa.string()),
        ("test_id", pa.string()),
        ("shares", pa.string()),
        ("lower_is_better", pa.bool_()),
    ]
)


def write_organizations(warehouse: Warehouse, organizations: Iterable[Organization]) -> None:
    """Make the tables say what the organizations' files say, touching only what differs.

    ``raw.organizations`` has a row per organization; ``raw.organization_exports`` has one for each
    export too, delivered or not, and says whether it is a full list or changes;
    ``raw.identity_rulings`` has one for each pair of records that is ruled to be one, or not;
    ``raw.experiment_designs`` has one for each experiment that is said to be planned otherwise than
    usual, with its groups' shares as a JSON object.

    An organization whose file was taken away keeps its rows: nothing new is loaded for it, its
    tables stay as of its newest export, and no other organization's rows depend on them.
    """
    with warehouse.session() as session:
        session.lock("ingest")
        for organization in organizations:
            key = {"organization_id": organization.organization_id}
            _replace(session, "organizations", key, _settings(organization))
            _replace(session, "organization_exports", key, _exports(organization))
            _replace(session, "identity_rulings", key, _rulings(organization))
            _replace(session, "experiment_designs", key, _designs(organization))


def _settings(organization: Organization) -> pa.Table:
    row = organization.model_dump(include=set(ORGANIZATIONS.names))
    row["non_product_pattern"] = organization.non_product_ids
    return pa.Table.from_pylist([row], ORGANIZATIONS)


def _exports(organization: Organization) -> pa.Table:
    rows: list[dict[str, Any]] = []
    for name, contract in load_contracts().items():
        mapping = organization.exports.get(name)
        rows.append(
            {
                "organization_id": organization.organization_id,
                "export": name,
                "delivery": mapping.delivery if mapping else contract.delivery,
            }
        )
    return pa.Table.from_pylist(rows, ORGANIZATION_EXPORTS)


def _rulings(organization: Organization) -> pa.Table:
    rows = [
        {
            "organization_id": organization.organization_id,
            "left_type": ruling.records[0].record_type,
            "left_id": ruling.records[0].record_id,
            "right_type": ruling.records[1].record_type,
            "right_id": ruling.records[1].record_id,
            "is_same": is_same,
            "since": ruling.since,
        }
        for ruling, is_same in organization.identities.rulings()
    ]
    return pa.Table.from_pylist(rows, IDENTITY_RULINGS)


def _designs(organization: Organization) -> pa.Table:
    rows = [
        {
            "organization_id": organization.organization_id,
            "test_id": test_id,
            "shares": json.dumps(design.shares, sort_keys=True),
            "lower_is_better": design.lower_is_better,
        }
        for test_id, design in organization.experiments.items()
    ]
    return pa.Table.from_pylist(rows, EXPERIMENT_DESIGNS)


def _replace(session: Session, table: str, key: dict[str, str], rows: pa.Table) -> None:
    standing = session.query(
        f"select {', '.join(rows.column_names)} from raw.{table} where organization_id = $1",
        list(key.values()),
    )
    if _sorted(standing.cast(rows.schema)) != _sorted(rows):
        session.replace("raw", table, key, rows)


def _sorted(rows: pa.Table) -> pa.Table:
    return rows.sort_by([(name, "ascending") for name in rows.column_names])
