"""Dagster's history in SQLite, written in bulk.

Dagster's own SQLite storage opens, commits and closes two files for each event. A backfill of two
years reports one materialization per export and day, thousands in all, and would spend more time on
its record than on its data. Here a batch of events shares one transaction per file.
"""

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from dagster._core.events import ASSET_EVENTS, DagsterEventType
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.dagster_run import DagsterRun
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, _runs_directory
from dagster._serdes import ConfigurableClassData, serialize_value
from dagster_shared.record import copy
from sqlalchemy import Connection, Engine, NullPool, create_engine

_CHECK_PLANNED = DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED


class BulkSqliteEventLogStorage(SqliteEventLogStorage):
    """SQLite event log in which a batch of asset events costs one transaction per file."""

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events that Dagster handed over together; they belong to one run."""
        of_assets = [e for e in events if _type(e) in ASSET_EVENTS]
        planned_checks = [e for e in events if _type(e) is _CHECK_PLANNED]
        for event in events:
            if _type(event) not in ASSET_EVENTS and _type(event) is not _CHECK_PLANNED:
                self.store_event(event)
        if of_assets:
            self._store_asset_events(of_assets)
        if planned_checks:
            self._store_planned_checks(planned_checks)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """Open a file for a transaction, as Dagster does, but with statements compiled before."""
        with self._db_lock:
            engine = _engine(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _store_asset_events(self, events: Sequence[EventLogEntry]) -> None:
        with self._inserted(events) as (connection, ids):
            self._store_asset_event_tags(connection, events, ids)
            # An asset's entry speaks of its newest event alone.
            newest = {
                e.get_dagster_event().asset_key: (e, i) for e, i in zip(events, ids, strict=True)
            }
            for event, event_id in newest.values():
                self._store_asset_event(connection, event, event_id)

    def _store_planned_checks(self, events: Sequence[EventLogEntry]) -> None:
        """Enter each check once, as it will be evaluated.

        Dagster would enter it for every partition of the run, though none of these checks has
        partitions: backfills of years would leave millions of rows that stay planned for ever.
        """
        with self._inserted(events) as (connection, ids):
            executions = [_planned(e, i) for e, i in zip(events, ids, strict=True)]
            connection.execute(AssetCheckExecutionsTable.insert(), executions)

    @contextmanager
    def _inserted(self, events: Sequence[EventLogEntry]) -> Iterator[tuple[Connection, list[int]]]:
        """Do what `store_event` does with each: into the run's file, and into the index of all.

        The index stays open for what else is to be entered there, by the events' ids.
        """
        rows = [self._event_to_row(event) for event in events]
        insert = SqlEventLogStorageTable.insert()
        with self.run_connection(events[0].run_id) as connection:
            connection.execute(insert, rows)
        with_ids = insert.returning(SqlEventLogStorageTable.c.id, sort_by_parameter_order=True)
        with self.index_connection() as connection:
            yield connection, list(connection.execute(with_ids, rows).scalars())


@lru_cache(maxsize=8)
def _engine(connection_string: str) -> Engine:
    """Return an engine that keeps what it compiled, but no file open."""
    return create_engine(
        connection_string,
        poolclass=NullPool,
        connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
    )


def _type(event: EventLogEntry) -> DagsterEventType:
    return event.get_dagster_event().event_type


def _planned(event: EventLogEntry, event_id: int) -> dict[str, object]:
    check = event.get_dagster_event().asset_check_planned_data
    return {
        "asset_key": check.asset_key.to_string(),
        "check_name": check.check_name,
        "run_id": event.run_id,
        "execution_status": AssetCheckExecutionRecordStatus.PLANNED.value,
        "evaluation_event": serialize_value(event),
        "evaluation_event_timestamp": datetime.fromtimestamp(event.timestamp, UTC).replace(
            tzinfo=None
        ),
        "evaluation_event_storage_id": event_id,
    }


class TaggedSqliteRunStorage(SqliteRunStorage):
    """SQLite runs whose partitions stand in their tags alone."""

    def add_run(self, dagster_run: DagsterRun) -> DagsterRun:
        """Store a run without the partitions that Dagster works out for all of its assets alike.

        It would plan an event per day for each model and check, though these have no partitions.
        """
        return super().add_run(copy(dagster_run, partitions_subset=None))


class BulkSqliteStorage(DagsterSqliteStorage):
    """Dagster's SQLite storage with the event log and runs above.

    Two processes that create the files at the same time would leave them unreadable, so creation
    waits its turn.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        with (Path(base_dir) / "creation.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            super().__init__(base_dir, inst_data)
            self._event_log_storage = BulkSqliteEventLogStorage(self._event_log_storage._base_dir)
            self._run_storage = TaggedSqliteRunStorage.from_local(_runs_directory(base_dir))

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """Open or create the files below the configured `base_dir`."""
        return cls.from_local(inst_data=inst_data, **config_value)
