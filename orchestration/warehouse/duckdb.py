"""The warehouse in one DuckDB file."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.warehouse import ddl
from orchestration.warehouse.errors import WarehouseError
from orchestration.warehouse.session import ArrowData, Session
from orchestration.warehouse.warehouse import Warehouse

_SECONDS_TO_WAIT = 60
_SECONDS_BETWEEN_TRIES = 0.2
_ROWS_OF_A_BATCH = 20_000
_MEMORY_LIMIT = "1GB"


class DuckDBWarehouse(Warehouse):
    """A DuckDB file, open only while a session lasts so that dbt can open it in between."""

    engine = "duckdb"

    def __init__(self, path: Path, seconds_to_wait: float = _SECONDS_TO_WAIT) -> None:
        self.path = path
        self.url = self.safe_url = f"duckdb:///{path}"
        self._seconds_to_wait = seconds_to_wait
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WarehouseError(
                f"Cannot make the folder of {path} ({error.strerror}); "
                "name a path in WAREHOUSE_URL that you may write to."
            ) from error

    @contextmanager
    def session(self) -> Iterator[Session]:
        """See ``Warehouse.session``; waits up to a minute for another process to close the file.

        Closing without a commit is a rollback.
        """
        with self._connection() as connection:
            connection.execute("begin")
            yield DuckDBSession(connection)
            with _own_errors():
                connection.execute("commit")

    def dbt_environment(self) -> dict[str, str]:
        """See ``Warehouse.dbt_environment``."""
        return {"DBT_TARGET": "duckdb", "DBT_DUCKDB_PATH": str(self.path)}

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = self._connect()
        try:
            # Keeping the order of rows slows bulk loads; who needs an order says "order by".
            connection.execute("set preserve_insertion_order = false")
            connection.execute("set TimeZone = 'UTC'")
            # Larger work goes to disk; unlimited, a load would keep most of the machine's memory.
            connection.execute(f"set memory_limit = '{_MEMORY_LIMIT}'")
            # A missing table is an error, never a Python variable that has its name.
            connection.execute("set python_enable_replacements = false")
            yield connection
        finally:
            connection.close()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        deadline = time.monotonic() + self._seconds_to_wait
        while True:
            try:
                return duckdb.connect(self.path)
            except duckdb.Error as error:
                if "Could not set lock" not in str(error):
                    raise WarehouseError(
                        f"DuckDB cannot open {self.path}: {_first_line(error)}."
                    ) from error
                if time.monotonic() > deadline:
                    raise WarehouseError(
                        f"Another process has held {self.path} open for "
                        f"{self._seconds_to_wait:.0f} seconds; close it (a DuckDB file takes one "
                        f"writer at a time) and run again. {_holder(error)}"
                    ) from error
            time.sleep(_SECONDS_BETWEEN_TRIES)


class DuckDBSession(Session):
    """A transaction in DuckDB."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """See ``Session.execute``."""
        with _own_errors():
            self._connection.execute(sql, list(parameters))

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """See ``Session.query``."""
        with _own_errors():
            return self._connection.sql(sql, params=list(parameters)).to_arrow_table()

    def stream(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[pa.RecordBatch]:
        """See ``Session.stream``."""
        with _own_errors():
            relation = self._connection.sql(sql, params=list(parameters))
            yield from relation.to_arrow_reader(_ROWS_OF_A_BATCH)

    def ingest(self, schema: str, table: str, data: ArrowData) -> int:
        """See ``Session.ingest``."""
        # Not adbc_ingest: DuckDB's appends by position, whatever the columns' names.
        with _own_errors():
            self._connection.register("_incoming", data)
            try:
                self._connection.execute(
                    f"insert into {ddl.quoted(schema, table)} by name from _incoming"
                )
                return int(self._connection.fetchall()[0][0])
            finally:
                self._connection.unregister("_incoming")

    def create_index(self, schema: str, table: str, columns: Sequence[str]) -> None:
        """Do nothing: every block of a DuckDB table knows its columns' minima and maxima."""

    def analyze(self, schema: str, table: str) -> None:
        """Do nothing: DuckDB plans from the table itself."""

    def join_in_bulk(self) -> None:
        """Do nothing: DuckDB always does."""

    def commit(self) -> None:
        """See ``Session.commit``."""
        with _own_errors():
            self._connection.execute("commit")
            self._connection.execute("begin")

    def lock(self, name: str) -> None:
        """Do nothing: the file has one writer, so whoever has a session has the lock."""


@contextmanager
def _own_errors() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise WarehouseError(_first_line(error)) from error


def _holder(error: duckdb.Error) -> str:
    """Return DuckDB's own words on which process holds the file."""
    found = re.search(r"Conflicting lock is held in .*?\)", str(error))
    return found[0] + "." if found else ""


def _first_line(error: Exception) -> str:
    return str(error).split("\n", maxsplit=1)[0]
