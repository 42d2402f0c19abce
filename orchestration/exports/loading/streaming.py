"""Turn an organization's landed files into canonical rows, and set aside what is not good."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.exports.contracts import LOAD_METADATA, Contract
from orchestration.exports.loading.file_load import FileLoad
from orchestration.exports.mapping.canonical import HASH, REASONS, VERDICT, Verdict
from orchestration.exports.mapping.compiling import compile_mapping
from orchestration.exports.mapping.query import CompiledMapping
from orchestration.exports.mapping.sandbox import open_sandbox
from orchestration.exports.organizations import Organization
from orchestration.exports.reading.column_kinds import column_kinds
from orchestration.exports.reading.headers import EXPORT_DATE, Header, read_header
from orchestration.exports.reading.sources import (
    Numbers,
    PlainSource,
    Positions,
    QuotedSource,
    RecordsSource,
    Route,
    routes,
)
from orchestration.exports.refusals import FileRefused

_BATCH_ROWS = 122_880
# Small files are read by one query, because planning it takes longer than reading them.
_LINES_OF_A_SMALL_FILE = 100_000


class Reader:
    """Reads files of one organization and export, in a sandbox that can reach only these files.

    Whatever is wrong with a file is noted in its ``FileLoad``; the others go on.
    """

    def __init__(
        self, organization: Organization, contract: Contract, loads: Sequence[FileLoad], spill: Path
    ) -> None:
        self._organization, self._contract = organization, contract
        self._mapping = organization.exports[contract.export]
        self._loads = loads
        self._compiled: dict[Header, CompiledMapping] = {}
        self._sandbox = open_sandbox(
            [load.local.path for load in loads], organization.time_zone, self._mapping.read, spill
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.close()

    def batches(self, loaded_at: datetime) -> Iterator[pa.RecordBatch]:
        """Yield the files' good rows as the raw table wants them, counting all in their loads."""
        for header, members in self._by_header().items():
            locals_ = [load.local for load in members]
            ways = routes(self._sandbox, locals_, self._mapping.read, header)
            plain = [load for load, way in zip(members, ways, strict=True) if way is Route.PLAIN]
            for group in self._groups(plain, self._compiled[header]):
                yield from self._plain_batches(group, header, loaded_at)
            for load, way in zip(members, ways, strict=True):
                if way is Route.QUOTED:
                    yield from self._quoted_batches(load, header, loaded_at)
                elif way is Route.RECORDS:
                    yield from self._record_batches(load, header, loaded_at)

    def _by_header(self) -> dict[Header, list[FileLoad]]:
        """Sort the files by header; those without any content are done, and damaged ones noted."""
        members: dict[Header, list[FileLoad]] = {}
        for load in self._loads:
            try:
                if load.local.damage:
                    raise FileRefused(load.local.damage)
                header = read_header(load.local, self._mapping.read)
                load.columns = header.names
                if not header.names:
                    continue
                load.column_kinds = column_kinds(load.local.path, header, self._mapping.read)
                if header not in self._compiled:
                    self._compiled[header] = compile_mapping(
                        self._sandbox, self._contract, self._mapping, header
                    )
            except FileRefused as refused:
                load.problem = str(refused)
            else:
                load.is_numbered_by_position = self._compiled[header].is_numbered_by_position
                members.setdefault(header, []).append(load)
        return members

    @staticmethod
    def _groups(plain: list[FileLoad], compiled: CompiledMapping) -> Iterator[list[FileLoad]]:
        small = []
        for load in plain:
            is_read_alone = compiled.reads_lines_in_order or compiled.reads_export_date
            if is_read_alone or load.local.lines > _LINES_OF_A_SMALL_FILE:
                yield [load]
            else:
                small.append(load)
        if small:
            yield small

    def _plain_batches(
        self, loads: list[FileLoad], header: Header, loaded_at: datetime
    ) -> Iterator[pa.RecordBatch]:
        source = PlainSource(
            [load.local for load in loads],
            self._mapping.read,
            header,
            is_numbered=self._compiled[header].needs_line_numbers,
        )
        yield from self._judged(source, loads, header, loaded_at)
        for load, records in zip(loads, source.records.tolist(), strict=True):
            if not load.problem and load.rows_read != records:
                load.problem = (
                    f"holds {records} rows but {load.rows_read} were read: report this as a fault"
                )

    def _quoted_batches(
        self, load: FileLoad, header: Header, loaded_at: datetime
    ) -> Iterator[pa.RecordBatch]:
        source = QuotedSource(
            load.local,
            self._mapping.read,
            header,
            is_numbered=self._compiled[header].needs_line_numbers,
        )
        yield from self._judged(source, [load], header, loaded_at)

    def _record_batches(
        self, load: FileLoad, header: Header, loaded_at: datetime
    ) -> Iterator[pa.RecordBatch]:
        source = RecordsSource(self._sandbox, load.local, self._mapping.read, header, load.max_kept)
        yield from self._judged(source, [load], header, loaded_at)
        load.give_up(source.reader.rejects)

    def _judged(
        self,
        source: PlainSource | QuotedSource | RecordsSource,
        loads: list[FileLoad],
        header: Header,
        loaded_at: datetime,
    ) -> Iterator[pa.RecordBatch]:
        compiled, relation = self._compiled[header], source.relation
        if compiled.reads_export_date:
            day = loads[0].local.file.export_date
            relation = f"(select *, date '{day}' as {EXPORT_DATE} from {relation})"
        query = compiled.query(
            relation,
            carried=source.carried,
            # Values with line breaks inside may have some at their ends.
            has_odd_blanks=not isinstance(source, PlainSource)
            or any(load.local.has_odd_blanks for load in loads),
        )
        stamps = _Stamps(loads, loaded_at)
        try:
            for batch in self._sandbox.sql(query).to_arrow_reader(_BATCH_ROWS):
                good, positions = _set_aside(batch, source.positions(batch), loads)
                yield self._raw_rows(good, positions, stamps)
        except (duckdb.Error, AssertionError) as error:
            for load in loads:
                load.problem = f"cannot be read: {str(error).splitlines()[0]}"

    def _raw_rows(
        self, batch: pa.RecordBatch, positions: Positions, stamps: "_Stamps"
    ) -> pa.RecordBatch:
        columns = {
            "organization_id": pa.repeat(self._organization.organization_id, batch.num_rows),
            **{name: batch[name] for name in self._contract.columns},
            **stamps.columns(positions),
        }
        schema = self._contract.arrow_schema()
        arrays = [columns[column.name].cast(column.type) for column in schema]
        return pa.record_batch(arrays, schema=schema)


