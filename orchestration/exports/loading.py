"""Load what is new in the landing zone into the raw tables: each delivery whole, or not at all.

A delivery is all files of one organization, export and day. A changed file loads its whole delivery
anew, so that the outcome depends on the files alone and never on the order in which they came.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.exports import ledger
from orchestration.exports.contracts import Contract
from orchestration.exports.fetching import FileStillChanging, LocalFile, fetch
from orchestration.exports.file_load import FileLoad
from orchestration.exports.landing import ExportFile, Landing, unclaimed_folders
from orchestration.exports.organizations import Organization
from orchestration.exports.results import FileResult, FileStatus, IngestResult
from orchestration.exports.streaming import Reader
from orchestration.warehouse import Session, Warehouse

_ROWS_PER_TRANSACTION = 1_000_000
_FILES_PER_TRANSACTION = 256
_ROWS_THAT_CHANGE_PLANS = 100_000
_FILES_THAT_DO = 100
_PREVIEW_ROWS = 10

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far an ingestion has come."""

    export: str
    files_done: int
    files_total: int
    rows_loaded: int


@dataclass
class _Delivery:
    organization: Organization
    contract: Contract
    files: list[ExportFile]
    locals: list[LocalFile] = field(default_factory=list)
    loads: list[FileLoad] = field(default_factory=list)
    refusal: str = ""
    postponement: str = ""

    @property
    def lines(self) -> int:
        return sum(local.lines for local in self.locals)

    @property
    def stands(self) -> bool:
        return not self.refusal and not self.postponement

    @property
    def fingerprint(self) -> str:
        mapping = self.organization.exports[self.contract.export]
        return mapping.fingerprint(self.contract, self.organization.time_zone)

    @property
    def load_ids(self) -> list[int]:
        return [load.load_id for load in self.loads]

    @property
    def is_numbered_by_position(self) -> bool:
        """Whether the lines of all its files are; otherwise every row has a key of its own."""
        return all(load.is_numbered_by_position for load in self.loads)

    @property
    def has_mixed_numbering(self) -> bool:
        """Whether only some of its files are numbered so: their hashes tell nothing of keys."""
        return (
            any(load.is_numbered_by_position for load in self.loads)
            and not self.is_numbered_by_position
        )

    def repeats(self) -> int:
        """Count good rows whose hash another one has."""
        hashes = [own for load in self.loads for own in load.hashes]
        # numpy's unique is many times slower on whole numbers than a sort.
        ordered = np.sort(np.concatenate([np.empty(0, np.uint64), *hashes]))
        return int(np.count_nonzero(ordered[1:] == ordered[:-1]))

    @property
    def fault(self) -> str:
        """Why one of its files cannot be loaded at all."""
        return next(
            (
                f"{load.local.file.path} is refused: it {load.problem}."
                for load in self.loads
                if load.problem
            ),
            "",
        )

    @property
    def is_hopeless(self) -> bool:
        """Whether it is sure to be refused before everything is read."""
        return bool(self.fault) or _is_over_the_limit(self, self.lines)

    def results(self, status: FileStatus, message: str = "") -> list[FileResult]:
        loads: Sequence[FileLoad | None] = self.loads or [None] * len(self.files)
        return [
            _result(file, load, status, message)
            for file, load in zip(self.files, loads, strict=True)
        ]


def _result(
    file: ExportFile, load: FileLoad | None, status: FileStatus, message: str
) -> FileResult:
    return FileResult(
        organization_id=file.organization_id,
        export=file.export,
        export_date=file.export_date,
        file=file.path,
        status=status,
        load_id=load.load_id if load else None,
        rows_read=load.rows_read if load else 0,
        rows_loaded=load.rows_good if load else 0,
        rows_quarantined=load.rows_quarantined if load else 0,
        rows_skipped=load.rows_skipped if load else 0,
        message=message,
    )


def ingest(  # noqa: PLR0917 - each is a thing of its own
    warehouse: Warehouse,
    landing: Landing,
    organizations: Iterable[Organization],
    contract: Contract,
    first_day: date,
    last_day: date,
    on_progress: Callable[[Progress], None] | None = None,
) -> IngestResult:
    """Load every new or changed file of one export for these organizations and days, both included.

    Files whose bytes and mapping are those of their standing load are left alone. Work is committed
    every million rows or so; a crash leaves whole deliveries, and the next run takes up the rest.

    Raises
    ------
    LandingError
        If the landing does not exist.
    WarehouseError
        If the warehouse refuses.
    """
    organizations = list(organizations)
    for folder in unclaimed_folders(landing, organizations):
        logger.warning("Landing folder %s is not read: no organization file speaks of it.", folder)
    waiting = list(_deliveries(landing, organizations, contract, first_day, last_day))
    files_total = sum(len(delivery.files) for delivery in waiting)
    result = IngestResult(contract.export, contract.arrow_schema().empty_table())
    while waiting:
        with TemporaryDirectory(prefix="exports-") as spool:
            chunk = _fetch_chunk(landing, waiting, Path(spool))
            with warehouse.session() as session:
                loaded = _load(session, landing, contract, chunk, Path(spool))
        _add(result, loaded)
        if on_progress:
            on_progress(
                Progress(contract.export, len(result.files), files_total, result.rows_loaded)
            )
    if result.rows_loaded >= _ROWS_THAT_CHANGE_PLANS or len(result.load_ids) >= _FILES_THAT_DO:
        with warehouse.session() as session:
            session.analyze("raw", contract.export)
            session.analyze("ops", "file_loads")
    return result


