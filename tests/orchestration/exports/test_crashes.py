"""Ingestion that is killed at any step, or runs beside another one.

The suite tries every third step, of each export another third; with CRASHES it tries them all.
"""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.warehouse import Warehouse, open_warehouse

STRIDE = 1 if "CRASHES" in os.environ else 3
MORTAL = Path(__file__).with_name("mortal.py")
ORGANIZATION = """
organization_id: shop
name: Shop
time_zone: Europe/London
currency: GBP
exports:
  accounts: {}
  orders: {files: "orders_{date}*.csv"}
  order_lines: {files: "lines_{date}*.csv"}
"""
ORDERS = "order_id,customer_id,ordered_at,order_revenue,status\n"
LINES = "order_id,ordered_at,product_id,quantity,unit_price\n"
ACCOUNTS = "customer_id,customer_name\n"


def orders(*numbers: int, revenue: int = 1) -> str:
    return ORDERS + "".join(f"o{n},c1,2024-05-01 10:00:00,{revenue},placed\n" for n in numbers)


def lines(*orders: int) -> str:
    return LINES + "".join(f"{n},2024-05-01 10:00:00,p1,1,2.50\n" for n in orders)


FIRST = {
    "accounts/accounts_2024-05-01.csv": ACCOUNTS + "c1,Ann\n",
    "orders_2024-05-01_a.csv": orders(*range(60), 5) + "o99,c1,never,1,placed\n",
    "orders_2024-05-01_b.csv": orders(*range(60), 5) + "o99,c1,never,1,placed\n",
    "lines_2024-05-01_a.csv": lines(1, 1, 2),
}
# A refusal, a correction, a new day; a copy that becomes the original; a part after its first left.
SECOND = {
    "accounts/accounts_2024-05-01.csv": ACCOUNTS,
    "orders_2024-05-01_a.csv": orders(1, 2, revenue=2),
    "orders_2024-05-02.csv": orders(1, revenue=3),
    "lines_2024-05-01_a.csv": None,
    "lines_2024-05-01_b.csv": lines(1, 2),
}
STATE = {
    "raw": "select * from raw.{export}",
    "quarantine": "select file, line, raw_text, reasons from quarantine.rows "
    "where export = '{export}' and status = 'open'",
    "ledger": "select file, sha256, status, rows_read, rows_loaded, rows_quarantined, duplicate_of "
    "from ops.file_loads where export = '{export}' and status not in ('superseded', 'cleared')",
}


def deliver(folder: Path, files: dict[str, str | None]) -> None:
    for name, text in files.items():
        path = folder / "landing" / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text) if text else path.unlink()


def state(warehouse: Warehouse) -> dict[str, list[list[str]]]:
    """Return what stands of each export, without load ids and clocks."""
    exports = ("accounts", "orders", "order_lines")
    with warehouse.session() as session:
        return {
            export: [
                sorted(
                    str([v for k, v in row.items() if k not in ("_load_id", "_loaded_at")])
                    for row in session.query(query.format(export=export)).to_pylist()
                )
                for query in STATE.values()
            ]
            for export in exports
        }


class Child:
    """A process that ingests when told to, and dies of it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(MORTAL), str(folder), url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, steps: int = 0, export: str = "") -> None:
        assert self.process.stdin
        print(steps, export, file=self.process.stdin, flush=True)

    def outcome(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def ingest(self, steps: int = 0, export: str = "") -> str:
        self.start(steps, export)
        return self.outcome()


@pytest.fixture
def new_child() -> Iterator[Callable[[Path, str], Child]]:
    """Return a function that starts a child; all of them end with the test."""
    children: list[Child] = []

    def start(folder: Path, url: str) -> Child:
        children.append(Child(folder, url))
        return children[-1]

    yield start
    for child in children:
        child.process.kill()
        child.process.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an organization and its first files."""
    (tmp_path / "organizations").mkdir()
    (tmp_path / "organizations" / "shop.yml").write_text(ORGANIZATION)
    deliver(tmp_path, FIRST)
    return tmp_path


def test_killed_at_any_step_the_last_state_stays_and_the_next_run_repairs_it(
    warehouse: Warehouse, folder: Path, new_child: Any
) -> None:
    twin = open_warehouse(f"duckdb:///{folder / 'twin.duckdb'}", folder)
    unharmed, mortal = new_child(folder, twin.url), new_child(folder, warehouse.url)
    # An empty warehouse: most steps make its tables, a few of them stand for all.
    steps = itertools.count(3, 17 * STRIDE)
    while mortal.ingest(next(steps)) == "killed":
        pass
    assert unharmed.ingest() == "ended 0"
    before = state(twin)
    assert state(warehouse) == before

    deliver(folder, SECOND)
    assert unharmed.ingest() == "ended 0"
    after = state(twin)
    assert all(before[export] != after[export] for export in before)
    for third, export in enumerate(before):
        for step in itertools.count(1 + third % STRIDE, STRIDE):
            if (outcome := mortal.ingest(step, export)) != "killed":
                break
            assert state(warehouse)[export] in (before[export], after[export]), step
        assert outcome == "ended 0"
        assert step > 10
    assert state(warehouse) == after


def test_a_second_ingestion_waits_for_the_first(
    warehouse: Warehouse, folder: Path, new_child: Any
) -> None:
    children = [new_child(folder, warehouse.url) for _ in range(2)]
    assert children[0].ingest() == "ended 0"
    before = state(warehouse)
    with warehouse.session() as session:
        session.lock("ingest")
        deliver(folder, SECOND)
        for child in children:
            child.start()
        time.sleep(1)
    assert [child.outcome() for child in children] == ["ended 0", "ended 0"]
    after = state(warehouse)
    assert after != before
    assert children[0].ingest() == "ended 0"
    assert state(warehouse) == after
