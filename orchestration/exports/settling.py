"""The end of a load, in its transaction: accepted deliveries stand, refused ones are taken back."""

import json
from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from orchestration.exports import ledger, raw_rows
from orchestration.exports.contracts import Contract
from orchestration.exports.deliveries import Delivery
from orchestration.exports.ledger import StandingLoads
from orchestration.exports.quarantine import table as quarantine
from orchestration.exports.quarantine.table import QUARANTINE_ROWS
from orchestration.exports.tables import FILE_LOADS
from orchestration.warehouse import Session


def settle(
    session: Session,
    contract: Contract,
    deliveries: list[Delivery],
    standing: StandingLoads,
    loaded_at: datetime,
) -> int:
    """Let accepted deliveries stand and take back the others; return how many lines repeat."""
    accepted = [delivery for delivery in deliveries if delivery.stands]
    others = [delivery for delivery in deliveries if not delivery.stands]
    raw_rows.remove_loads(
        session, contract, (load_id for delivery in others for load_id in delivery.load_ids)
    )
    duplicate_lines = _settle_repeats(session, contract, accepted)
    loads = [load for delivery in accepted for load in delivery.loads]
    replaced = {
        old: load
        for load in loads
        if (old := standing.get((load.local.file.organization_id, load.local.file.path)))
    }
    pairs = {old.load_id: load.load_id for old, load in replaced.items()}
    ledger.supersede(session, contract, pairs)
    quarantined = [load.quarantine_rows(loaded_at) for load in loads if load.rows_quarantined]
    same_content = {
        old.load_id for old, load in replaced.items() if old.sha256 == load.local.sha256
    }
    quarantine.settle(
        session,
        pa.concat_tables([QUARANTINE_ROWS.empty_table(), *quarantined]),
        pairs,
        same_content,
    )
    _record(session, [delivery for delivery in deliveries if not delivery.postponement], loaded_at)
    return duplicate_lines


def _settle_repeats(session: Session, contract: Contract, deliveries: list[Delivery]) -> int:
    """Let the last row of each key stand; return how many rows repeat another one and are kept."""
    by_position = [delivery for delivery in deliveries if delivery.is_numbered_by_position]
    by_key = [delivery for delivery in deliveries if not delivery.is_numbered_by_position]
    parts = [
        load_id
        for delivery in by_position
        if len(delivery.loads) > 1
        for load_id in delivery.load_ids
    ]
    if parts:
        raw_rows.continue_positions(session, contract, parts)
    # Equal hashes only raise the suspicion, which the warehouse settles.
    suspects = [
        delivery for delivery in by_key if delivery.repeats() or delivery.has_mixed_numbering
    ]
    if suspects:
        _quarantine_repeated_keys(session, contract, suspects)
    return sum(delivery.repeats() for delivery in by_position)


def _quarantine_repeated_keys(
    session: Session, contract: Contract, deliveries: list[Delivery]
) -> None:
    loads = {load.load_id: load for delivery in deliveries for load in delivery.loads}
    repeated: dict[int, list[raw_rows.KeyRepeat]] = {}
    for repeat in raw_rows.repeated_keys(session, contract, loads):
        repeated.setdefault(repeat.load_id, []).append(repeat)
    if repeated:
        raw_rows.remove_repeated_keys(session, contract, loads)
    for load_id, repeats in repeated.items():
        loads[load_id].move_to_quarantine(
            [repeat.line for repeat in repeats], [repeat.reason(contract) for repeat in repeats]
        )


def _record(session: Session, deliveries: list[Delivery], loaded_at: datetime) -> None:
    rows = [
        {
            "load_id": load.load_id,
            "organization_id": load.local.file.organization_id,
            "export": load.local.file.export,
            "export_date": load.local.file.export_date,
            "file": load.local.file.path,
            "sha256": load.local.sha256,
            "content_sha256": load.local.content_sha256,
            "bytes": load.local.file.size,
            "columns": _as_json(load.columns),
            "column_kinds": _as_json(load.column_kinds),
            "rows_read": load.rows_read,
            "rows_loaded": load.rows_good,
            "rows_quarantined": load.rows_quarantined,
            "rows_skipped": load.rows_skipped,
            "status": ledger.REFUSED if delivery.refusal else ledger.LOADED,
            "message": delivery.refusal or None,
            "mapping_fingerprint": delivery.fingerprint,
            "loaded_at": loaded_at,
        }
        for delivery in deliveries
        for load in delivery.loads
    ]
    ledger.record(session, pa.Table.from_pylist(rows, FILE_LOADS))


def _as_json(names: Sequence[str | None] | None) -> str | None:
    return None if names is None else json.dumps(names)
