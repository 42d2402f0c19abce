"""Dagster's history in SQLite, written in bulk.

Dagster's own SQLite storage opens, commits and closes two files for each event. A backfill of two
years reports one materialization per export and day, thousands in all, and would spend more time on
its record than on its data. Here a batch of events shares one transaction per file.
"""

import fcntl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, create_engine


class BulkSqliteEventLogStorage(SqliteEventLogStorage):
    """SQLite event log in which a batch of events costs one commit per file, not two per event."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._batch = threading.local()
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    def store_event_batch(self, events: Sequence[Any]) -> None:
        """Store events that Dagster handed over together; they belong to one run."""
        with self.run_connection(events[0].run_id):
            pass  # Creates the run's file where it is new, in a transaction of its own.
        with ExitStack() as stack:
            self._batch.connections = {}
            self._batch.stack = stack
            try:
                for event in events:
                    self.store_event(event)
            finally:
                self._batch.connections = None

    def has_table(self, table_name: str) -> bool:
        """Tell whether the index has a table; a table once found stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        connections = getattr(self._batch, "connections", None)
        if connections is None:
            with super()._connect(shard) as connection:
                yield connection
            return
        if shard not in connections:
            engine = create_engine(self.conn_string_for_shard(shard), connect_args={"timeout": 60})
            self._batch.stack.callback(engine.dispose)
            connections[shard] = self._batch.stack.enter_context(engine.begin())
        yield connections[shard]


class BulkSqliteStorage(DagsterSqliteStorage):
    """Dagster's SQLite storage with the event log above.

    Two processes that create the files at the same time would leave them unreadable, so creation
    waits its turn.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        with (Path(base_dir) / "creation.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            super().__init__(base_dir, inst_data)
            self._event_log_storage = BulkSqliteEventLogStorage(self._event_log_storage._base_dir)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Self:
        """Open or create the files below the configured `base_dir`."""
        return cls.from_local(inst_data=inst_data, **config_value)
