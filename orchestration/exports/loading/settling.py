"""The end of a load, in its transaction: accepted deliveries stand, refused ones are taken back."""

from datetime import datetime

import numpy as np
import pyarrow as pa

from orchestration.exports.contracts import Contract
from orchestration.exports.loading.deliveries import Delivery
from orchestration.exports.loading.entries import duplicate_entries, load_entries
from orchestration.exports.tables import ledger, quarantine, raw_rows
from orchestration.exports.tables.quarantine import QUARANTINE_ROWS
from orchestration.warehouse import Session


def settle(
    session: Session,
    contract: Contract,
    deliveries: list[Delivery],
    next_load_id: int,
    loaded_at: datetime,
) -> int:
    """Let accepted deliveries stand and take back the others; return how many lines repeat."""
    # Statistics of the loads before these say that a new load id has hardly any rows.
    session.join_in_bulk()
    accepted = [delivery for delivery in deliveries if delivery.stands]
    others = [delivery for delivery in deliveries if not delivery.stands]
    raw_rows.remove_loads(
        session, contract, (load_id for delivery in others for load_id in delivery.load_ids)
    )
    _carry(session, contract, accepted)
    duplicate_lines = _settle_repeats(session, contract, accepted)
    _replace(session, contract, accepted, loaded_at)
    _record(session, contract, deliveries, next_load_id, loaded_at)
    return duplicate_lines


def _carry(session: Session, contract: Contract, deliveries: list[Delivery]) -> None:
    """Let rows of files that have left the landing go on where their own load cannot."""
    carried = [one for delivery in deliveries for one in delivery.carried]
    raw_rows.carry(session, contract, carried)
    quarantine.carry(session, carried)
    ledger.carry(session, carried)
    by_position = [delivery for delivery in deliveries if delivery.is_numbered_by_position]
    if numbered := [one for delivery in by_position for one in delivery.carried]:
        standing = [load_id for delivery in by_position for load_id in delivery.standing_ids]
        raw_rows.restart_positions(session, contract, numbered, standing)


def _replace(
    session: Session, contract: Contract, deliveries: list[Delivery], loaded_at: datetime
) -> None:
    """Let loads take the place of earlier ones, in the raw table, the ledger and quarantine."""
    replaced = {old: new for delivery in deliveries for old, new in delivery.replaced.items()}
    ledger.supersede(session, contract, replaced)
    ledger.clear(session, (e.load_id for delivery in deliveries for e in delivery.outdated))
    quarantined = (
        rows
        for delivery in deliveries
        for load in delivery.loads
        for rows in load.quarantine_rows(loaded_at, delivery.mapping.read)
    )
    any_rows = any(load.rows_quarantined for d in deliveries for load in d.loads)
    same_content = {
        entry.load_id
        for delivery in deliveries
        for load in delivery.loads
        if (entry := delivery.known.get(load.local.file.path)) and entry.sha256 == load.local.sha256
    }
    quarantine.settle(
        session,
        pa.RecordBatchReader.from_batches(QUARANTINE_ROWS, quarantined) if any_rows else None,
        replaced,
        same_content,
    )


def _record(
    session: Session,
    contract: Contract,
    deliveries: list[Delivery],
    next_load_id: int,
    loaded_at: datetime,
) -> None:
    entries = []
    for delivery in deliveries:
        if not delivery.postponement:
            entries += load_entries(delivery, loaded_at)
        if delivery.stands:
            repetitions = duplicate_entries(delivery, next_load_id, loaded_at)
            next_load_id += len(repetitions)
            entries += repetitions
    ledger.record(session, contract.export, entries)


def _settle_repeats(session: Session, contract: Contract, deliveries: list[Delivery]) -> int:
    """Let the last row of each key stand; return how many rows repeat another one and are kept."""
    by_position = [delivery for delivery in deliveries if delivery.is_numbered_by_position]
    by_key = [delivery for delivery in deliveries if not delivery.is_numbered_by_position]
    parts = [
        load_id
        for delivery in by_position
        if len(ids := [*delivery.load_ids, *(one.load_id for one in delivery.carried)]) > 1
        for load_id in ids
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
    any_repeats = False
    for repeats in raw_rows.repeated_keys(session, contract, loads):
        any_repeats = True
        load_ids, starts = np.unique(repeats["_load_id"].to_numpy(), return_index=True)
        for load_id, start, end in zip(load_ids, starts, [*starts[1:], len(repeats)], strict=True):
            own = repeats.slice(start, end - start)
            loads[int(load_id)].move_to_quarantine(own["_line"], own["reason"])
    if any_repeats:
        raw_rows.remove_repeated_keys(session, contract, loads)
