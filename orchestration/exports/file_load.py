"""What becomes of one file, counted while its rows stream by."""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from orchestration.exports.fetching import LocalFile
from orchestration.exports.quarantine.table import OPEN, QUARANTINE_ROWS
from orchestration.exports.reading import Numbers, read_lines

_SET_ASIDE = pa.schema([("line", pa.int64()), ("last_line", pa.int64()), ("reasons", pa.string())])


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
    hashes : ``_row_hash`` of the good rows
    spans : last line by first line, of the good records that take several lines
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
    hashes: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    spans: dict[int, int] = field(default_factory=dict)
    _set_aside: list[pa.Table] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        """Records in the file, whatever became of them."""
        return self.rows_good + self.rows_quarantined + self.rows_skipped

    def note_good(
        self, hashes: npt.NDArray[np.uint64], lines: Numbers, last_lines: Numbers
    ) -> None:
        """Remember what may be needed of good rows, should their keys turn out to repeat."""
        self.hashes.append(hashes)
        several = lines != last_lines
        if several.any():
            self.spans.update(
                zip(lines[several].tolist(), last_lines[several].tolist(), strict=True)
            )

    def quarantine(self, lines: pa.Array, last_lines: pa.Array, reasons: pa.Array) -> None:
        """Count rows as quarantined, and keep their reasons while there is room."""
        room = max(self.max_kept - self.rows_quarantined, 0)
        rows = pa.table([lines, last_lines, reasons], schema=_SET_ASIDE)
        self.rows_quarantined += rows.num_rows
        self._set_aside.append(rows.slice(0, room))

    def move_to_quarantine(self, lines: pa.Array, reasons: pa.Array) -> None:
        """Quarantine rows that had been counted as good."""
        self.rows_good -= len(lines)
        self.max_kept += len(lines)
        last_lines = lines
        if self.spans:
            last_lines = pa.array([self.spans.get(line, line) for line in lines.to_pylist()])
        self.quarantine(lines, last_lines, reasons)

    def set_aside(self) -> pa.Table:
        """Return ``line``, ``last_line`` and ``reasons`` of the rows set aside, by line."""
        return pa.concat_tables([_SET_ASIDE.empty_table(), *self._set_aside]).sort_by("line")

    def examples(self, count: int = 3) -> list[str]:
        """Return the reasons of the first rows set aside, each on one line."""
        rows = self.set_aside()
        return [
            f"line {row['line']}: {row['reasons'].replace(chr(10), '; ')}"
            for row in rows.slice(0, count).to_pylist()
        ]

    def quarantine_rows(self, loaded_at: datetime) -> pa.Table:
        """Return the rows for ``quarantine.rows``, with their raw text from the file."""
        file = self.local.file
        rows = pa.concat_tables([_SET_ASIDE.empty_table(), *self._set_aside])
        lines = rows["line"].to_pylist()
        texts = read_lines(
            self.local.text_path, zip(lines, rows["last_line"].to_pylist(), strict=True)
        )
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
        columns = {
            "line": rows["line"],
            "last_line": rows["last_line"],
            "raw_text": pa.array([texts[line] for line in lines], pa.string()),
            "reasons": rows["reasons"],
            **{
                name: pa.repeat(pa.scalar(value, QUARANTINE_ROWS.field(name).type), len(lines))
                for name, value in constants.items()
            },
        }
        return pa.table([columns[name] for name in QUARANTINE_ROWS.names], schema=QUARANTINE_ROWS)