def _add(result: IngestResult, more: IngestResult) -> None:
    result.files.extend(more.files)
    result.duplicate_lines += more.duplicate_lines
    result.preview = pa.concat_tables([result.preview, more.preview]).slice(0, _PREVIEW_ROWS)


def _deliveries(
    landing: Landing,
    organizations: list[Organization],
    contract: Contract,
    first_day: date,
    last_day: date,
) -> Iterator[_Delivery]:
    for organization in organizations:
        if contract.export in organization.exports:
            files = landing.find(organization, contract.export, first_day, last_day)
            for _, parts in groupby(files, key=lambda file: file.export_date):
                yield _Delivery(organization, contract, list(parts))


def _fetch_chunk(landing: Landing, waiting: list[_Delivery], spool: Path) -> list[_Delivery]:
    """Take off enough deliveries for one transaction and fetch their files."""
    chunk: list[_Delivery] = []
    lines = files = 0
    while waiting and lines < _ROWS_PER_TRANSACTION and files < _FILES_PER_TRANSACTION:
        delivery = waiting.pop(0)
        read = delivery.organization.exports[delivery.contract.export].read
        try:
            delivery.locals = [fetch(landing, file, read, spool) for file in delivery.files]
        except FileStillChanging as changing:
            delivery.postponement = _still_changing(str(changing))
        chunk.append(delivery)
        lines += delivery.lines
        files += len(delivery.files)
    return chunk


def _load(
    session: Session, landing: Landing, contract: Contract, chunk: list[_Delivery], spool: Path
) -> IngestResult:
    """Load deliveries within the session's transaction."""
    session.lock("ingest")
    standing = ledger.standing_loads(session, contract.export)
    changed = [
        delivery for delivery in chunk if delivery.stands and not _is_unchanged(delivery, standing)
    ]
    result = IngestResult(contract.export, contract.arrow_schema().empty_table())
    if changed:
        _assign_load_ids(changed, ledger.next_load_id(session))
        loaded_at = datetime.now(UTC)
        result.preview = _stream_into_raw(session, landing, contract, changed, spool, loaded_at)
        result.duplicate_lines = _settle(session, contract, changed, standing, loaded_at)
    for delivery in chunk:
        result.files.extend(_outcome(delivery))
    return result


def _outcome(delivery: _Delivery) -> list[FileResult]:
    if delivery.postponement:
        return delivery.results(FileStatus.POSTPONED, delivery.postponement)
    if delivery.refusal:
        return delivery.results(FileStatus.REFUSED, delivery.refusal)
    return delivery.results(FileStatus.LOADED if delivery.loads else FileStatus.UNCHANGED)


def _is_unchanged(
    delivery: _Delivery, standing: dict[tuple[str, str], ledger.StandingLoad]
) -> bool:
    fingerprint = delivery.fingerprint
    return all(
        (load := standing.get((local.file.organization_id, local.file.path))) is not None
        and (load.sha256, load.mapping_fingerprint) == (local.sha256, fingerprint)
        for local in delivery.locals
    )


def _assign_load_ids(deliveries: list[_Delivery], load_id: int) -> None:
    for delivery in deliveries:
        limit = int(delivery.lines * delivery.contract.quarantine_limit) + 1
        for local in delivery.locals:
            delivery.loads.append(FileLoad(local, load_id, max_kept=limit))
            load_id += 1


def _stream_into_raw(  # noqa: PLR0917 - each is a thing of its own
    session: Session,
    landing: Landing,
    contract: Contract,
    deliveries: list[_Delivery],
    spool: Path,
    loaded_at: datetime,
) -> pa.Table:
    """Stream the good rows of all deliveries into the raw table; return the first of them."""
    preview: list[pa.RecordBatch] = []

    def batches() -> Iterator[pa.RecordBatch]:
        for organization, group in groupby(deliveries, key=lambda delivery: delivery.organization):
            own = list(group)
            loads = [load for delivery in own for load in delivery.loads]
            with Reader(organization, contract, loads, spool) as reader:
                for batch in reader.batches(loaded_at):
                    if sum(rows.num_rows for rows in preview) < _PREVIEW_ROWS:
                        preview.append(batch.slice(0, _PREVIEW_ROWS))
                    yield _without_hopeless(batch, own)

    schema = contract.arrow_schema()
    session.ingest("raw", contract.export, pa.RecordBatchReader.from_batches(schema, batches()))
    for delivery in deliveries:
        if not all(landing.is_unchanged(file) for file in delivery.files):
            delivery.postponement = _still_changing(delivery.files[0].path)
        else:
            delivery.refusal = delivery.fault or _judge(delivery)
    return _standing_rows(pa.Table.from_batches(preview, schema), deliveries)


