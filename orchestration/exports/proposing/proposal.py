"""Propose how one file becomes an export."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestration.exports.contracts import Contract, Type, load_contracts
from orchestration.exports.headers import _unique as unique_names
from orchestration.exports.read_options import WHITESPACE
from orchestration.exports.proposing.dates import Order, order_of
from orchestration.exports.proposing.layout import Layout, find_layout
from orchestration.exports.proposing.matching import Match, best_source, match_columns
from orchestration.exports.proposing.profiles import Profile, profile
from orchestration.exports.proposing.rows_kept import keep_condition
from orchestration.exports.proposing.sampling import ProposalError, Sample, take_sample
from orchestration.exports.proposing.sources import (
    Certainty,
    Source,
    Writer,
    derived,
    starts_at,
)
from orchestration.exports.proposing.spellings import decimal_mark, nulls_in
from orchestration.exports.proposing.structure import Row, Structure, group_columns, tell_apart
from orchestration.exports.proposing.vocabulary import Vocabulary, tokens
from orchestration.exports.sql import identifier, literal

_FEWEST_OF_MANY_NAMES = 3
_SAYS_SO = 0.88


@dataclass
class Proposal:
    """A source mapping for one file, with what speaks for and against it.

    Attributes
    ----------
    read : read options that differ from the defaults
    remarks : read option -> what to know about it
    columns : canonical column -> its source, in the contract's order
    keep : SQL condition for the rows to load, else empty
    dropped : what ``keep`` drops, in words
    unused : columns of the file that nothing reads
    delimiter, header : what the file was recognised by
    """

    export: str
    read: dict[str, Any]
    remarks: dict[str, str]
    columns: dict[str, Source]
    keep: str
    dropped: str
    unused: list[str]
    header: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to decide or to find."""
        required = load_contracts()[self.export].columns
        return all(
            source.certainty is not Certainty.OPEN
            and (source.certainty is not Certainty.MISSING or not required[name].required)
            for name, source in self.columns.items()
        )


@dataclass
class _Table:
    """A file's table on its way to a proposal."""

    sample: Sample
    layout: Layout
    names: tuple[str, ...]
    nulls: list[str]
    structure: Structure
    too_long: int
    profiles: list[Profile] = field(default_factory=list)


def propose(
    path: Path, export: str, currency: str = "", export_day: date | None = None
) -> Proposal:
    """Look at a file and propose how it becomes an export.

    Parameters
    ----------
    currency : of the organization, where the export wants one and the file has none
    export_day : the day that the file describes, where it is known

    Raises
    ------
    ProposalError
        If the export is unknown, or the file holds no table.
    """
    contracts = load_contracts()
    if export not in contracts:
        raise ProposalError(f"{export} is no export; known are {', '.join(contracts)}.")
    contract = contracts[export]
    vocabulary = Vocabulary(contract)
    table = _read_table(path, vocabulary)
    with duckdb.connect() as connection:
        table.profiles = _profiles(connection, table, contract, export_day)
    _settle_orders(table.profiles)
    return _proposed(contract, vocabulary, table, currency)


def _read_table(path: Path, vocabulary: Vocabulary) -> _Table:
    sample = take_sample(path)
    layout = find_layout(sample, vocabulary)
    named = layout.header or [f"column_{i}" for i in range(1, layout.width + 1)]
    names = unique_names(named) if layout.header else tuple(named)
    width = len(names)
    cells, too_long = [], 0
    for record in layout.records:
        values = [value.strip(" \t\r\n\u00a0") for value in record.values]
        if any(values[width:]):
            too_long += 1
        else:
            cells.append(values[:width] + [""] * (width - len(values)))
    if not cells:
        raise ProposalError(
            f"{path.name} has a header but no rows: give a file from which values can be judged."
        )
    nulls = nulls_in(Counter(column) for column in zip(*cells, strict=True))
    nothing = {"", *nulls}
    rows: list[Row] = [[None if cell in nothing else cell for cell in row] for row in cells]
    structure = tell_apart(rows, [name.strip() for name in layout.header])
    return _Table(sample, layout, names, nulls, structure, too_long)


def _profiles(
    connection: duckdb.DuckDBPyConnection,
    table: _Table,
    contract: Contract,
    export_day: date | None,
) -> list[Profile]:
    rows = table.structure.rows
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(table.names)
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


