"""Rows that break their contract, mixed into a delivery: each must end in quarantine."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.sample.draws import Integers

MESSY_SHARE = 0.004
LARGEST_SHARE = 0.04
"""Most of a delivery that may be messy: a contract refuses a delivery over 5 % whole."""


@dataclass(frozen=True)
class Mess:
    """How one export's rows go wrong.

    Attributes
    ----------
    key
        Column that is rewritten, as prefix, running number and suffix, so that a messy row
        stands for no row but itself.
    prefix, suffix
        Around the running number.
    defects
        Column and the text that breaks it, None for an empty cell.
    """

    key: str
    prefix: str
    suffix: str
    defects: tuple[tuple[str, str | None], ...]


MESSES = {
    "members": Mess(
        "member_id",
        "MX",
        "",
        (("name", None), ("join_date", "00/00/0000"), ("status", "trial"), ("birth_year", "1776")),
    ),
    "bookings": Mess(
        "Booking #",
        "BX",
        "",
        (
            ("Booking #", None),
            ("Start", "02/30/2024 25:00"),
            ("State", "Walk In"),
            ("Price", "call us"),
        ),
    ),
    "accounts": Mess(
        "Account No",
        "9",
        ".0",
        (("Account No", "1.23E+11"), ("Company", None), ("Employees", "-5")),
    ),
    "orders": Mess(
        "order_id",
        "SOX",
        "",
        (("order_id", None), ("ordered_at", "2024-02-30T10:00:00Z"), ("status", "on hold")),
    ),
    "order_lines": Mess(
        "Line",
        "9",
        "",
        (("Order", None), ("Date", "13/45/2024 10:00"), ("SKU", None), ("Qty", "a dozen")),
    ),
    "member_visits": Mess(
        "member_id", "MX", "", (("member_id", None), ("visited_at", "at noon"), ("visits", "0"))
    ),
    "interactions": Mess(
        "interaction_id",
        "IX",
        "",
        (("customer_id", None), ("interaction_type", "fax"), ("status", "waiting")),
    ),
    "support_tickets": Mess(
        "Ticket", "TX", "", (("Requester", None), ("Created", "yesterday"), ("Satisfaction", "11"))
    ),
    "leads": Mess(
        "Lead ID", "LX", "", (("Lead ID", None), ("Created", "2024-13-01"), ("Stage", "maybe"))
    ),
    "outreach_events": Mess(
        "event_id", "OEX", "", (("lead_id", None), ("channel", "billboard"), ("cost", "-1"))
    ),
    "ab_observations": Mess(
        "unit_id", "UX", "", (("group_name", None), ("assigned_at", "soon"), ("value", "much"))
    ),
    "shipments": Mess(
        "Consignment", "SX", "", (("Account", None), ("Charge", "on request"), ("Weight", "-3"))
    ),
}
"""Of the exports that have messy rows; the others are clean."""

NO_MESS = pa.table(
    {
        "export": pa.array([], pa.string()),
        "day": pa.array([], pa.int64()),
        "column": pa.array([], pa.string()),
        "value": pa.array([], pa.string()),
    }
)
"""The messy rows of a clean export."""


def add_messy_rows(
    rng: np.random.Generator, export: str, rows: pa.Table, day: Integers
) -> tuple[pa.Table, Integers, pa.Table]:
    """Put broken copies of some rows behind the rows that they were copied from.

    Parameters
    ----------
    rng
        Source of randomness.
    export
        A key of `MESSES`.
    rows
        All deliveries' rows, text columns, in order of delivery.
    day
        Day of delivery of each row, ascending, shape (rows,).

    Returns
    -------
    rows, day, messy
        The rows and days with the messy ones among them, and a table of the messy ones' ``export``,
        ``day``, ``column`` (of the file) and ``value``.
    """
    mess = MESSES[export]
    source = _draw_sources(rng, day)
    number = np.arange(1, len(source) + 1)
    defect = rng.integers(0, len(mess.defects), len(source))
    broken = rows.take(source)
    numbers = pc.utf8_lpad(pa.array(number).cast(pa.string()), 6, padding="0")
    broken = _with_column(
        broken, mess.key, pc.binary_join_element_wise(mess.prefix, numbers, mess.suffix, "")
    )
    for index, (column, value) in enumerate(mess.defects):
        hit = pa.array(defect == index)
        spoiled = pc.if_else(hit, pa.scalar(value, pa.string()), broken[column])
        broken = _with_column(broken, column, spoiled)

    place = np.argsort(np.concatenate((np.arange(len(day)), source + 0.5)), kind="stable")
    columns, values = zip(*mess.defects, strict=True)
    messy = pa.table(
        {
            "export": pa.array([export]).take(pa.array(np.zeros(len(source), dtype=np.int64))),
            "day": day[source],
            "column": pa.array(columns).take(pa.array(defect)),
            "value": pa.array(values, pa.string()).take(pa.array(defect)),
        }
    )
    return (
        pa.concat_tables([rows, broken]).take(place),
        np.concatenate((day, day[source]))[place],
        messy,
    )


def _draw_sources(rng: np.random.Generator, day: Integers) -> Integers:
    """Draw the rows to copy, at most `LARGEST_SHARE` of each day's."""
    drawn = np.flatnonzero(rng.random(len(day)) < MESSY_SHARE)
    _, first, count = np.unique(day[drawn], return_index=True, return_counts=True)
    rank = np.arange(len(drawn)) - np.repeat(first, count) + 1
    rows_of_day = np.bincount(day)[day[drawn]]
    sources: Integers = drawn[rank <= LARGEST_SHARE * rows_of_day]
    return sources


def _with_column(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, values)
