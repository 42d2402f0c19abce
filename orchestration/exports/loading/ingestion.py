"""Load what is new in the landing zone into the raw tables: each delivery whole, or not at all.

A delivery is all files of one organization, export and day. A changed file loads its whole delivery
anew, so that the outcome depends on the files alone and never on the order in which they came.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.exports.contracts import Contract
from orchestration.exports.landing.fetching import fetch
from orchestration.exports.landing.zone import Landing, unclaimed_folders
from orchestration.exports.loading.deliveries import Delivery
from orchestration.exports.loading.finding import compare, find_deliveries
from orchestration.exports.loading.judging import is_hopeless, judge
from orchestration.exports.loading.results import IngestResult
from orchestration.exports.loading.settling import settle
from orchestration.exports.loading.streaming import Reader
from orchestration.exports.organizations import Organization
from orchestration.exports.refusals import FileStillChanging, FileUnavailable
from orchestration.exports.tables import ledger
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
        logger.warning("Landing folder %r is not read: no organization file speaks of it.", folder)
    waiting = list(find_deliveries(landing, organizations, contract, first_day, last_day))
    return load_deliveries(warehouse, landing, contract, waiting, on_progress)


def load_deliveries(
    warehouse: Warehouse,
    landing: Landing,
    contract: Contract,
    deliveries: Iterable[Delivery],
    on_progress: Callable[[Progress], None] | None = None,
) -> IngestResult:
    """Load what is new or changed of these deliveries, as ``ingest`` does."""
    waiting = list(deliveries)
    if not landing.is_local:
        # What would have to come here over the network is known by its version.
        with warehouse.session() as session:
            compare(waiting, ledger.standing_entries(session, contract.export))
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


def _fetch_chunk(landing: Landing, waiting: list[Delivery], spool: Path) -> list[Delivery]:
    """Take off enough deliveries for one transaction and fetch their files."""
    chunk: list[Delivery] = []
    lines = files = 0
    while waiting and lines < _ROWS_PER_TRANSACTION and files < _FILES_PER_TRANSACTION:
        delivery = waiting.pop(0)
        read = delivery.mapping.read
        try:
            if not delivery.is_as_seen:
                delivery.locals = [fetch(landing, file, read, spool) for file in delivery.files]
        except FileStillChanging as changing:
            delivery.postponement = _still_changing(str(changing))
        except FileUnavailable as unavailable:
            delivery.postponement = str(unavailable)
        chunk.append(delivery)
        lines += delivery.lines
        files += len(delivery.locals)
    return chunk


def _load(
    session: Session, landing: Landing, contract: Contract, chunk: list[Delivery], spool: Path
) -> IngestResult:
    """Load deliveries within the session's transaction."""
    session.lock("ingest")
    compare(chunk, ledger.standing_entries(session, contract.export))
    fetched = [delivery for delivery in chunk if delivery.stands]
    changed = [delivery for delivery in fetched if not delivery.is_unchanged]
    unchanged = [delivery for delivery in fetched if delivery.is_unchanged]
    ledger.clear_refusals(
        session,
        contract.export,
        ((file.organization_id, file.path) for delivery in unchanged for file in delivery.files),
    )
    if not landing.is_local:
        ledger.note_versions(
            session, {k: v for delivery in unchanged for k, v in delivery.new_versions.items()}
        )
    result = IngestResult(contract.export, contract.arrow_schema().empty_table())
    if changed:
        load_id = ledger.next_load_id(session)
        for delivery in changed:
            if delivery.mapping.repeat:
                delivery.repeat_records(spool)
            load_id = delivery.assign_load_ids(load_id)
        loaded_at = datetime.now(UTC)
        result.preview = _stream_into_raw(session, landing, contract, changed, spool, loaded_at)
        result.duplicate_lines = settle(session, contract, changed, load_id, loaded_at)
    for delivery in chunk:
        result.files.extend(delivery.results())
    return result


def _stream_into_raw(  # noqa: PLR0917 - each is a thing of its own
    session: Session,
    landing: Landing,
    contract: Contract,
    deliveries: list[Delivery],
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
        # A file from elsewhere is read from a copy, which does not change any more.
        if landing.is_local and not all(landing.is_unchanged(file) for file in delivery.files):
            delivery.postponement = _still_changing(delivery.files[0].path)
        else:
            delivery.refusal = judge(delivery)
    return _standing_rows(pa.Table.from_batches(preview, schema), deliveries)


def _without_hopeless(batch: pa.RecordBatch, deliveries: list[Delivery]) -> pa.RecordBatch:
    """Leave out the rows of deliveries that are sure to be refused."""
    hopeless = [
        load_id for delivery in deliveries if is_hopeless(delivery) for load_id in delivery.load_ids
    ]
    if not hopeless:
        return batch
    return batch.filter(pc.invert(pc.is_in(batch["_load_id"], pa.array(hopeless))))


def _standing_rows(rows: pa.Table, deliveries: list[Delivery]) -> pa.Table:
    standing = [
        load_id for delivery in deliveries if delivery.stands for load_id in delivery.load_ids
    ]
    return rows.filter(pc.is_in(rows["_load_id"], pa.array(standing, pa.int64())))


def _still_changing(path: str) -> str:
    return f"{path} is still being written: the next run takes it."