def _title(table: _Table, name: str) -> str:
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
        if not own.moments or not own.moments.is_undecided:
            continue
        fitting = [
            (format_, by)
            for format_ in own.moments.formats
            if (by := proven.get((order_of(format_) or Order.YEAR_FIRST, _mark(format_))))
        ]
        if len(fitting) == 1 and "some values" not in own.moments.reason:
            [(format_, by)] = fitting
            reason = f"{order_of(format_)}, as the column {by!r} proves for itself"
            settled = replace(own.moments, formats=(format_,), reason=reason)
            profiles[index] = replace(own, moments=settled)


def _mark(format_: str) -> str:
    return format_[2:3]


def _proposed(contract: Contract, vocabulary: Vocabulary, table: _Table, currency: str) -> Proposal:
    matches = match_columns(contract, vocabulary, table.profiles)
    group = _group(contract, matches, table)
    if group:
        matches = _counted_by_group(matches, table, group)
    writer = Writer(contract, _references(contract, table, group), vocabulary.empty_stands_for)
    columns = {
        name: _source(contract, vocabulary, table, matches, writer, name, currency)
        for name in contract.columns
        if name != contract.position_column or name in matches
    }
    used = {name for source in columns.values() for name in source.uses}
    key_of_group = table.names[group[0]] if group and not contract.position_column else ""
    keep, dropped = keep_condition(table.structure, table.names, used, key_of_group)
    for condition, what in (
        *_empty_rows(contract, matches, table, group),
        *_no_rows(vocabulary, table, writer),
    ):
        keep = f"{keep} and {condition}" if keep else condition
        dropped = f"{dropped}, {what}" if dropped else what
    used |= {name for name in table.names if identifier(name) in keep}
    read, remarks = _read_options(table)
    return Proposal(
        contract.export,
        read,
        remarks,
        columns,
        keep,
        dropped,
        [name for name in table.names if name not in used],
        table.names,
    )


def _group(contract: Contract, matches: dict[str, Match], table: _Table) -> list[int]:
    """Return the columns that stand on a group's first line alone, the key before the others."""
    for key in contract.key:
        if key in matches and not matches[key].source.is_heading:
            place = table.names.index(matches[key].source.name)
            columns = group_columns(table.structure.rows, place)
            if columns:
                return [place, *(other for other in columns if other != place)]
    return []


def _counted_by_group(
    matches: dict[str, Match], table: _Table, group: list[int]
) -> dict[str, Match]:
    """Let columns of the groups' first lines be judged by these lines alone."""
    groups = table.profiles[group[0]].filled
    names = {table.names[place] for place in group}
    return {
        target: replace(match, source=replace(match.source, rows=groups))
        if match.source.name in names
        else match
        for target, match in matches.items()
    }


def _empty_rows(
    contract: Contract, matches: dict[str, Match], table: _Table, group: list[int]
) -> Iterator[tuple[str, str]]:
    """Drop lines without any of the required values, such as notes between the lines of orders."""
    if group and contract.position_column is None:
        return
    required = [
        place
        for name, match in matches.items()
        if name in contract.columns
        and contract.columns[name].required
        and (place := table.names.index(match.source.name)) not in group
        and not match.source.is_heading
    ]
    empty = sum(1 for row in table.structure.rows if not any(row[place] for place in required))
    if required and empty:
        columns = ", ".join(identifier(table.names[place]) for place in required)
        yield (
            f"coalesce({columns}) is not null" if len(required) > 1 else f"{columns} is not null",
            f"{empty} lines without any required value",
        )


def _no_rows(vocabulary: Vocabulary, table: _Table, writer: Writer) -> Iterator[tuple[str, str]]:
    """Drop lines whose state says that they are something else."""
    for own in table.profiles:
        words = [word for word in own.counts if tokens(word) in vocabulary.no_rows]
        if words and own.has_few_values and not own.is_heading:
            listed = ", ".join(literal(word) for word in words)
            yield (
                f"coalesce({writer.reference(own.name)}, '') not in ({listed})",
                f"{sum(own.counts[word] for word in words)} lines that are {' or '.join(words)}",
            )


class _references:  # noqa: N801 - called like the function that it is
    """SQL of a column's value: as it stands, or carried down from a group's first line."""

    def __init__(self, contract: Contract, table: _Table, group: list[int]) -> None:
        fills = bool(group) and contract.position_column is not None
        self._key = table.names[group[0]] if fills else ""
        self._filled = {table.names[place] for place in group} if fills else set()
        self._headings = {own.name: own for own in table.profiles if own.is_heading}

    def __call__(self, name: str) -> str:
        column = identifier(name)
        if name in self._headings:
            return f"fill_down(case when {column} not ilike 'total%' then {column} end)"
        if name == self._key:
            return f"fill_down({column})"
        if name in self._filled:
            # What is empty on the first line is empty for its group, not that of the one before.
            first = f"case when {identifier(self._key)} is not null then coalesce({column}, '') end"
            return f"nullif(fill_down({first}), '')"
        return column


