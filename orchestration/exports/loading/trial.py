"""A dry run of one file: what would become of it, by the code that loads it.

The file is loaded into a warehouse that exists for this moment alone.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.deliveries import Delivery
from orchestration.exports.loading.ingestion import load_deliveries
from orchestration.exports.loading.judging import judge
from orchestration.exports.mapping.expressions import parse
from orchestration.exports.mapping.permissions import ExpressionError
from orchestration.exports.organizations import ExportMapping, Organization
from orchestration.exports.reading.headers import SOURCE_LINE
from orchestration.exports.spilling import SET_ASIDE
from orchestration.exports.sql import identifier
from orchestration.exports.tables.preparing import prepare
from orchestration.warehouse import open_warehouse

_EXAMPLES = 3
# Reasons are kept in memory: of a larger file, no more than loading itself would keep.
_BYTES_TO_EXPLAIN_WHOLE = 200 << 20
_VALUE = re.compile(r"'(?:[^']|'')*'|\S*\d\S*")


@dataclass
class Reason:
    """Why rows were set aside.

    Attributes
    ----------
    text : the sentence, with an ellipsis for the value
    examples : physical line and whole sentence of the first rows
    """

    text: str
    rows: int = 0
    examples: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Trial:
    """What would become of one file.

    Attributes
    ----------
    header : the file's columns; None where they could not be read
    sources : canonical column -> expression, or the file's own column of that name
    unused : columns of the file that nothing reads
    rows : the first rows as they would load, with their line
    repeated_lines : rows that equal an earlier one and load all the same
    reasons : why rows are quarantined, the commonest first
    explained : how many of the quarantined rows they speak of
    refusal : the sentence that refuses the delivery, else empty
    """

    organization: Organization
    export: str
    header: tuple[str, ...] | None
    sources: dict[str, str]
    unused: tuple[str, ...]
    rows: pa.Table
    rows_read: int
    rows_good: int
    rows_quarantined: int
    rows_skipped: int
    repeated_lines: int
    reasons: list[Reason]
    explained: int
    refusal: str

    @property
    def mapping(self) -> ExportMapping:
        """How the file was read."""
        return self.organization.exports[self.export]


def try_file(
    path: Path, organization: Organization, export: str, export_date: date, shown: int = 5
) -> Trial:
    """Load one file, of any name, and forget it.

    Parameters
    ----------
    shown : how many of the first rows to return

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    contract = load_contracts()[export]
    landing = Landing(str(path.resolve().parent))
    file = landing.describe(organization.organization_id, export, export_date, path.resolve().name)
    limit = 1.0 if file.size < _BYTES_TO_EXPLAIN_WHOLE else contract.quarantine_limit
    patient = contract.model_copy(update={"quarantine_limit": limit})
    delivery = Delivery(organization, patient, [file])
    with TemporaryDirectory(prefix="trial-") as folder:
        warehouse = open_warehouse(f"duckdb:///{folder}/trial.duckdb", Path(folder))
        prepare(warehouse)
        result = load_deliveries(warehouse, landing, patient, [delivery])
        names = ", ".join(["_line", *map(identifier, contract.columns)])
        query = f"select {names} from raw.{identifier(export)} order by _line limit {shown}"
        with warehouse.session() as session:
            rows = session.query(query)
    refusal = delivery.refusal or delivery.postponement
    if not delivery.loads:
        return Trial(organization, export, None, {}, (), rows, 0, 0, 0, 0, 0, [], 0, refusal)
    [load] = delivery.loads
    aside = pa.Table.from_batches(load.set_aside(), SET_ASIDE)
    header = load.columns
    sources = _sources(organization.exports[export], contract.columns, header or ())
    return Trial(
        organization=organization,
        export=export,
        header=header,
        sources=sources,
        unused=_unused(organization.exports[export], sources, header or ()),
        rows=rows,
        rows_read=load.rows_read,
        rows_good=load.rows_good,
        rows_quarantined=load.rows_quarantined,
        rows_skipped=load.rows_skipped,
        repeated_lines=result.duplicate_lines,
        reasons=_reasons(aside),
        explained=aside.num_rows,
        refusal=refusal or judge(replace(delivery, contract=contract)),
    )


def _sources(
    mapping: ExportMapping, columns: Iterable[str], header: tuple[str, ...]
) -> dict[str, str]:
    """Return what each canonical column comes from; those that nothing feeds are left out."""
    namesakes = {name.lower(): name for name in header}
    return {
        name: " ".join((mapping.columns.get(name) or namesakes[name]).split())
        for name in columns
        if name in mapping.columns or name in namesakes
    }


def _unused(
    mapping: ExportMapping, sources: Mapping[str, str], header: tuple[str, ...]
) -> tuple[str, ...]:
    read = {name.lower() for name in sources} | {SOURCE_LINE, *mapping.repeat}
    texts = [*mapping.columns.items(), *mapping.repeat.items(), ("keep", mapping.keep or "true")]
    with duckdb.connect() as connection:
        for name, text in texts:
            try:
                read |= {column.lower() for column in parse(connection, text, name).columns}
            except ExpressionError:
                # The file is refused for it; what it means to read is still told by its names.
                read |= {column.lower() for column in header if f'"{column}"' in text}
    return tuple(name for name in header if name.lower() not in read)


def _reasons(aside: pa.Table) -> list[Reason]:
    found: dict[str, Reason] = {}
    for line, reasons in zip(aside["line"].to_pylist(), aside["reasons"].to_pylist(), strict=True):
        for sentence in reasons.splitlines():
            column, _, rest = sentence.partition(": ")
            text = f"{column}: {_VALUE.sub('…', rest)}" if rest else _VALUE.sub("…", column)
            reason = found.setdefault(text, Reason(text))
            reason.rows += 1
            if len(reason.examples) < _EXAMPLES:
                reason.examples.append((line, sentence))
    return sorted(found.values(), key=lambda reason: -reason.rows)
