"""Judge quarantined rows anew from their raw text alone, as the mapping stands today."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.exports.contracts import Contract
from orchestration.exports.mapping.canonical import REASONS, VERDICT
from orchestration.exports.mapping.compiling import compile_mapping
from orchestration.exports.mapping.query import CompiledMapping
from orchestration.exports.mapping.sandbox import open_sandbox
from orchestration.exports.organizations import Organization
from orchestration.exports.read_options import WHITESPACE, ReadOptions
from orchestration.exports.reading.careful import fit
from orchestration.exports.reading.delimited import split
from orchestration.exports.reading.headers import EXPORT_DATE, LINE, PART, Header
from orchestration.exports.reading.json_lines import NoRecord, values_by_name
from orchestration.exports.refusals import FileRefused

# How bytes that are no text, and NUL, are shown in a raw text.
_SHOWN_BYTES = re.compile(r"\\x[0-9a-f]{2}|\\0")


class CannotStandAlone(ValueError):  # noqa: N818 - an outcome, not a fault
    """What rows become does not follow from their text alone; the message completes "it ..."."""


@dataclass(frozen=True)
class Rereading:
    """Rows judged anew.

    Attributes
    ----------
    judged : the contract's columns, load_id, line, verdict and reasons (null where good) of the
        rows whose text holds a record
    rows_unreadable : how many others there are
    """

    judged: pa.Table
    rows_unreadable: int


def reread(
    organization: Organization,
    contract: Contract,
    columns: tuple[str, ...],
    rows: pa.Table,
    spill: Path,
) -> Rereading:
    """Read rows of quarantine, all from files with the same columns, by today's mapping.

    Parameters
    ----------
    columns : the names in the header of the files
    rows : as ``QUARANTINE_ROWS``
    spill : folder for what does not fit into memory

    Raises
    ------
    CannotStandAlone
        If the mapping cannot be used for these columns, or a row depends on others of its file.
    """
    mapping = organization.exports[contract.export]
    texts = _as_columns(columns, rows, mapping.read)
    with open_sandbox([], organization.time_zone, mapping.read, spill) as sandbox:
        try:
            compiled = compile_mapping(sandbox, contract, mapping, Header(columns, 0))
        except FileRefused as refused:
            raise CannotStandAlone(str(refused)) from refused
        _refuse_dependent_rows(compiled)
        sandbox.register("quarantined", texts)
        query = compiled.query("quarantined", carried=[PART, LINE], has_odd_blanks=True)
        judged = sandbox.sql(query).to_arrow_table()
    wanted = {name: judged[name] for name in contract.columns}
    wanted |= {
        "load_id": pc.cast(judged[PART], pa.int64()),
        "line": judged[LINE],
        "verdict": judged[VERDICT],
        "reasons": judged[REASONS],
    }
    return Rereading(pa.table(wanted), rows.num_rows - judged.num_rows)


def _refuse_dependent_rows(compiled: CompiledMapping) -> None:
    if compiled.is_numbered_by_position:
        raise CannotStandAlone(
            f"numbers its lines by position ({compiled.contract.position_column}), "
            "which the other lines decide"
        )
    expressions = [column.expression for column in compiled.columns.values()]
    for expression in [*expressions, *([compiled.keep] if compiled.keep else [])]:
        if expression.fills:
            raise CannotStandAlone(f"is read with {expression.text}, which looks at earlier lines")


def _as_columns(columns: tuple[str, ...], rows: pa.Table, read: ReadOptions) -> pa.Table:
    """Split each raw text into the file's columns, leaving out those that hold no record."""
    values = _json_values if read.is_json else _delimited_values
    records = [values(text, columns, read) for text in rows["raw_text"].to_pylist()]
    whole = rows.filter(pa.array([record is not None for record in records], pa.bool_()))
    by_column = zip(*(record for record in records if record is not None), strict=True)
    arrays = [pa.array(column, pa.string()) for column in by_column] or [
        pa.array([], pa.string()) for _ in columns
    ]
    return pa.table(
        [*arrays, pc.cast(whole["load_id"], pa.string()), whole["line"], whole["export_date"]],
        names=[*columns, PART, LINE, EXPORT_DATE],
    )


def _delimited_values(
    text: str, columns: tuple[str, ...], read: ReadOptions
) -> list[str | int | None] | None:
    """Return the values of a text that holds one whole record, exactly as it was delivered."""
    if _SHOWN_BYTES.search(text):
        return None
    if read.delimiter == WHITESPACE:
        text = "\t".join(text.split())
    try:
        records = list(split(io.StringIO(text, newline="\n"), read))
    except csv.Error:
        return None
    values: list[str | int | None] = [*records[0]] if len(records) == 1 else []
    return None if fit(values, len(columns), read) else values


def _json_values(
    text: str, columns: tuple[str, ...], _: ReadOptions
) -> list[str | int | None] | None:
    """Return the values of a text that holds one record with no other names than the columns'."""
    try:
        record = values_by_name(text)
    except NoRecord:
        return None
    return None if record.keys() - set(columns) else [record.get(name) for name in columns]