def _source(  # noqa: PLR0917 - each is a thing of its own
    contract: Contract,
    vocabulary: Vocabulary,
    table: _Table,
    matches: dict[str, Match],
    writer: Writer,
    name: str,
    currency: str,
) -> Source:
    if name in matches:
        is_time = contract.columns[name].type is Type.TIME
        return starts_at(matches, writer, name) if is_time else writer.source(name, matches[name])
    if made := derived(name, matches, writer):
        return made
    column = contract.columns[name]
    if name == "currency" and currency:
        return Source(literal(currency), Certainty.MEDIUM, ["the organization's currency"])
    if column.required:
        if stood_in := _stand_in(contract, vocabulary, table, matches, writer, name):
            return stood_in
        return _required(contract, matches, writer, name)
    return _shared(contract, vocabulary, table, writer, name) or Source("", Certainty.MISSING)


def _stand_in(
    contract: Contract,
    vocabulary: Vocabulary,
    table: _Table,
    matches: dict[str, Match],
    writer: Writer,
    name: str,
) -> Source | None:
    for other in vocabulary.stands_in.get(name, ()):
        if other in matches:
            source = writer.source(name, replace(matches[other], alternatives=()))
            source.doubt(Certainty.MEDIUM, f"no column of its own: {other} stands in for it")
            return source
    return _shared(contract, vocabulary, table, writer, name)


def _shared(
    contract: Contract, vocabulary: Vocabulary, table: _Table, writer: Writer, name: str
) -> Source | None:
    """Read a column that serves another canonical one already, where its name says so."""
    near = best_source(contract, vocabulary, table.profiles, name)
    if near is None or near.likeness < _SAYS_SO:
        return None
    source = writer.source(name, near)
    source.doubt(Certainty.MEDIUM, "the column serves another one as well")
    return source


def _required(contract: Contract, matches: dict[str, Match], writer: Writer, name: str) -> Source:
    """Propose what can be said of a required column that the file does not have."""
    if contract.key == (name,):
        moment = next(
            (n for n, c in contract.columns.items() if c.type is Type.TIME and n in matches), None
        )
        if moment:
            day = matches[moment].source.name
            return Source(
                f"{writer.reference(day)} || '-' || _line",
                Certainty.LOW,
                ["no column tells the rows apart: each is one of its own, by its time and line"],
                [day],
            )
    if name == "quantity" and "unit_price" in matches:
        return Source("1", Certainty.LOW, ["no column counts: each line is taken for one unit"])
    return Source("", Certainty.MISSING, ["required: map it, or the file cannot be loaded"])


def _read_options(table: _Table) -> tuple[dict[str, Any], dict[str, str]]:
    layout, remarks = table.layout, {}
    read: dict[str, Any] = {}
    if layout.delimiter != ",":
        read["delimiter"] = layout.delimiter
    if table.sample.encoding != "utf-8":
        read["encoding"] = table.sample.encoding
        if table.sample.doubt:
            remarks["encoding"] = table.sample.doubt
    counts = [own.counts for own in table.profiles]
    mark = decimal_mark(counts)
    if mark.mark != ".":
        read["decimal"] = mark.mark
    if mark.doubt:
        remarks["decimal"] = mark.doubt
    if not layout.header:
        read["header"] = False
        remarks["header"] = "the first line looks like a row: columns are named by their place"
        read |= {"skip_preamble": layout.skip} if layout.skip else {}
    elif layout.preamble and layout.delimiter != WHITESPACE:
        read["header_contains"] = _telling_names(layout)
        remarks["header_contains"] = f"{layout.skip} lines stand before the header"
    elif layout.skip:
        read["skip_preamble"] = layout.skip
    if table.nulls:
        read["nulls"] = table.nulls
    if any(len(record.values) < len(table.names) for record in layout.records):
        read["short_lines"] = "pad"
    if table.too_long:
        remarks["delimiter"] = f"{table.too_long} lines have more values than the header has names"
    return read, remarks


def _telling_names(layout: Layout) -> list[str]:
    """Return names that only the header line holds together."""
    once = [name for name in dict.fromkeys(layout.header) if name and "\n" not in name]
    return once[:_FEWEST_OF_MANY_NAMES]
