"""What one transaction in the warehouse can do, whichever engine runs it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import pyarrow as pa

from orchestration.warehouse import ddl

ArrowData: TypeAlias = pa.Table | pa.RecordBatchReader


class Session(ABC):
    """One connection in one transaction, which ``Warehouse.session()`` commits or rolls back.

    The time zone is UTC on both engines, and placeholders are ``$1``, ``$2`` ...
    """

    @abstractmethod
    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run one statement.

        Raises
        ------
        WarehouseError
            When the engine refuses it; the message is the engine's own first sentence.
        """

    @abstractmethod
    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """Run one query and return its rows.

        Numerics come as decimal128 with their declared precision and scale; one without (a sum,
        say) has precision 38 and the scale of its longest fraction. Points in time come as
        ``timestamp('us', 'UTC')``.

        Raises
        ------
        WarehouseError
            When the engine refuses it, or a numeric does not fit into 38 digits.
        """

    @abstractmethod
    def stream(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[pa.RecordBatch]:
        """Run one query without numerics and yield its rows, some thousands at a time.

        The transaction takes no other statement until all of them have been taken.

        Raises
        ------
        WarehouseError
            When the engine refuses it.
        """

    @abstractmethod
    def ingest(self, schema: str, table: str, data: ArrowData) -> int:
        """Append ``data`` to an existing table, matching columns by name, and return the row count.

        Columns that ``data`` lacks take their default. A reader is streamed, never held whole.

        Raises
        ------
        WarehouseError
            When a column is unknown to the table or a value does not fit it.
        """

    @abstractmethod
    def create_index(self, schema: str, table: str, columns: Sequence[str]) -> None:
        """Let rows be found by ``columns`` that grow as the table does, such as load ids.

        Such rows lie together: an index of block ranges is small and costs no load time.
        """

    @abstractmethod
    def analyze(self, schema: str, table: str) -> None:
        """Let the planner know a table that has just changed much."""

    @abstractmethod
    def join_in_bulk(self) -> None:
        """Join tables as wholes, never row by row, until the transaction ends.

        For joins of rows that the transaction itself has brought: the planner takes many for one.
        """

    @abstractmethod
    def commit(self) -> None:
        """Make durable what was done so far, let go of all locks, and begin another transaction."""

    @abstractmethod
    def lock(self, name: str) -> None:
        """Wait for the exclusive lock ``name`` and hold it until the transaction ends."""

    def tables(self) -> set[tuple[str, str]]:
        """Return schema and name of every table and view that is there."""
        found = self.query("select table_schema, table_name from information_schema.tables")
        return {(row["table_schema"], row["table_name"]) for row in found.to_pylist()}

    def create_schema(self, name: str) -> None:
        """Create a schema where it is missing."""
        self.execute(f"create schema if not exists {ddl.quoted(name)}")

    def create_table(
        self, schema: str, table: str, arrow_schema: pa.Schema, if_not_exists: bool = True
    ) -> None:
        """Create a table with a column per Arrow field.

        Raises
        ------
        WarehouseError
            When a field's type has no column type, or the table exists without ``if_not_exists``.
        """
        self.execute(ddl.create_table(schema, table, arrow_schema, if_not_exists=if_not_exists))

    def replace(self, schema: str, table: str, where: Mapping[str, object], data: ArrowData) -> int:
        """Replace the rows in which every column of ``where`` has its value; return rows written.

        Raises
        ------
        ValueError
            When ``where`` is empty: that would empty the table.
        WarehouseError
            As ``execute`` and ``ingest``.
        """
        if not where:
            raise ValueError(f"Replacing rows of {schema}.{table} needs a column to select by.")
        known = [column for column, value in where.items() if value is not None]
        # "is not distinct from" would cover nulls too, but Postgres uses no index for it.
        conditions = [f"{ddl.quoted(name)} = ${number}" for number, name in enumerate(known, 1)]
        conditions += [f"{ddl.quoted(column)} is null" for column in where if column not in known]
        self.execute(
            f"delete from {ddl.quoted(schema, table)} where {' and '.join(conditions)}",
            [where[column] for column in known],
        )
        return self.ingest(schema, table, data)
