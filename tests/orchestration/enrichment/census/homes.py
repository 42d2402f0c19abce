"""Members with homes, as the loaded exports and dbt leave them to the geocoder."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pyarrow as pa

from orchestration.enrichment.census.tables import CENSUS_TABLES
from orchestration.exports.tables.preparing import prepare
from orchestration.warehouse import Warehouse

DAY = date(2024, 3, 31)
NOON = datetime(2024, 4, 1, 12, tzinfo=UTC)
Home = tuple[str, str]


def settle(warehouse: Warehouse, homes: dict[str, Home], organization_id: str = "club") -> None:
    """Let members live at addresses; each home is an address id and an address."""
    prepare(warehouse)
    columns = ("customer_type", "customer_id", "address_id", "address", "city", "state", "zip_code")
    view = pa.schema([(name, pa.string()) for name in ("organization_id", *columns)])
    with warehouse.session() as session:
        session.create_schema("staging")
        for (schema, table), layout in CENSUS_TABLES.items():
            session.create_table(schema, table, layout)
        session.create_table(
            "staging", "int_home_addresses", view.append(pa.field("is_home", pa.bool_()))
        )
        for member, (address_id, address) in homes.items():
            session.execute(
                "insert into staging.int_home_addresses (organization_id, customer_type, customer_id, address_id, "
                "address, zip_code, is_home) values ($1, 'member', $2, $3, $4, '60614', true)",
                [organization_id, member, address_id, address],
            )
            session.execute(
                "insert into raw.members (organization_id, member_id, _export_date) values ($1, $2, $3)",
                [organization_id, member, DAY],
            )
        for export, delivery in (
            ("members", "snapshot"),
            ("consents", "changes"),
            ("accounts", "snapshot"),
        ):
            session.execute(
                "insert into raw.organization_exports (organization_id, export, delivery) values ($1, $2, $3)",
                [organization_id, export, delivery],
            )
        load(warehouse, session, organization_id, "members")


def load(warehouse: Warehouse, session, organization_id: str, export: str) -> None:
    session.execute(
        "insert into ops.file_loads (organization_id, export, export_date, status) values ($1, $2, $3, 'loaded')",
        [organization_id, export, DAY],
    )


def consent(warehouse: Warehouse, members: Sequence[str], organization_id: str = "club") -> None:
    """Deliver consents: of these members, and nobody else's."""
    with warehouse.session() as session:
        load(warehouse, session, organization_id, "consents")
        for member in members:
            session.execute(
                "insert into raw.consents (organization_id, customer_id, purpose, granted, _export_date) "
                "values ($1, $2, 'enrichment', true, $3)",
                [organization_id, member, DAY],
            )


def outcomes(warehouse: Warehouse) -> dict[str, str]:
    """Return what the geocoder said of each address."""
    with warehouse.session() as session:
        rows = session.query(
            "select address_id, outcome from raw.geocodes order by received_at"
        ).to_pylist()
    return {row["address_id"]: row["outcome"] for row in rows}
