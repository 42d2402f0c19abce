"""What becomes of one file, counted while its rows stream by."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice, tee

import pyarrow as pa

from orchestration.exports.landing.fetching import LocalFile
from orchestration.exports.read_options import ReadOptions
from orchestration.exports.reading.quoting import quote_lines
from orchestration.exports.reading.rejects import Rejects
from orchestration.exports.spilling import SET_ASIDE, Hashes, RowHashes, SetAside
from orchestration.exports.tables.quarantine import OPEN, QUARANTINE_ROWS

_TEXT_AT_ONCE = 8 << 20


@dataclass
class FileLoad:
    """The load of one file.

    Attributes
    ----------
    max_kept : quarantined rows to be kept with their reasons; beyond these the delivery is refused
    columns : names in the file's header; None where it could not be read
    column_kinds : kind of values of each of the columns
    problem : why the file as a whole cannot be loaded, else empty
    rows_rejected : those of the quarantined rows that break a rule which refuses the delivery
    hashes : ``_row_hash`` of the good rows, those of the delivery's other files among them
    has_long_records : whether some good records take several lines
    """

    local: LocalFile
    load_id: int
    max_kept: int
    columns: tuple[str, ...] | None = None
    column_kinds: list[str | None] | None = None
    problem: str = ""
    rows_good: int = 0
    rows_quarantined: int = 0
    rows_skipped: int = 0
    rows_rejected: int = 0
    is_numbered_by_position: bool = False
    hashes: RowHashes = field(default_factory=RowHashes)
    has_long_records: bool = False
    _aside: SetAside = field(default_factory=SetAside)

    @property
    def rows_read(self) -> int:
        """Records in the file, whatever became of them."""
        return self.rows_good + self.rows_quarantined + self.rows_skipped

    def note_good(self, hashes: Hashes, *, have_long_records: bool) -> None:
        """Remember what may be needed of good rows, should their keys turn out to repeat."""
        self.hashes.add(hashes)
        self.has_long_records |= have_long_records

    def quarantine(self, lines: pa.Array, last_lines: pa.Array, reasons: pa.Array) -> None:
        """Count rows as quarantined, and keep their reasons while there is room."""
        room = max(self.max_kept - self.rows_quarantined, 0)
        rows = pa.table([lines, last_lines, reasons], schema=SET_ASIDE)
        self.rows_quarantined += rows.num_rows
        self._aside.add(rows.slice(0, room))

    def give_up(self, rejects: Rejects) -> None:
        """Count as quarantined what could not be read."""
        self.problem = self.problem or rejects.problem
        self.rows_quarantined += rejects.count
        self._aside.take_over(rejects.aside())

    def move_to_quarantine(self, lines: pa.Array, reasons: pa.Array) -> None:
        """Quarantine rows that had been counted as good."""
        self.rows_good -= len(lines)
        self.max_kept += len(lines)
        # How long such a record is shows when its text is quoted.
        last_lines = pa.nulls(len(lines), pa.int64()) if self.has_long_records else lines
        self.quarantine(lines, last_lines, reasons)

    def set_aside(self) -> Iterator[pa.RecordBatch]:
        """Yield ``line``, ``last_line`` and ``reasons`` of the rows set aside, by line."""
        return self._aside.by_line()

    def examples(self, count: int = 3) -> list[str]:
        """Return the reasons of the first rows set aside, each on one line."""
        first = next(self.set_aside(), SET_ASIDE.empty_table())
        return [
            f"line {row['line']}: {row['reasons'].replace(chr(10), '; ')}"
            for row in first.slice(0, count).to_pylist()
        ]

    def quarantine_rows(self, loaded_at: datetime, read: ReadOptions) -> Iterator[pa.RecordBatch]:
        """Yield the rows for ``quarantine.rows``, with their raw text from the file."""
        batches, ahead = tee(self.set_aside())
        spans = (
            span
            for batch in ahead
            for span in zip(batch["line"].to_pylist(), batch["last_line"].to_pylist(), strict=True)
        )
        quotes = quote_lines(self.local.text_path, spans, read)
        for batch in batches:
            done = 0
            while done < batch.num_rows:
                quoted = _some(islice(quotes, batch.num_rows - done))
                yield self._quarantined(batch.slice(done, len(quoted)), quoted, loaded_at)
                done += len(quoted)

    def _quarantined(
        self, aside: pa.RecordBatch, quoted: list[tuple[str, int]], loaded_at: datetime
    ) -> pa.RecordBatch:
        file = self.local.file
        constants = {
            "organization_id": file.organization_id,
            "export": file.export,
            "export_date": file.export_date,
            "file": file.path,
            "status": OPEN,
            "load_id": self.load_id,
            "first_seen": loaded_at,
            "last_seen": loaded_at,
        }
        texts, last_lines = zip(*quoted, strict=True)
        columns = {
            "line": aside["line"],
            "last_line": pa.array(last_lines, pa.int64()),
            "raw_text": pa.array(texts, pa.string()),
            "reasons": aside["reasons"],
            **{
                name: pa.repeat(pa.scalar(value, QUARANTINE_ROWS.field(name).type), len(quoted))
                for name, value in constants.items()
            },
        }
        return pa.record_batch(
            [columns[name] for name in QUARANTINE_ROWS.names], schema=QUARANTINE_ROWS
        )


def _some(quotes: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Take texts until they are long enough for a batch."""
    taken = []
    length = 0
    for quote in quotes:
        taken.append(quote)
        length += len(quote[0])
        if length > _TEXT_AT_ONCE:
            break
    return taken