class _Stamps:
    """Load metadata of some files, to be laid beside their rows."""

    def __init__(self, loads: list[FileLoad], loaded_at: datetime) -> None:
        files = [load.local.file for load in loads]
        self._per_file = {
            "_export_date": [file.export_date for file in files],
            "_file": [file.path for file in files],
            "_load_id": [load.load_id for load in loads],
            "_loaded_at": [loaded_at] * len(loads),
        }

    def columns(self, positions: Positions) -> dict[str, pa.Array]:
        rows = len(positions.file)
        columns = {"_line": pa.array(positions.line)}
        for name, values in self._per_file.items():
            array = pa.array(values, LOAD_METADATA.field(name).type)
            columns[name] = (
                pa.repeat(array[0], rows)
                if len(array) == 1
                else array.take(pa.array(positions.file))
            )
        return columns


def _set_aside(
    batch: pa.RecordBatch, positions: Positions, loads: list[FileLoad]
) -> tuple[pa.RecordBatch, Positions]:
    """Count each row for its file and return the good ones."""
    verdict = batch[VERDICT].to_numpy()
    cells = positions.file * len(Verdict) + verdict
    counts = np.bincount(cells, minlength=len(loads) * len(Verdict)).reshape(-1, len(Verdict))
    for load, counted in zip(loads, counts.tolist(), strict=True):
        load.rows_good += counted[Verdict.GOOD]
        load.rows_skipped += counted[Verdict.SKIPPED]
        load.rows_rejected += counted[Verdict.REJECTED]
    if counts[:, Verdict.GOOD].sum() != batch.num_rows:
        _quarantine(batch, positions, loads)
        good = verdict == Verdict.GOOD
        batch = batch.filter(pa.array(good))
        positions = Positions(positions.file[good], positions.line[good], positions.last_line[good])
    for index in _present(positions.file):
        own = positions.file == index
        loads[index].note_good(
            batch[HASH].to_numpy()[own],
            have_long_records=not np.array_equal(positions.line[own], positions.last_line[own]),
        )
    return batch, positions


def _quarantine(batch: pa.RecordBatch, positions: Positions, loads: list[FileLoad]) -> None:
    bad = batch[VERDICT].to_numpy() >= Verdict.QUARANTINED
    for index in _present(positions.file[bad]):
        own = bad & (positions.file == index)
        loads[index].quarantine(
            pa.array(positions.line[own]),
            pa.array(positions.last_line[own]),
            batch[REASONS].filter(pa.array(own)),
        )


def _present(files: Numbers) -> Numbers:
    return np.flatnonzero(np.bincount(files))
