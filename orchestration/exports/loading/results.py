"""What an ingestion did, file by file."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import pyarrow as pa


class DeliveryRefused(Exception):  # noqa: N818 - an outcome, not a fault
    """Deliveries were refused whole; the message holds one sentence for each."""


class FileStatus(StrEnum):
    """What became of a file."""

    LOADED = "loaded"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    POSTPONED = "postponed"


@dataclass(frozen=True)
class FileResult:
    """One file's outcome.

    Attributes
    ----------
    load_id : id of its load; None where nothing was tried
    rows_loaded : good rows; of a refused file, none of them stands in the raw table
    message : the sentence that says why it was refused or postponed, or what it repeats
    """

    organization_id: str
    export: str
    export_date: date
    file: str
    status: FileStatus
    load_id: int | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_skipped: int = 0
    message: str = ""


@dataclass
class IngestResult:
    """The outcome of one ingestion of one export.

    Attributes
    ----------
    preview : the first rows that were loaded, as the raw table holds them
    duplicate_lines : rows that equal an earlier row of their delivery and were kept, because the
        export numbers its lines by position
    """

    export: str
    preview: pa.Table
    files: list[FileResult] = field(default_factory=list)
    duplicate_lines: int = 0

    def of(self, status: FileStatus) -> list[FileResult]:
        """Return the files with this outcome."""
        return [file for file in self.files if file.status is status]

    @property
    def load_ids(self) -> list[int]:
        """Ids of the loads that this ingestion put into the raw table."""
        return [file.load_id for file in self.of(FileStatus.LOADED) if file.load_id is not None]

    @property
    def rows_read(self) -> int:
        """Rows of the loaded files."""
        return sum(file.rows_read for file in self.of(FileStatus.LOADED))

    @property
    def rows_loaded(self) -> int:
        """Rows that now stand in the raw table."""
        return sum(file.rows_loaded for file in self.of(FileStatus.LOADED))

    @property
    def rows_quarantined(self) -> int:
        """Rows that now stand in quarantine."""
        return sum(file.rows_quarantined for file in self.of(FileStatus.LOADED))

    @property
    def rows_skipped(self) -> int:
        """Rows that the mappings' ``keep`` left out."""
        return sum(file.rows_skipped for file in self.of(FileStatus.LOADED))

    @property
    def refusals(self) -> list[str]:
        """One sentence for each refused delivery."""
        return list(dict.fromkeys(file.message for file in self.of(FileStatus.REFUSED)))

    def raise_if_refused(self) -> None:
        """Raise if a delivery was refused; everything else stays loaded.

        Raises
        ------
        DeliveryRefused
            With one sentence for each refused delivery.
        """
        if self.refusals:
            raise DeliveryRefused("\n".join(self.refusals))
