"""Turn one landed file into batches of canonical rows, and set aside what is not good."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.exports.contracts import Contract
from orchestration.exports.fetching import FileRefused, FileStillChanging, LocalFile
from orchestration.exports.landing import Landing
from orchestration.exports.ledger import QUARANTINE_ROWS, metadata_columns
from orchestration.exports.mapping import (
    HASH,
    REASONS,
    VERDICT,
    CompiledMapping,
    Verdict,
    compile_mapping,
)
from orchestration.exports.organizations import ExportMapping, Organization
from orchestration.exports.reading import (
    LAST_LINE,
    LINE,
    Header,
    Source,
    open_source,
    read_header,
    read_lines,
)
from orchestration.exports.sandbox import open_sandbox

_BATCH_ROWS = 122_880


@dataclass
class FileLoad:
    """What became of one file, counted while its rows stream by.

    Attributes
    ----------
    load_id : id of this load
    max_kept : quarantined rows that are kept with their reasons; beyond these the delivery is refused anyway
    quarantined : tables of line, last_line, reasons
    hashes : ``_row_hash`` of the good rows, batch by batch
    spans : last line by first line, of good records that take several lines
    """

    local: LocalFile
    load_id: int
    max_kept: int
    rows_good: int = 0
    rows_quarantined: int = 0
    rows_skipped: int = 0
    rows_rejected: int = 0
    is_numbered_by_position: bool = False
    quarantined: list[pa.Table] = field(default_factory=list)
    hashes: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    spans: dict[int, int] = field(default_factory=dict)

    @property
    def rows_read(self) -> int:
        """Records in the file, whatever became of them."""
        return self.rows_good + self.rows_quarantined + self.rows_skipped

    def examples(self, count: int = 3) -> list[str]:
        """Reasons of the first quarantined rows, on one line each."""
        rows = pa.concat_tables([self._no_rows(), *self.quarantined]).slice(0, count).to_pylist()
        return [f"line {row['line']}: {row['reasons'].replace(chr(10), '; ')}" for row in rows]

    def quarantine(self, lines: pa.Array, last_lines: pa.Array, reasons: pa.Array) -> None:
        """Count rows as quarantined, and keep their reasons while there is room."""
        room = max(self.max_kept - self.rows_quarantined, 0)
        rows = pa.table([lines, last_lines, reasons], schema=self._no_rows().schema)
        self.rows_quarantined += rows.num_rows
        self.quarantined.append(rows.slice(0, room))

    def move_to_quarantine(self, lines: list[int], reasons: list[str]) -> None:
        """Quarantine rows that had been counted as good."""
        self.rows_good -= len(lines)
        last_lines = [self.spans.get(line, line) for line in lines]
        self.max_kept += len(lines)
        self.quarantine(
            pa.array(lines, pa.int64()),
            pa.array(last_lines, pa.int64()),
            pa.array(reasons, pa.string()),
        )

    def quarantine_rows(self, loaded_at: datetime) -> pa.Table:
        """Return the rows for ``quarantine.rows``, with the raw text from the file."""
        file = self.local.file
        rows = pa.concat_tables([self._no_rows(), *self.quarantined])
        lines, last_lines = rows["line"].to_pylist(), rows["last_line"].to_pylist()
        texts = (
            read_lines(self.local.text_path, zip(lines, last_lines, strict=True)) if lines else {}
        )
        constants = {
            "organization_id": file.organization_id,
            "export": file.export,
            "export_date": file.export_date,
            "file": file.path,
            "load_id": self.load_id,
            "loaded_at": loaded_at,
        }
        columns = {
            "line": rows["line"],
            "raw_text": pa.array([texts[line] for line in lines], pa.string()),
            "reasons": rows["reasons"],
            **{
                name: pa.repeat(pa.scalar(value, QUARANTINE_ROWS.field(name).type), rows.num_rows)
                for name, value in constants.items()
            },
        }
        return pa.table([columns[name] for name in QUARANTINE_ROWS.names], schema=QUARANTINE_ROWS)

    @staticmethod
    def _no_rows() -> pa.Table:
        return pa.schema(
            [("line", pa.int64()), ("last_line", pa.int64()), ("reasons", pa.string())]
        ).empty_table()


class Reader:
    """Reads files of one organization and export in a sandbox that can reach only these files."""

    def __init__(
        self,
        landing: Landing,
        organization: Organization,
        contract: Contract,
        locals_: list[LocalFile],
        spill: Path,
        loaded_at: datetime,
    ) -> None:
        self._landing, self._organization, self._contract = landing, organization, contract
        self._loaded_at = loaded_at
        self._compiled: dict[Header, CompiledMapping] = {}
        self._sandbox = open_sandbox(
            [local.path for local in locals_], organization.time_zone, self._mapping.read, spill
        )

    @property
    def _mapping(self) -> ExportMapping:
        return self._organization.exports[self._contract.export]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.close()

    def batches(self, load: FileLoad) -> Iterator[pa.RecordBatch]:
        """Yield the file's good rows as the raw table wants them, and count everything in ``load``.

        Raises
        ------
        FileRefused
            If the file cannot be read as this export.
        FileStillChanging
            If the file changed while it was read.
        """
        if load.local.damage:
            raise FileRefused(load.local.damage)
        header = read_header(load.local, self._mapping.read)
        if not header.names:
            return
        compiled = self._compile(header)
        load.is_numbered_by_position = compiled.is_numbered_by_position
        source = open_source(
            self._sandbox,
            load.local,
            self._mapping.read,
            header,
            numbered=compiled.needs_line_numbers,
            max_rejects=load.max_kept,
        )
        for batch in self._judged(compiled, source, load.local):
            yield self._good_rows(batch, source, load)
        self._settle(source, load)

    def _compile(self, header: Header) -> CompiledMapping:
        if header not in self._compiled:
            self._compiled[header] = compile_mapping(
                self._sandbox, self._contract, self._mapping, header
            )
        return self._compiled[header]

    def _judged(
        self, compiled: CompiledMapping, source: Source, local: LocalFile
    ) -> Iterator[pa.RecordBatch]:
        query = compiled.query(
            source.relation, is_numbered=source.is_numbered, has_odd_blanks=local.has_odd_blanks
        )
        try:
            yield from self._sandbox.sql(query).to_arrow_reader(_BATCH_ROWS)
        except duckdb.Error as error:
            raise FileRefused(f"cannot be read: {str(error).splitlines()[0]}") from error

    def _good_rows(self, batch: pa.RecordBatch, source: Source, load: FileLoad) -> pa.RecordBatch:
        lines, last_lines = self._lines(batch, source, load)
        verdict = batch[VERDICT]
        if pc.max(verdict).as_py() != Verdict.GOOD:
            bad = pc.greater_equal(verdict, Verdict.QUARANTINED.value)
            load.rows_skipped += pc.sum(pc.equal(verdict, Verdict.SKIPPED.value)).as_py()
            load.rows_rejected += pc.sum(pc.equal(verdict, Verdict.REJECTED.value)).as_py()
            load.quarantine(lines.filter(bad), last_lines.filter(bad), batch[REASONS].filter(bad))
            good = pc.equal(verdict, Verdict.GOOD.value)
            batch, lines, last_lines = (
                batch.filter(good),
                lines.filter(good),
                last_lines.filter(good),
            )
        load.rows_good += batch.num_rows
        load.hashes.append(batch[HASH].to_numpy(zero_copy_only=False))
        if source.records is None:
            several = pc.not_equal(lines, last_lines)
            load.spans.update(
                zip(
                    lines.filter(several).to_pylist(),
                    last_lines.filter(several).to_pylist(),
                    strict=True,
                )
            )
        return self._raw_rows(batch, lines, load)

    @staticmethod
    def _lines(batch: pa.RecordBatch, source: Source, load: FileLoad) -> tuple[pa.Array, pa.Array]:
        if source.is_numbered:
            return batch[LINE], batch[LAST_LINE]
        first = source.first_line + load.rows_read
        lines = pa.array(np.arange(first, first + batch.num_rows))
        return lines, lines

    def _raw_rows(self, batch: pa.RecordBatch, lines: pa.Array, load: FileLoad) -> pa.RecordBatch:
        file, rows = load.local.file, batch.num_rows
        export_date, path, load_id, loaded_at = metadata_columns(
            rows, file.export_date, file.path, load.load_id, self._loaded_at
        )
        columns = [batch[name] for name in self._contract.columns]
        organization_id = pa.repeat(file.organization_id, rows)
        schema = self._contract.arrow_schema()
        arrays = [organization_id, *columns, export_date, path, lines, load_id, loaded_at]
        return pa.record_batch(
            [array.cast(column.type) for array, column in zip(arrays, schema, strict=True)],
            schema=schema,
        )

    def _settle(self, source: Source, load: FileLoad) -> None:
        """Add what could not be split into columns, and prove that no record was lost."""
        rejects = source.rejects
        load.quarantine(
            pa.array([reject.line for reject in rejects], pa.int64()),
            pa.array([reject.last_line for reject in rejects], pa.int64()),
            pa.array([reject.reason for reject in rejects], pa.string()),
        )
        load.rows_quarantined += source.rejected - len(rejects)
        if not self._landing.is_unchanged(load.local.file):
            raise FileStillChanging(load.local.file.path)
        if source.records is not None and load.rows_read != source.records:
            raise FileRefused(
                f"was read as {load.rows_read} rows but holds {source.records}: report this as a fault"
            )
