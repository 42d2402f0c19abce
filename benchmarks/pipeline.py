"""Transactions through ingestion and marts, beside the bare engine in the same run.

``python -m benchmarks.pipeline --rows 10000000`` prints seconds, rows per second, peak memory of
the pipeline's own processes (the Postgres server apart) and ratios, which alone can be compared
between machines.
"""

import argparse
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks import by_hand
from benchmarks.data import FIRST_DAY, generate
from orchestration.exports.contracts import load_contracts
from orchestration.exports.expectations import referee
from orchestration.exports.landing import Landing
from orchestration.exports.loading import ingest
from orchestration.exports.organization_tables import write_organizations
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables import prepare
from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import Warehouse, embedded, open_warehouse

_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Measure:
    """What one step cost."""

    seconds: float
    peak_megabytes: float


class _PeakMemory:
    """Samples the memory of this process and its children."""

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._done = Event()
        self._thread = Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "_PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        own = psutil.Process()
        while not self._done.wait(0.05):
            total = 0
            for process in [own, *own.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.megabytes = max(self.megabytes, total / _MEGABYTE)


def measure(step: Callable[[], object]) -> Measure:
    """Run a step once."""
    with _PeakMemory() as memory:
        started = time.perf_counter()
        step()
        seconds = time.perf_counter() - started
    return Measure(seconds, memory.megabytes)


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

    def build(self) -> None:
        """Bring the models up to date."""
        project = PROJECT_ROOT / "dbt_project"
        target = self._folder / f"target_{self._warehouse.engine}"
        subprocess.run(
            [
                *(Path(sys.executable).with_name("dbt"), "--quiet", "run"),
                *("--project-dir", project, "--profiles-dir", project),
                *("--target-path", target, "--log-path", target),
            ],
            env=os.environ | self._warehouse.dbt_environment(),
            check=True,
        )


@contextmanager
def warehouses(folder: Path, engines: list[str]) -> Iterator[list[Warehouse]]:
    """Open a fresh warehouse per engine, and stop what was started."""
    urls = {"duckdb": f"duckdb:///{folder / 'bench.duckdb'}", "postgres": ""}
    try:
        yield [open_warehouse(urls[engine], folder) for engine in engines]
    finally:
        if "postgres" in engines:
            embedded.stop(folder)


def run(warehouse: Warehouse, folder: Path, last_day: date) -> dict[str, Measure]:
    """Measure every step on one engine, by hand first."""
    history = last_day - timedelta(days=1)
    files = sorted((folder / "landing" / "bench" / "orders").glob("day=*/*.csv"))
    files = [file for file in files if file.parent.name != f"day={last_day}"]
    pipeline = Pipeline(warehouse, folder)
    return {
        "by hand: read": measure(lambda: by_hand.read(warehouse, files)),
        "by hand: aggregate": measure(lambda: by_hand.aggregate(warehouse)),
        "by hand: marts": measure(lambda: by_hand.make_marts(warehouse)),
        "load": measure(lambda: pipeline.load(FIRST_DAY, history)),
        "Great Expectations": measure(pipeline.examine),
        "build": measure(pipeline.build),
        "load a day": measure(lambda: pipeline.load(last_day, last_day)),
        "build a day": measure(pipeline.build),
    }


def report(engine: str, rows: int, steps: dict[str, Measure]) -> Table:
    """Lay the measures beside each other, with the ratios that the pipeline is held to."""
    table = Table(title=f"{engine}: {rows:,} transactions", title_justify="left")
    for column in ("step", "seconds", "rows per second", "peak MB", "ratio"):
        table.add_column(column, justify="left" if column == "step" else "right")
    seconds = {name: step.seconds for name, step in steps.items()}
    full, day = seconds["load"] + seconds["build"], seconds["load a day"] + seconds["build a day"]
    read = seconds["by hand: read"]
    validated = seconds["load"] + seconds["Great Expectations"]
    ratios = {
        "load": f"{seconds['load'] / read:.2f} x read",
        "Great Expectations": f"{validated / read:.2f} with load",
        "build": f"{seconds['build'] / seconds['by hand: marts']:.2f} x by hand",
        "build a day": f"{day / full:.3f} x all",
    }
    for name, step in steps.items():
        per_second = "" if name.endswith("a day") else f"{rows / step.seconds:,.0f}"
        table.add_row(
            name,
            f"{step.seconds:.2f}",
            per_second,
            f"{step.peak_megabytes:,.0f}",
            ratios.get(name, ""),
        )
    return table


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
                steps = run(warehouse, folder, last_day)
                Console().print(report(warehouse.engine, options.rows, steps))


if __name__ == "__main__":
    main()
