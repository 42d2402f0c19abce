"""Generate the sample: simulate, deliver, keep the truth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import rmtree

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet

from orchestration.sample.bookings import LONGEST_LEAD
from orchestration.sample.courier import simulate_courier
from orchestration.sample.deliveries import Deliveries, club_deliveries, courier_deliveries
from orchestration.sample.landing import write_deliveries
from orchestration.sample.layout import process, tables
from orchestration.sample.mapping import CLUB, CLUB_MAPPING, COURIER, COURIER_MAPPING
from orchestration.sample.simulation import simulate
from orchestration.sample.story import tell_story
from orchestration.sample.timetable import Timetable
from orchestration.sample.truth import write_messy_rows, write_truth

MAPPINGS = {CLUB: CLUB_MAPPING, COURIER: COURIER_MAPPING}
_TRUTH = Path("truth")


@dataclass(frozen=True)
class ExportSummary:
    """What was written of one export.

    Attributes
    ----------
    files, rows
        Files, and data rows (without headers).
    quarantined
        Rows that break their contract and must end in quarantine.
    skipped
        Rows that the source mapping leaves out.
    """

    files: int = 0
    rows: int = 0
    quarantined: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class SampleSummary:
    """What was written.

    Attributes
    ----------
    first_day, last_day
        First and last day that exports can be of.
    organizations
        Each organization's exports by name.
    """

    first_day: date
    last_day: date
    organizations: dict[str, dict[str, ExportSummary]]


def generate_sample(
    out: Path,
    customers: int = 5000,
    seed: int = 7,
    first_day: date = date(2024, 1, 1),
    days: int = 731,
) -> SampleSummary:
    """Write the exports of a club and a courier, their source mappings and the truth behind them.

    The same arguments give the same files to the byte. An earlier sample in `out` is replaced
    once the new one is complete; everything else in `out` stays.

    Parameters
    ----------
    out
        Folder that receives ``landing/``, ``organizations/`` and ``truth/``.
    customers
        How many the club has, 60 % of them members and the rest accounts; 1 or more. The courier
        has some of its own.
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
    summary = _write(new, seed, customers, Timetable(first_day, days))
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


def _write(folder: Path, seed: int, customers: int, timetable: Timetable) -> SampleSummary:
    club, club_messy = _write_club(folder, seed, customers, timetable)
    courier, courier_messy = _write_courier(folder, seed, customers, timetable)
    messy = pa.concat_tables([club_messy, courier_messy])
    write_messy_rows(folder / _TRUTH, messy, timetable)
    for organization_id, mapping in MAPPINGS.items():
        path = folder / _mapping_path(organization_id)
        path.parent.mkdir(exist_ok=True)
        path.write_text(mapping, encoding="utf-8")
    return SampleSummary(timetable.first_day, timetable.last_day, {CLUB: club, COURIER: courier})


def _write_club(
    folder: Path, seed: int, customers: int, timetable: Timetable
) -> tuple[dict[str, ExportSummary], pa.Table]:
    simulation = simulate(seed, customers, timetable)
    story = tell_story(seed, simulation, CLUB)
    with _connect(tables(simulation)) as con:
        rng = np.random.default_rng([seed, 1])
        delivered = club_deliveries(con, rng, timetable, story.exports)
        written = _write_landing(folder, CLUB, delivered, timetable)
        write_truth(folder / _TRUTH, con, simulation, story.truth, seed)
    return written


def _write_courier(
    folder: Path, seed: int, customers: int, timetable: Timetable
) -> tuple[dict[str, ExportSummary], pa.Table]:
    rng = np.random.default_rng([seed, 5])
    senders, shipments = simulate_courier(rng, customers, timetable)
    truth = pa.Table.from_pandas(process("account", senders, timetable), preserve_index=False)
    pa.parquet.write_table(truth, folder / _TRUTH / "courier_customers.parquet")
    accounts = senders.attributes.rename_axis("customer").reset_index()
    with _connect({"accounts": pa.Table.from_pandas(accounts, preserve_index=False)}) as con:
        delivered = courier_deliveries(con, rng, timetable, shipments)
        return _write_landing(folder, COURIER, delivered, timetable)


def _connect(named: Mapping[str, pa.Table]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.sql("set enable_progress_bar = false")
    for name, table in named.items():
        connection.register(name, table)
    return connection


def _write_landing(
    folder: Path, organization_id: str, delivered: Iterable[Deliveries], timetable: Timetable
) -> tuple[dict[str, ExportSummary], pa.Table]:
    landing = folder / _landing_path(organization_id)
    exports: dict[str, ExportSummary] = {}
    messy = []
    for delivery in delivered:
        before = exports.get(delivery.export, ExportSummary())
        exports[delivery.export] = ExportSummary(
            before.files + write_deliveries(landing / delivery.export, delivery, timetable),
            before.rows + len(delivery.rows),
            before.quarantined + len(delivery.messy),
            before.skipped + delivery.skipped,
        )
        messy.append(delivery.messy)
    rows = pa.concat_tables(messy)
    organization = pa.array([organization_id]).take(pa.array(np.zeros(len(rows), dtype=np.int64)))
    return exports, rows.add_column(0, "organization_id", organization)


def _landing_path(organization_id: str) -> Path:
    return Path("landing") / organization_id


def _mapping_path(organization_id: str) -> Path:
    return Path("organizations") / f"{organization_id}.yml"


def _publish(new: Path, out: Path) -> None:
    """Put the new sample in place of an earlier one."""
    # The mappings go first and come last: where the last one stands, the sample is complete.
    mappings = [_mapping_path(organization_id) for organization_id in MAPPINGS]
    for mapping in mappings:
        (out / mapping).unlink(missing_ok=True)
    for part in (*map(_landing_path, MAPPINGS), _TRUTH, *mappings):
        rmtree(out / part, ignore_errors=True)
        (out / part).parent.mkdir(parents=True, exist_ok=True)
        (new / part).replace(out / part)
    rmtree(new)
