"""Transactions through ingestion and marts, beside the bare engine in the same run.

``python -m benchmarks.pipeline --rows 10000000`` prints seconds, rows per second, peak memory of
the pipeline's own processes (the Postgres server apart) and ratios, which alone can be compared
between machines.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console

from benchmarks import by_hand
from benchmarks.building import build
from benchmarks.data import FIRST_DAY, generate
from benchmarks.measuring import Measure, measure
from benchmarks.reporting import report, report_rooms
from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.monitoring.expectations import referee
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.organizations import write_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.warehouse import Warehouse, embedded, open_warehouse


class Pipeline:
    """The pipeline's own steps over the generated exports, without Dagster around them."""

    def __init__(self, warehouse: Warehouse, folder: Path) -> None:
        self._warehouse, self._folder = warehouse, folder
        self._organizations = load_organizations(folder / "organizations")
        self._landing = Landing(str(folder / "landing"))
        self._contract = load_contracts()["orders"]
        self._load_ids: list[int] = []
        prepare(warehouse)
        write_organizations(warehouse, self._organizations)

    def load(self, first: date, last: date) -> None:
        """Load the days' files."""
        result = ingest(
            self._warehouse, self._landing, self._organizations, self._contract, first, last
        )
        result.raise_if_refused()
        self._load_ids = result.load_ids

    def examine(self) -> None:
        """Let Great Expectations look at what was just loaded."""
        broken = [
            r for r in referee(self._warehouse, self._contract, self._load_ids) if not r.passed
        ]
        if broken:
            raise RuntimeError(f"Great Expectations disagrees: {broken}")

    def build(self) -> dict[str, float]:
        """Bring the models up to date; return the models' seconds by room."""
        return build(self._warehouse, self._folder / f"target_{self._warehouse.engine}")


@contextmanager
def warehouses(folder: Path, engines: list[str]) -> Iterator[list[Warehouse]]:
    """Open a fresh warehouse per engine, and stop what was started."""
    urls = {"duckdb": f"duckdb:///{folder / 'bench.duckdb'}", "postgres": ""}
    try:
        yield [open_warehouse(urls[engine], folder) for engine in engines]
    finally:
        if "postgres" in engines:
            embedded.stop(folder)


@dataclass(frozen=True)
class Cost:
    """What an engine cost: each step, and seconds by room for each way of making the tables."""

    steps: dict[str, Measure]
    rooms: dict[str, dict[str, float]]


def run(warehouse: Warehouse, folder: Path, last_day: date) -> Cost:
    """Measure every step on one engine, by hand first.

    Raises
    ------
    RuntimeError
        where the pipeline's tables are not those made by hand
    """
    history = last_day - timedelta(days=1)
    files = sorted((folder / "landing" / "bench" / "orders").glob("day=*/*.csv"))
    files = [file for file in files if file.parent.name != f"day={last_day}"]
    pipeline = Pipeline(warehouse, folder)
    steps: dict[str, Measure] = {}
    rooms: dict[str, dict[str, float]] = {}

    def take(step: str, make: Callable[[], object]) -> None:
        steps[step] = measure(make)
        # a run of hours that breaks off has told what it knew
        print(f"{warehouse.engine}, {step}: {steps[step].seconds:,.1f} s", file=sys.stderr)

    def take_rooms(step: str, column: str, make: Callable[[], dict[str, float]]) -> None:
        take(step, lambda: rooms.update({column: make()}))

    take("by hand: read", lambda: by_hand.read(warehouse, files))
    take("by hand: aggregate", lambda: by_hand.aggregate(warehouse))
    take_rooms(
        "by hand: tables",
        "by hand",
        lambda: by_hand.make_tables(warehouse, FIRST_DAY, history),
    )
    take("load", lambda: pipeline.load(FIRST_DAY, history))
    take("Great Expectations", pipeline.examine)
    take_rooms("build", "build", pipeline.build)
    by_hand.compare(warehouse)
    take("load a day", lambda: pipeline.load(last_day, last_day))
    take_rooms("build a day", "build a day", pipeline.build)
    return Cost(steps, rooms)


def main() -> None:
    """Run the benchmark on both engines and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="transactions (1000000)")
    parser.add_argument("--engines", nargs="+", default=["duckdb", "postgres"])
    options = parser.parse_args()
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    # Not below a home folder: root's Postgres runs as a user of its own.
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        last_day = generate(folder, options.rows)
        with warehouses(folder, options.engines) as opened:
            for warehouse in opened:
                cost = run(warehouse, folder, last_day)
                Console().print(report(warehouse.engine, options.rows, cost.steps))
                Console().print(report_rooms(warehouse.engine, cost.rooms))


if __name__ == "__main__":
    main()
