"""What the systems deliver and when: daily changes, Sunday's full lists, messy rows, totals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from orchestration.sample import formats
from orchestration.sample.draws import Integers
from orchestration.sample.mapping import TIME_ZONE
from orchestration.sample.messy import MESSES, NO_MESS, add_messy_rows
from orchestration.sample.timetable import Timetable

_LISTS = {"members": formats.MEMBERS, "accounts": formats.ACCOUNTS}


@dataclass(frozen=True)
class Deliveries:
    """Some deliveries of one export.

    Attributes
    ----------
    export
        Name of the export.
    rows
        The files' rows, text columns, in order of delivery.
    day
        Day of delivery of each row, ascending, shape (rows,).
    messy
        ``export``, ``day``, ``column`` and ``value`` of each row that must be quarantined.
    skipped
        How many rows the source mapping leaves out.
    """

    export: str
    rows: pa.Table
    day: Integers
    messy: pa.Table
    skipped: int


def club_deliveries(
    connection: duckdb.DuckDBPyConnection,
    rng: np.random.Generator,
    timetable: Timetable,
    exports: Mapping[str, pd.DataFrame],
) -> Iterator[Deliveries]:
    """Yield all deliveries of the club, one export after another.

    Parameters
    ----------
    connection
        Holds the simulation's tables.
    rng
        Source of randomness of the messy rows.
    timetable
        Which days have exports.
    exports
        What systems besides booking system and ERP deliver: canonical columns and ``delivered``.
    """
    yield _changes(connection, rng, "bookings", formats.BOOKINGS)
    yield _changes(connection, rng, "orders", formats.ORDERS, {"time_zone": TIME_ZONE})
    lines = _changes(connection, rng, "order_lines", formats.ORDER_LINES)
    yield _with_totals(lines, connection)
    yield from _lists(connection, rng, "members", timetable, timetable.weekly)
    yield from _lists(connection, rng, "accounts", timetable, timetable.weekly)
    for export, frame in exports.items():
        yield _written(rng, export, frame)


def courier_deliveries(
    connection: duckdb.DuckDBPyConnection,
    rng: np.random.Generator,
    timetable: Timetable,
    shipments: pd.DataFrame,
) -> Iterator[Deliveries]:
    """Yield all deliveries of the courier, whose accounts the connection holds."""
    yield from _lists(connection, rng, "accounts", timetable, timetable.monthly)
    yield _written(rng, "shipments", shipments)


def _lists(
    connection: duckdb.DuckDBPyConnection,
    rng: np.random.Generator,
    export: str,
    timetable: Timetable,
    schedule: Integers,
) -> Iterator[Deliveries]:
    for day in schedule.tolist():
        parameters = {"first_day": timetable.first_day, "day": day}
        table = connection.sql(_LISTS[export], params=parameters).to_arrow_table()
        yield _spoiled(rng, export, table, np.full(len(table), day))


def _written(rng: np.random.Generator, export: str, frame: pd.DataFrame) -> Deliveries:
    table = formats.written(export, frame.drop(columns="delivered"))
    day = frame["delivered"].to_numpy()
    if export in MESSES:
        return _spoiled(rng, export, table, day)
    return Deliveries(export, table, day, NO_MESS, skipped=0)


def _changes(
    connection: duckdb.DuckDBPyConnection,
    rng: np.random.Generator,
    export: str,
    query: str,
    parameters: dict[str, object] | None = None,
) -> Deliveries:
    table = connection.sql(query, params=parameters).to_arrow_table()
    return _spoiled(rng, export, table.drop_columns("delivered"), table["delivered"].to_numpy())


def _spoiled(rng: np.random.Generator, export: str, clean: pa.Table, day: Integers) -> Deliveries:
    rows, day, messy = add_messy_rows(rng, export, clean, day)
    return Deliveries(export, rows, day, messy, skipped=0)


def _with_totals(lines: Deliveries, connection: duckdb.DuckDBPyConnection) -> Deliveries:
    """Close each file with a row of totals."""
    totals = connection.sql(formats.ORDER_LINE_TOTALS).to_arrow_table()
    day = np.concatenate((lines.day, totals["delivered"].to_numpy()))
    # A stable sort by day leaves each total behind the lines that it was appended to.
    order = np.argsort(day, kind="stable")
    rows = pa.concat_tables([lines.rows, totals.drop_columns("delivered")])
    return Deliveries(lines.export, rows.take(order), day[order], lines.messy, len(totals))
