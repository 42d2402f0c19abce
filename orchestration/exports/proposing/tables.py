"""A file's table: its rows apart from its other lines, and what its columns look like."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb

from orchestration.exports.proposing.date_orders import order_of
from orchestration.exports.proposing.json_layout import find_json_layout, is_json
from orchestration.exports.proposing.layout import Layout, find_layout
from orchestration.exports.proposing.profiles import Profile, profile
from orchestration.exports.proposing.sampling import ProposalError, Sample, take_sample
from orchestration.exports.proposing.spellings import nulls_in
from orchestration.exports.proposing.structure import Row, Structure, tell_apart
from orchestration.exports.proposing.vocabulary import Vocabulary
from orchestration.exports.reading.headers import unique_names


@dataclass
class Table:
    """The table that a file holds.

    Attributes
    ----------
    names : of the columns, as mappings call them
    nulls : words for "nothing"
    too_long : how many lines have more values than there are columns
    profiles : of the columns
    """

    sample: Sample
    layout: Layout
    names: tuple[str, ...]
    nulls: list[str]
    structure: Structure
    too_long: int
    profiles: list[Profile] = field(default_factory=list)

    def place(self, name: str) -> int:
        """Return which column has this name."""
        return self.names.index(name)


def read_table(path: Path, vocabulary: Vocabulary, export_day: date | None) -> Table:
    """Read a file's table, or a sample of it.

    Raises
    ------
    ProposalError
        If it holds none.
    """
    sample = take_sample(path)
    layout = find_json_layout(sample) if is_json(sample) else find_layout(sample, vocabulary)
    names = (
        unique_names(layout.header)
        if layout.header
        else tuple(f"column_{i}" for i in range(1, layout.width + 1))
    )
    cells = _cells(layout, len(names))
    if not cells:
        raise ProposalError(
            f"{path.name} has a header but no rows: give a file from which values can be judged."
        )
    nulls = nulls_in(Counter(column) for column in zip(*cells, strict=True))
    nothing = {"", *nulls}
    rows: list[Row] = [[None if cell in nothing else cell for cell in row] for row in cells]
    structure = tell_apart(rows, layout.header)
    too_long = len(layout.records) - len(cells)
    table = Table(sample, layout, names, nulls, structure, too_long)
    with duckdb.connect() as connection:
        table.profiles = _profiles(connection, table, export_day)
    _settle_orders(table.profiles)
    return table


def _cells(layout: Layout, width: int) -> list[list[str]]:
    """Return the records as wide as the header, without those that hold more."""
    cells = []
    for record in layout.records:
        values = [value.strip(" \t\r\n\u00a0") for value in record.values]
        if not any(values[width:]):
            cells.append(values[:width] + [""] * (width - len(values)))
    return cells


def _profiles(
    connection: duckdb.DuckDBPyConnection, table: Table, export_day: date | None
) -> list[Profile]:
    rows = table.structure.rows
    columns: list[Sequence[str | None]] = (
        list(zip(*rows, strict=True)) if rows else [()] * len(table.names)
    )
    profiles = []
    for place, (name, column) in enumerate(zip(table.names, columns, strict=True)):
        values = [value for value in column if value is not None]
        headings = table.structure.headings.get(place, [])
        if not values and headings:
            headed = profile(connection, name, headings, len(headings), None)
            profiles.append(replace(headed, called=_title(table, name), is_heading=True))
        else:
            profiles.append(profile(connection, name, values, len(rows), export_day))
    return profiles


def _title(table: Table, name: str) -> str:
    """Name what headings without a column name speak of: "Sales by Customer" says it."""
    if not re.fullmatch(r"column_\d+", name):
        return name
    text = " ".join(cell for record in table.layout.preamble for cell in record)
    found = re.search(r"\b(?:by|per|par|nach|por)\s+([^\W\d_]+)", text, re.IGNORECASE)
    return found[1] if found else name


def _settle_orders(profiles: list[Profile]) -> None:
    """Let a column whose order of day and month is proven decide for those where it is open."""
    proven = {
        (order, _mark(moments.formats[0])): own.name
        for own in profiles
        if (moments := own.moments) and moments.is_proven and (order := moments.order)
    }
    for index, own in enumerate(profiles):
        if not own.moments or not own.moments.is_undecided or own.moments.is_mixed:
            continue
        fitting = [
            (order, format_)
            for format_ in own.moments.formats
            if (order := order_of(format_)) and (order, _mark(format_)) in proven
        ]
        if len(fitting) == 1:
            [(order, format_)] = fitting
            reason = f"{order}, as the column {proven[order, _mark(format_)]!r} proves for itself"
            settled = replace(own.moments, formats=(format_,), reason=reason)
            profiles[index] = replace(own, moments=settled)


def _mark(format_: str) -> str:
    """Return what stands between day, month and year."""
    return format_[2:3]
