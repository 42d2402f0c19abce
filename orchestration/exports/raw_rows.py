"""Rows in the raw tables, by load: removing them, their keys, their positions."""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestration.exports.contracts import Contract
from orchestration.exports.sql import identifier
from orchestration.warehouse import Session


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


def remove_loads(session: Session, contract: Contract, load_ids: Iterable[int]) -> None:
    """Delete the rows of loads from the raw table."""
    if ids := _ids(load_ids):
        session.execute(f"delete from {_raw(contract)} where _load_id in ({ids})")


def note_removed_keys(session: Session, contract: Contract, replaced: dict[int, int]) -> None:
    """Note the keys that loads take along when others (old id -> new id) replace them."""
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


def _raw(contract: Contract) -> str:
    return f"raw.{identifier(contract.export)}"


def _ids(load_ids: Iterable[int]) -> str:
    return ", ".join(str(int(load_id)) for load_id in load_ids)


def _columns(alias: str, names: Iterable[str]) -> str:
    return ", ".join(f"{alias}.{identifier(name)}" for name in names)


def _equal(left: str, right: str, names: Iterable[str]) -> str:
    return " and ".join(f"{left}.{identifier(name)} = {right}.{identifier(name)}" for name in names)
