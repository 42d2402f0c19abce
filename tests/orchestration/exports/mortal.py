"""Ingestions that die: a script that forks one for each line it reads, killed at the step it names.

A step is every statement, every batch of rows that is streamed, and every commit, before and after.
A line holds the number of the step (0 for none) and, to ingest that alone, an export. The answer is
whether the child was killed or ended by itself. Forking spares the time of starting Python anew.
"""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pyarrow as pa

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.organizations import write_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.warehouse import Session, Warehouse, open_warehouse

EXPORTS = ("accounts", "orders", "order_lines")


class Life:
    """Counts steps and ends the process at the last one."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalSession(Session):
    """A session whose every statement is a step."""

    def __init__(self, session: Session, life: Life) -> None:
        self._session, self._life = session, life

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        self._life.step()
        self._session.execute(sql, parameters)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        self._life.step()
        return self._session.query(sql, parameters)

    def stream(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[pa.RecordBatch]:
        for batch in self._session.stream(sql, parameters):
            self._life.step()
            yield batch

    def ingest(self, schema: str, table: str, data: pa.Table | pa.RecordBatchReader) -> int:
        def batches() -> Iterator[pa.RecordBatch]:
            for batch in data.to_batches() if isinstance(data, pa.Table) else data:
                self._life.step()
                yield batch

        self._life.step()
        reader = pa.RecordBatchReader.from_batches(data.schema, batches())
        return self._session.ingest(schema, table, reader)

    def create_index(self, schema: str, table: str, columns: Sequence[str]) -> None:
        self._life.step()
        self._session.create_index(schema, table, columns)

    def analyze(self, schema: str, table: str) -> None:
        self._life.step()
        self._session.analyze(schema, table)

    def join_in_bulk(self) -> None:
        self._life.step()
        self._session.join_in_bulk()

    def commit(self) -> None:
        self._life.step()
        self._session.commit()

    def lock(self, name: str) -> None:
        self._life.step()
        self._session.lock(name)


class MortalWarehouse(Warehouse):
    """A warehouse whose sessions are mortal."""

    def __init__(self, warehouse: Warehouse, life: Life) -> None:
        self._warehouse, self._life = warehouse, life
        self.engine, self.url = warehouse.engine, warehouse.url
        self.safe_url = warehouse.safe_url

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self._warehouse.session() as session:
            yield MortalSession(session, self._life)
            self._life.step()
        self._life.step()

    def dbt_environment(self) -> dict[str, str]:
        return self._warehouse.dbt_environment()


def load(folder: Path, url: str, steps: int, *exports: str) -> None:
    """Ingest what the landing holds, dying at the given step."""
    warehouse = MortalWarehouse(open_warehouse(url, folder), Life(steps))
    organizations = load_organizations(folder / "organizations")
    if not exports:
        prepare(warehouse)
        write_organizations(warehouse, organizations)
    for export in exports or EXPORTS:
        contract = load_contracts()[export]
        landing = Landing(str(folder / "landing"))
        ingest(warehouse, landing, organizations, contract, date.min, date.max)


def main() -> None:
    folder, url = Path(sys.argv[1]), sys.argv[2]
    for line in sys.stdin:
        steps, *exports = line.split()
        child = os.fork()
        if not child:
            load(folder, url, int(steps), *exports)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}", flush=True)


if __name__ == "__main__":
    main()
