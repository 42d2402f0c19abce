"""A delivery: all files of one organization, export and day, which stand or fall together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

import numpy as np

from orchestration.exports.contracts import Contract
from orchestration.exports.fetching import LocalFile
from orchestration.exports.file_load import FileLoad
from orchestration.exports.landing import ExportFile, Landing
from orchestration.exports.organizations import ExportMapping, Organization
from orchestration.exports.results import FileResult, FileStatus


@dataclass
class Delivery:
    """A delivery on its way into the raw table.

    Attributes
    ----------
    files : what the landing holds of it, by path
    locals : the same files, fetched
    loads : what becomes of each file; empty where nothing had to be loaded
    refusal : the sentence that refuses it, else empty
    postponement : the sentence that leaves it to the next run, else empty
    """

    organization: Organization
    contract: Contract
    files: list[ExportFile]
    locals: list[LocalFile] = field(default_factory=list)
    loads: list[FileLoad] = field(default_factory=list)
    refusal: str = ""
    postponement: str = ""

    @property
    def mapping(self) -> ExportMapping:
        """How its files are read."""
        return self.organization.exports[self.contract.export]

    @property
    def fingerprint(self) -> str:
        """Hash of all that decides what its bytes become."""
        return self.mapping.fingerprint(self.contract, self.organization.time_zone)

    @property
    def lines(self) -> int:
        """Physical lines of its files."""
        return sum(local.lines for local in self.locals)

    @property
    def stands(self) -> bool:
        """Whether nothing speaks against it so far."""
        return not self.refusal and not self.postponement

    @property
    def load_ids(self) -> list[int]:
        """Ids of its files' loads, in the order of their paths."""
        return [load.load_id for load in self.loads]

    @property
    def is_numbered_by_position(self) -> bool:
        """Whether the lines of all its files are; otherwise every row has a key of its own."""
        return all(load.is_numbered_by_position for load in self.loads)

    @property
    def has_mixed_numbering(self) -> bool:
        """Whether only some of its files are numbered so: their hashes tell nothing of keys."""
        return (
            any(load.is_numbered_by_position for load in self.loads)
            and not self.is_numbered_by_position
        )

    def assign_load_ids(self, load_id: int) -> int:
        """Prepare the load of each file, with ids from ``load_id`` on; return the next free id."""
        limit = int(self.lines * self.contract.quarantine_limit) + 1
        for local in self.locals:
            self.loads.append(FileLoad(local, load_id, max_kept=limit))
            load_id += 1
        return load_id

    def repeats(self) -> int:
        """Count good rows whose hash another one has."""
        hashes = [own for load in self.loads for own in load.hashes]
        # numpy's unique is many times slower on whole numbers than a sort.
        ordered = np.sort(np.concatenate([np.empty(0, np.uint64), *hashes]))
        return int(np.count_nonzero(ordered[1:] == ordered[:-1]))

    def results(self) -> list[FileResult]:
        """Return the outcome of each of its files."""
        if self.postponement:
            status, message = FileStatus.POSTPONED, self.postponement
        elif self.refusal:
            status, message = FileStatus.REFUSED, self.refusal
        else:
            status, message = (FileStatus.LOADED if self.loads else FileStatus.UNCHANGED), ""
        loads: Sequence[FileLoad | None] = self.loads or [None] * len(self.files)
        return [
            _result(file, load, status, message)
            for file, load in zip(self.files, loads, strict=True)
        ]


def _result(
    file: ExportFile, load: FileLoad | None, status: FileStatus, message: str
) -> FileResult:
    return FileResult(
        organization_id=file.organization_id,
        export=file.export,
        export_date=file.export_date,
        file=file.path,
        status=status,
        load_id=load.load_id if load else None,
        rows_read=load.rows_read if load else 0,
        rows_loaded=load.rows_good if load else 0,
        rows_quarantined=load.rows_quarantined if load else 0,
        rows_skipped=load.rows_skipped if load else 0,
        message=message,
    )


def find_deliveries(
    landing: Landing,
    organizations: list[Organization],
    contract: Contract,
    first_day: date,
    last_day: date,
) -> Iterator[Delivery]:
    """Yield what the landing holds of an export for these days (both included), by day."""
    for organization in organizations:
        if contract.export in organization.exports:
            files = landing.find(organization, contract.export, first_day, last_day)
            for _, parts in groupby(files, key=lambda file: file.export_date):
                yield Delivery(organization, contract, list(parts))
