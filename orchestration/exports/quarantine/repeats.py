"""Rows moved out of quarantine whose key stands already, or in a later row that moved too.

A moved row never takes the place of one that stands: the text of that one is gone with its file, so
it could not be quarantined in its turn.
"""

from collections.abc import Collection
from typing import Any

from orchestration.exports.contracts import Contract
from orchestration.exports.quarantine.reissuing import delivery_loads
from orchestration.exports.sql import identifier, literal
from orchestration.exports.tables.quarantine import OPEN
from orchestration.warehouse import Session


def take_back_repeats(
    session: Session, contract: Contract, load_ids: Collection[int]
) -> dict[tuple[int, int], str]:
    """Delete such rows from the raw table and say why, by load id and line.

    Moved rows are those that the quarantine still holds as open.
    """
    delivered = [load["load_id"] for load in delivery_loads(session, contract, load_ids)]
    repeats = _repeats(contract, load_ids, delivered)
    found = session.query(repeats).to_pylist()
    if found:
        session.execute(
            f"delete from raw.{identifier(contract.export)} as r using ({repeats}) d "
            f"where r._load_id in ({_ids(load_ids)}) "
            "and r._load_id = d._load_id and r._line = d._line"
        )
    return {(row["_load_id"], row["_line"]): _reason(contract, row) for row in found}


def _repeats(contract: Contract, moved: Collection[int], delivered: Collection[int]) -> str:
    key = ", ".join(map(identifier, contract.key))
    within = f"organization_id, _export_date, {key}"
    table = f"raw.{identifier(contract.export)}"
    # The one that stands, else the last of those that moved.
    best = f'over (partition by {within} order by has_moved, _file collate "C" desc, _line desc)'
    return (
        "with held as (select load_id as _load_id, line as _line from quarantine.rows "
        f"where status = {literal(OPEN)} and load_id in ({_ids(moved)})), "
        f"keys as (select distinct {within} from {table} join held using (_load_id, _line)), "
        f"rivals as (select r.*, h._line is not null as has_moved from {table} r "
        f"join keys using ({within}) left join held h "
        "on r._load_id = h._load_id and r._line = h._line "
        f"where r._load_id in ({_ids(delivered)})), "
        f"ranked as (select *, first_value(_file) {best} as best_file, "
        f"first_value(_line) {best} as best_line from rivals) "
        f"select _load_id, _file, _line, best_file, best_line, {key} from ranked "
        "where has_moved and (_file <> best_file or _line <> best_line)"
    )


def _reason(contract: Contract, row: dict[str, Any]) -> str:
    key = ", ".join(f"{name}={row[name]}" for name in contract.key)
    is_later = (row["best_file"], row["best_line"]) > (row["_file"], row["_line"])
    fate = "replaces it" if is_later else "it would replace: deliver the file again"
    place = f"line {row['best_line']} of {row['best_file']}"
    return f"same key ({key}) as {place}, which {fate}".replace("\n", " ")


def _ids(load_ids: Collection[int]) -> str:
    return ", ".join(str(int(load_id)) for load_id in load_ids)
