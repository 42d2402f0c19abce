"""The tables that exports load into, and the ledger of what was loaded, refused and superseded."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from orchestration.exports.contracts import Contract, load_contracts
from orchestration.exports.organizations import Organization
from orchestration.exports.sql import identifier
from orchestration.warehouse import Session, Warehouse

LOADED, SUPERSEDED, REFUSED = "loaded", "superseded", "refused"

FILE_LOADS = pa.schema(
    [
        ("load_id", pa.int64()),
        ("organization_id", pa.string()),
        ("export", pa.string()),
        ("export_date", pa.date32()),
        ("file", pa.string()),
        ("sha256", pa.string()),
        ("bytes", pa.int64()),
        ("rows_read", pa.int64()),
        ("rows_loaded", pa.int64()),
        ("rows_quarantined", pa.int64()),
        ("rows_skipped", pa.int64()),
        ("status", pa.string()),
        ("message", pa.string()),
        ("mapping_fingerprint", pa.string()),
        ("loaded_at", pa.timestamp("us", "UTC")),
    ]
)
QUARANTINE_ROWS = pa.schema(
    [
        ("organization_id", pa.string()),
        ("export", pa.string()),
        ("export_date", pa.date32()),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("raw_text", pa.string()),
        ("reasons", pa.string()),
        ("load_id", pa.int64()),
        ("loaded_at", pa.timestamp("us", "UTC")),
    ]
)
ORGANIZATIONS = pa.schema(
    [
        ("organization_id", pa.string()),
        ("name", pa.string()),
        ("time_zone", pa.string()),
        ("currency", pa.string()),
        ("assumed_margin_percent", pa.decimal128(18, 4)),
        ("fiscal_year_start_month", pa.int64()),
        ("non_product_pattern", pa.string()),
    ]
)


@dataclass(frozen=True)
class StandingLoad:
    """The load of a file whose rows stand in the raw table."""

    load_id: int
    sha256: str
    mapping_fingerprint: str


@dataclass(frozen=True)
class KeyRepeat:
    """A row whose key stands again further down in its delivery."""

    load_id: int
    line: int
    last_file: str
    last_line: int
    key: tuple[object, ...]

    def reason(self, contract: Contract) -> str:
        """Say which row stands in its place."""
        key = ", ".join(
            f"{name}={value}" for name, value in zip(contract.key, self.key, strict=True)
        )
        return f"same key ({key}) as line {self.last_line} of {self.last_file}, which replaces it"


def prepare(warehouse: Warehouse) -> None:
    """Create the schemas and tables that exports load into, and columns new to a contract."""
    with warehouse.session() as session:
        session.lock("ingest")
        for schema in ("raw", "quarantine", "ops"):
            session.create_schema(schema)
        session.create_table("ops", "file_loads", FILE_LOADS)
        session.create_table("quarantine", "rows", QUARANTINE_ROWS)
        session.create_table("raw", "organizations", ORGANIZATIONS)
        for contract in load_contracts().values():
            session.create_table("raw", contract.export, contract.arrow_schema())
            session.create_table("ops", f"removed_{contract.export}", _removed_schema(contract))
            _add_missing_columns(session, contract)
            session.create_index("raw", contract.export, ["_load_id", "_export_date"])


def _removed_schema(contract: Contract) -> pa.Schema:
    """Describe the keys that a replaced load took along: incremental models miss them."""
    key = [(name, contract.columns[name].type.arrow) for name in contract.key]
    return pa.schema([("organization_id", pa.string()), *key, ("removed_by_load_id", pa.int64())])


def _add_missing_columns(session: Session, contract: Contract) -> None:
    query = (
        "select column_name from information_schema.columns "
        "where table_schema = 'raw' and table_name = $1"
    )
    present = set(session.query(query, [contract.export])["column_name"].to_pylist())
    for name, column in contract.columns.items():
        if name not in present:
            session.execute(
                f"alter table {_raw(contract)} add column {identifier(name)} {column.type.sql}"
            )


def write_organizations(warehouse: Warehouse, organizations: Iterable[Organization]) -> None:
    """Make ``raw.organizations`` say what the files say, touching only rows that differ."""
    rows = [
        {
            **organization.model_dump(include=set(ORGANIZATIONS.names)),
            "non_product_pattern": organization.non_product_ids,
        }
        for organization in organizations
    ]
    with warehouse.session() as session:
        session.lock("ingest")
        standing = (
            session.query("select * from raw.organizations")
            .select(ORGANIZATIONS.names)
            .cast(ORGANIZATIONS)
        )
        known = {row["organization_id"]: row for row in standing.to_pylist()}
        for row in rows:
            if known.get(row["organization_id"]) != row:
                data = pa.Table.from_pylist([row], ORGANIZATIONS)
                session.replace(
                    "raw", "organizations", {"organization_id": row["organization_id"]}, data
                )


def next_load_id(session: Session) -> int:
    """Return a load id above every one so far."""
    newest = session.query("select max(load_id) as load_id from ops.file_loads")["load_id"][
        0
    ].as_py()
    return int(newest or 0) + 1


def standing_loads(session: Session, export: str) -> dict[tuple[str, str], StandingLoad]:
    """Return the standing load of each file, by organization and file."""
    loads = session.query(
        "select organization_id, file, load_id, sha256, mapping_fingerprint from ops.file_loads "
        "where export = $1 and status = $2",
        [export, LOADED],
    )
    return {
        (row["organization_id"], row["file"]): StandingLoad(
            row["load_id"], row["sha256"], row["mapping_fingerprint"]
        )
        for row in loads.to_pylist()
    }


def remove_loads(session: Session, contract: Contract, load_ids: Iterable[int]) -> None:
    """Delete the rows of loads from the raw table."""
    if ids := _ids(load_ids):
        session.execute(f"delete from {_raw(contract)} where _load_id in ({ids})")


def supersede(session: Session, contract: Contract, replaced: dict[int, int]) -> None:
    """Take back earlier loads (old load id -> new one of the same file), noting lost keys."""
    if not replaced:
        return
    ids = _ids(replaced)
    _note_removed_keys(session, contract, replaced)
    remove_loads(session, contract, replaced)
    session.execute(f"delete from quarantine.rows where load_id in ({ids})")
    session.execute(f"update ops.file_loads set status = $1 where load_id in ({ids})", [SUPERSEDED])


def _note_removed_keys(session: Session, contract: Contract, replaced: dict[int, int]) -> None:
    pairs = ", ".join(f"({old}, {new})" for old, new in replaced.items())
    key = ", ".join(map(identifier, contract.key))
    session.execute(
        f"insert into ops.{identifier(f'removed_{contract.export}')} "
        f"(organization_id, {key}, removed_by_load_id) "
        f"select distinct r.organization_id, {_columns('r', contract.key)}, p.new_load_id "
        f"from {_raw(contract)} r join (values {pairs}) as p (old_load_id, new_load_id) "
        "on r._load_id = p.old_load_id "
        f"where r._load_id in ({_ids(replaced)}) and not exists ("
        f"select 1 from {_raw(contract)} n where n._load_id = p.new_load_id "
        f"and n._load_id in ({_ids(replaced.values())}) and {_equal('n', 'r', contract.key)})"
    )
    session.analyze("ops", f"removed_{contract.export}")


def repeated_keys(session: Session, contract: Contract, load_ids: Iterable[int]) -> list[KeyRepeat]:
    """Find the rows of these loads whose key stands again later in the same delivery."""
    repeats = session.query(
        f"select * from ({_repeats(contract, load_ids)}) r order by _load_id, _line"
    )
    return [
        KeyRepeat(
            row["_load_id"],
            row["_line"],
            row["last_file"],
            row["last_line"],
            tuple(row[name] for name in contract.key),
        )
        for row in repeats.to_pylist()
    ]


def remove_repeated_keys(session: Session, contract: Contract, load_ids: Iterable[int]) -> None:
    """Delete the rows that ``repeated_keys`` finds."""
    ids = _ids(load_ids)
    session.execute(
        f"delete from {_raw(contract)} as r using ({_repeats(contract, load_ids)}) d "
        f"where r._load_id in ({ids}) and r._load_id = d._load_id and r._line = d._line"
    )


def _repeats(contract: Contract, load_ids: Iterable[int]) -> str:
    key = ", ".join(map(identifier, contract.key))
    within = f"organization_id, _export_date, {key}"
    loads = f"_load_id in ({_ids(load_ids)})"
    last = f"over (partition by {within} order by _load_id desc, _line desc)"
    return (
        f"select _load_id, _line, last_file, last_line, {key} from ("
        f"select r.*, first_value(_file) {last} as last_file, "
        f"first_value(_line) {last} as last_line "
        f"from {_raw(contract)} r join (select {within} from {_raw(contract)} where {loads} "
        f"group by {within} having count(*) > 1) d using ({within}) where {loads}) k "
        "where _file <> last_file or _line <> last_line"
    )


def continue_positions(session: Session, contract: Contract, load_ids: Iterable[int]) -> None:
    """Let positions count on from one part of a delivery to the next, by load id."""
    position = contract.position_column or ""
    within = contract.columns[position].position_within or ()
    name, ids = identifier(position), _ids(load_ids)
    groups = ", ".join(map(identifier, ("organization_id", "_export_date", *within)))
    session.execute(
        f"update {_raw(contract)} as r set {name} = r.{name} + p.shift from ("
        f"select *, cast(sum(lines) over (partition by {groups} order by _load_id "
        "rows between unbounded preceding and 1 preceding) as bigint) as shift from ("
        f"select {groups}, _load_id, max({name}) as lines from {_raw(contract)} "
        f"where _load_id in ({ids}) group by {groups}, _load_id) part) p "
        f"where r._load_id in ({ids}) and r._load_id = p._load_id and p.shift > 0 "
        f"and {_equal('r', 'p', within)}"
    )


def record(session: Session, loads: pa.Table) -> None:
    """Enter loads (as ``FILE_LOADS``) in the ledger, in place of refusals of the same files.

    A refusal that stands there already, word for word, stays as it is: a second run changes
    nothing.
    """
    names = [
        "organization_id",
        "export",
        "file",
        "sha256",
        "mapping_fingerprint",
        "status",
        "message",
    ]
    query = f"select {', '.join(names)} from ops.file_loads where status = $1"
    noted = {tuple(row.values()) for row in session.query(query, [REFUSED]).to_pylist()}
    news = [row for row in loads.to_pylist() if tuple(row[name] for name in names) not in noted]
    refused_before = {names[:3] for names in noted}
    for row in news:
        file = row["organization_id"], row["export"], row["file"]
        if file in refused_before:
            session.execute(
                "delete from ops.file_loads "
                "where organization_id = $1 and export = $2 and file = $3 and status = $4",
                [*file, REFUSED],
            )
    session.ingest("ops", "file_loads", pa.Table.from_pylist(news, FILE_LOADS))


def _raw(contract: Contract) -> str:
    return f"raw.{identifier(contract.export)}"


def _ids(load_ids: Iterable[int]) -> str:
    return ", ".join(str(int(load_id)) for load_id in load_ids)


def _columns(alias: str, names: Iterable[str]) -> str:
    return ", ".join(f"{alias}.{identifier(name)}" for name in names)


def _equal(left: str, right: str, names: Iterable[str]) -> str:
    return " and ".join(f"{left}.{identifier(name)} = {right}.{identifier(name)}" for name in names)
