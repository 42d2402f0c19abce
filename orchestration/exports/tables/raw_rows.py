"""Rows in the raw tables, by load: removing them, their keys, their positions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from orchestration.exports.contracts import Contract
from orchestration.exports.sql import identifier, literal
from orchestration.warehouse import Session


@dataclass(frozen=True)
class Carried:
    """Rows of a standing load that go on under another one.

    Attributes
    ----------
    source_id : the standing load that has the rows
    load_id : the load that takes them over
    entry_id : the file's own entry in the ledger: the source, or the note that it repeats that
    file : whose rows they are now
    """

    source_id: int
    load_id: int
    entry_id: int
    file: str


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


def carry(session: Session, contract: Contract, carried: Sequence[Carried]) -> None:
    """Copy rows of standing loads to the loads that take them over."""
    if not carried:
        return
    own = {"_load_id": "c.load_id", "_file": "c.file"}
    names = contract.arrow_schema().names
    values = ", ".join(own.get(name, f"r.{identifier(name)}") for name in names)
    loads = ", ".join(f"({c.source_id}, {c.load_id}, {literal(c.file)})" for c in carried)
    session.execute(
        f"insert into {_raw(contract)} ({', '.join(map(identifier, names))}) select {values} "
        f"from {_raw(contract)} r "
        f"join (values {loads}) as c (source_id, load_id, file) on r._load_id = c.source_id "
        f"where r._load_id in ({_ids(c.source_id for c in carried)})"
    )


def repeated_keys(
    session: Session, contract: Contract, load_ids: Iterable[int]
) -> Iterator[pa.RecordBatch]:
    """Find the rows of these loads whose key stands again later in the same delivery.

    Yields
    ------
    _load_id, _line and reason, which says what row stands in its place, by load and line
    """
    key = " || ', ' || ".join(
        # A reason stands on one line.
        f"{literal(f'{name}=')} || replace(cast({identifier(name)} as varchar), chr(10), ' ')"
        for name in contract.key
    )
    reason = (
        f"'same key (' || {key} || ') as line ' || cast(last_line as varchar) || ' of ' "
        "|| last_file || ', which replaces it'"
    )
    return session.stream(
        f"select _load_id, _line, {reason} as reason from ({_repeats(contract, load_ids)}) r "
        "order by _load_id, _line"
    )


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
    ids = _ids(load_ids)
    position, within, parts = _parts(contract, ids)
    session.execute(
        f"update {_raw(contract)} as r set {position} = r.{position} + p.shift from ("
        f"select *, cast(sum(lines) over before as bigint) as shift from {parts}) p "
        f"where r._load_id in ({ids}) and r._load_id = p._load_id and p.shift > 0 "
        f"and {_equal('r', 'p', within)}"
    )


def restart_positions(
    session: Session, contract: Contract, carried: Sequence[Carried], standing: Iterable[int]
) -> None:
    """Let positions of carried rows count from one again, as within their file.

    Parameters
    ----------
    standing : the standing loads of their deliveries, over which positions count on
    """
    position, within, parts = _parts(contract, _ids(standing))
    pairs = ", ".join(f"({c.source_id}, {c.load_id})" for c in carried)
    session.execute(
        f"update {_raw(contract)} as r set {position} = r.{position} - p.shift from ("
        f"select * from (select *, max(lines) over before as shift from {parts}) part "
        f"join (values {pairs}) as c (source_id, load_id) on part._load_id = c.source_id) p "
        f"where r._load_id in ({_ids(c.load_id for c in carried)}) and r._load_id = p.load_id "
        f"and p.shift > 0 and {_equal('r', 'p', within)}"
    )


def _parts(contract: Contract, ids: str) -> tuple[str, tuple[str, ...], str]:
    """Return the position column, what it counts within, and SQL for the last position by load.

    The window ``before`` spans the loads before a load.
    """
    name = contract.position_column or ""
    within = contract.columns[name].position_within or ()
    position = identifier(name)
    groups = ", ".join(map(identifier, ("organization_id", "_export_date", *within)))
    parts = (
        f"(select {groups}, _load_id, max({position}) as lines from {_raw(contract)} "
        f"where _load_id in ({ids}) group by {groups}, _load_id) part window before as "
        f"(partition by {groups} order by _load_id "
        "rows between unbounded preceding and 1 preceding)"
    )
    return position, within, parts


def _raw(contract: Contract) -> str:
    return f"raw.{identifier(contract.export)}"


def _ids(load_ids: Iterable[int]) -> str:
    return ", ".join(str(int(load_id)) for load_id in load_ids)


def _columns(alias: str, names: Iterable[str]) -> str:
    return ", ".join(f"{alias}.{identifier(name)}" for name in names)


def _equal(left: str, right: str, names: Iterable[str]) -> str:
    return " and ".join(f"{left}.{identifier(name)} = {right}.{identifier(name)}" for name in names)
