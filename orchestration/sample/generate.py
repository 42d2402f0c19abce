"""Generate the sample: simulate, deliver, keep the truth."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import rmtree

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.sample.bookings import LONGEST_LEAD
from orchestration.sample.deliveries import deliveries
from orchestration.sample.landing import write_deliveries
from orchestration.sample.mapping import ORGANIZATION_ID, SOURCE_MAPPING
from orchestration.sample.simulation import Simulation, simulate, tables
from orchestration.sample.truth import write_truth

_LANDING = Path("landing") / ORGANIZATION_ID
_MAPPING = Path("organizations") / f"{ORGANIZATION_ID}.yml"
_TRUTH = Path("truth")


@dataclass(frozen=True)
class SampleSummary:
    """What was written.

    Attributes
    ----------
    organization_id
        Whose exports these are.
    first_day, last_day
        First and last day that exports can be of.
    files, rows
        Files and data rows (without headers) per export.
    quarantined
        Rows per export that break their contract and must end in quarantine.
    skipped
        Rows per export that the source mapping leaves out.
    """

    organization_id: str
    first_day: date
    last_day: date
    files: dict[str, int]
    rows: dict[str, int]
    quarantined: dict[str, int]
    skipped: dict[str, int]


def generate_sample(
    out: Path,
    customers: int = 5000,
    seed: int = 7,
    first_day: date = date(2024, 1, 1),
    days: int = 731,
) -> SampleSummary:
    """Write the exports of one organization, its source mapping and the truth behind them.

    The same arguments give the same files to the byte. An earlier sample in `out` is replaced
    once the new one is complete; everything else in `out` stays.

    Parameters
    ----------
    out
        Folder that receives ``landing/``, ``organizations/`` and ``truth/``.
    customers
        How many, 60 % of them members and the rest accounts; 1 or more.
    seed
        Of all randomness, 0 or more.
    first_day
        First export date.
    days
        How many export dates; 1 or more.

    Returns
    -------
    SampleSummary
        Counts of what was written.

    Raises
    ------
    ValueError
        When an argument is out of its range.
    """
    _check(customers, seed, first_day, days)
    new = out / ".new"
    # A killed run may have left its own behind.
    rmtree(new, ignore_errors=True)
    summary = _write(new, simulate(seed, customers, first_day, days), seed)
    _publish(new, out)
    return summary


def _check(customers: int, seed: int, first_day: date, days: int) -> None:
    for name, value, least in (("customers", customers, 1), ("seed", seed, 0), ("days", days, 1)):
        if value < least:
            raise ValueError(
                f"The sample's {name} cannot be {value}: give a whole number of {least} or more."
            )
    # Bookings reach beyond the last export.
    if days + LONGEST_LEAD > (date.max - first_day).days:
        raise ValueError(
            f"The sample cannot last {days} days from {first_day}: it must end in the year 9999."
        )


def _write(folder: Path, simulation: Simulation, seed: int) -> SampleSummary:
    files: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    messy = []
    rng = np.random.default_rng([seed, 1])
    with duckdb.connect() as con:
        con.sql("set enable_progress_bar = false")
        for name, table in tables(simulation).items():
            con.register(name, table)
        for delivery in deliveries(con, rng, simulation.first_day, simulation.days):
            files[delivery.export] += write_deliveries(
                folder / _LANDING / delivery.export, delivery, simulation.first_day
            )
            rows[delivery.export] += len(delivery.rows)
            skipped[delivery.export] += delivery.skipped
            messy.append(delivery.messy)
        messy_rows = pa.concat_tables(messy)
        write_truth(folder / _TRUTH, con, simulation, messy_rows, seed)
    (folder / _MAPPING).parent.mkdir()
    (folder / _MAPPING).write_text(SOURCE_MAPPING, encoding="utf-8")
    quarantined = Counter(messy_rows["export"].to_pylist())
    return SampleSummary(
        organization_id=ORGANIZATION_ID,
        first_day=simulation.first_day,
        last_day=simulation.last_day,
        files=dict(files),
        rows=dict(rows),
        quarantined={export: quarantined[export] for export in rows},
        skipped=dict(skipped),
    )


def _publish(new: Path, out: Path) -> None:
    """Put the new sample in place of an earlier one."""
    # The mapping goes first and comes last: where it stands, the sample is complete.
    (out / _MAPPING).unlink(missing_ok=True)
    for part in (_LANDING, _TRUTH, _MAPPING):
        rmtree(out / part, ignore_errors=True)
        (out / part).parent.mkdir(parents=True, exist_ok=True)
        (new / part).replace(out / part)
    rmtree(new)