def _without_hopeless(batch: pa.RecordBatch, deliveries: list[_Delivery]) -> pa.RecordBatch:
    """Leave out the rows of deliveries that are sure to be refused."""
    hopeless = [
        load_id for delivery in deliveries if delivery.is_hopeless for load_id in delivery.load_ids
    ]
    if not hopeless:
        return batch
    return batch.filter(pc.invert(pc.is_in(batch["_load_id"], pa.array(hopeless))))


def _standing_rows(rows: pa.Table, deliveries: list[_Delivery]) -> pa.Table:
    standing = [
        load_id for delivery in deliveries if delivery.stands for load_id in delivery.load_ids
    ]
    return rows.filter(pc.is_in(rows["_load_id"], pa.array(standing, pa.int64())))


def _judge(delivery: _Delivery) -> str:
    """Return the sentence that refuses a delivery, or nothing."""
    read = sum(load.rows_read for load in delivery.loads)
    quarantined = sum(load.rows_quarantined for load in delivery.loads)
    rejected = sum(load.rows_rejected for load in delivery.loads)
    name = ", ".join(load.local.file.path for load in delivery.loads)
    examples = "; ".join([example for load in delivery.loads for example in load.examples()][:3])
    if rejected:
        return (
            f"{name} is refused: {rejected} of {read} rows break a rule that no delivery may break "
            f"({examples})."
        )
    if _is_over_the_limit(delivery, read):
        return (
            f"{name} is refused: {quarantined} of {read} rows ({quarantined / read:.1%}) break "
            f"the contract, more than its limit of {delivery.contract.quarantine_limit:.0%} "
            f"({examples})."
        )
    mapping = delivery.organization.exports[delivery.contract.export]
    if mapping.delivery == "snapshot" and read == 0:
        return (
            f"{name} is refused: a snapshot without rows would say that everyone has left; "
            "deliver it again."
        )
    return ""


def _is_over_the_limit(delivery: _Delivery, rows: int) -> bool:
    quarantined = sum(load.rows_quarantined for load in delivery.loads)
    return quarantined > rows * delivery.contract.quarantine_limit


def _settle(
    session: Session,
    contract: Contract,
    deliveries: list[_Delivery],
    standing: dict[tuple[str, str], ledger.StandingLoad],
    loaded_at: datetime,
) -> int:
    """Let accepted deliveries stand and take back refused ones; return duplicate lines."""
    accepted = [delivery for delivery in deliveries if delivery.stands]
    refused = [delivery for delivery in deliveries if not delivery.stands]
    ledger.remove_loads(
        session, contract, (load_id for delivery in refused for load_id in delivery.load_ids)
    )
    duplicate_lines = _settle_repeats(session, contract, accepted)
    replaced = {
        old.load_id: load.load_id
        for delivery in accepted
        for load in delivery.loads
        if (old := standing.get((load.local.file.organization_id, load.local.file.path)))
    }
    ledger.supersede(session, contract, replaced)
    quarantined = [
        load.quarantine_rows(loaded_at)
        for delivery in accepted
        for load in delivery.loads
        if load.rows_quarantined
    ]
    if quarantined:
        session.ingest("quarantine", "rows", pa.concat_tables(quarantined))
    _record(session, [delivery for delivery in deliveries if not delivery.postponement], loaded_at)
    return duplicate_lines


def _settle_repeats(session: Session, contract: Contract, deliveries: list[_Delivery]) -> int:
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
        ledger.continue_positions(session, contract, parts)
    # Equal hashes only raise the suspicion, which the warehouse settles.
    suspects = [
        delivery for delivery in by_key if delivery.repeats() or delivery.has_mixed_numbering
    ]
    if suspects:
        _quarantine_repeated_keys(session, contract, suspects)
    return sum(delivery.repeats() for delivery in by_position)


def _quarantine_repeated_keys(
    session: Session, contract: Contract, deliveries: list[_Delivery]
) -> None:
    loads = {load.load_id: load for delivery in deliveries for load in delivery.loads}
    repeated: dict[int, list[ledger.KeyRepeat]] = {}
    for repeat in ledger.repeated_keys(session, contract, loads):
        repeated.setdefault(repeat.load_id, []).append(repeat)
    if repeated:
        ledger.remove_repeated_keys(session, contract, loads)
    for load_id, repeats in repeated.items():
        loads[load_id].move_to_quarantine(
            [repeat.line for repeat in repeats], [repeat.reason(contract) for repeat in repeats]
        )


def _record(session: Session, deliveries: list[_Delivery], loaded_at: datetime) -> None:
    rows = [
        {
            "load_id": load.load_id,
            "organization_id": load.local.file.organization_id,
            "export": load.local.file.export,
            "export_date": load.local.file.export_date,
            "file": load.local.file.path,
            "sha256": load.local.sha256,
            "bytes": load.local.file.size,
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
    ledger.record(session, pa.Table.from_pylist(rows, ledger.FILE_LOADS))


def _still_changing(path: str) -> str:
    return f"{path} is still being written: the next run takes it."
