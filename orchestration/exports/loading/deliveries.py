"""A delivery: all files of one organization, export and day, which stand or fall together."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestration.exports.contracts import Contract
from orchestration.exports.landing.fetching import LocalFile
from orchestration.exports.landing.zone import ExportFile
from orchestration.exports.loading.contents import Contents, recognise
from orchestration.exports.loading.file_load import FileLoad
from orchestration.exports.loading.repeating import repeated
from orchestration.exports.loading.results import FileResult, FileStatus
from orchestration.exports.organizations import ExportMapping, Organization
from orchestration.exports.spilling import RowHashes
from orchestration.exports.tables.ledger import DUPLICATE, LOADED, Entry
from orchestration.exports.tables.raw_rows import Carried


@dataclass
class Delivery:
    """A delivery on its way into the raw table.

    Attributes
    ----------
    files : what the landing holds of it, by path
    locals : the same files, fetched
    known : what the ledger says of its files, those that have left the landing included, by path
    contents : which of its files hold the same
    loads : what becomes of each file that is loaded; empty where nothing has changed
    new_ids : ids for files that have left the landing, should their rows be carried on, by path
    refusal : the sentence that refuses it, else empty
    postponement : the sentence that leaves it to the next run, else empty
    """

    organization: Organization
    contract: Contract
    files: list[ExportFile]
    locals: list[LocalFile] = field(default_factory=list)
    known: Mapping[str, Entry] = field(default_factory=dict)
    contents: Contents = field(default_factory=lambda: Contents([], {}, {}))
    loads: list[FileLoad] = field(default_factory=list)
    new_ids: dict[str, int] = field(default_factory=dict)
    refusal: str = ""
    postponement: str = ""
    _hashes: RowHashes = field(default_factory=RowHashes)

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

    def compare(self, known: Mapping[str, Entry]) -> None:
        """Hold its files against what the ledger says of them."""
        self.known = known
        self.contents = recognise(self.locals, known)

    @property
    def is_unchanged(self) -> bool:
        """Whether each of its files stands already as it is, read by the same mapping."""
        fingerprint = self.fingerprint
        return all(
            (entry := self.known.get(local.file.path)) is not None
            and (entry.sha256, entry.export_date) == (local.sha256, local.file.export_date)
            and entry.duplicate_of == self.contents.duplicates.get(local.file.path)
            and (entry.status == DUPLICATE or entry.mapping_fingerprint == fingerprint)
            for local in self.locals
        )

    @property
    def is_as_seen(self) -> bool:
        """Whether its files are those that the ledger knows, by the storage's own marks of them."""
        fingerprint = self.fingerprint
        return self.known.keys() == {file.path for file in self.files} and all(
            (entry.bytes, entry.version, entry.export_date)
            == (file.size, file.version or None, file.export_date)
            and entry.version is not None
            and (entry.status == DUPLICATE or entry.mapping_fingerprint == fingerprint)
            for file in self.files
            if (entry := self.known[file.path])
        )

    @property
    def new_versions(self) -> dict[int, str]:
        """The storage's marks that the ledger does not know yet, by load id of the entry."""
        return {
            entry.load_id: local.file.version
            for local in self.locals
            if (entry := self.known[local.file.path]).version != local.file.version
        }

    def repeat_records(self, spool: Path) -> None:
        """Let each record of its files stand once for every row that it stands for."""
        export = self.contract.export
        originals = [
            repeated(local, self.organization, export, spool) for local in self.contents.originals
        ]
        self.contents = replace(self.contents, originals=originals)

    def assign_load_ids(self, load_id: int) -> int:
        """Prepare the loads, with ids from ``load_id`` on by path; return the next free id."""
        originals = {local.file.path: local for local in self.contents.originals}
        lines = sum(local.lines for local in originals.values())
        limit = int(lines * self.contract.quarantine_limit) + 1
        for path in sorted(originals.keys() | self.contents.kept.keys()):
            if path in originals:
                self.loads.append(FileLoad(originals[path], load_id, limit, hashes=self._hashes))
            else:
                self.new_ids[path] = load_id
            load_id += 1
        return load_id

    @property
    def carried(self) -> list[Carried]:
        """Rows of files that have left the landing and must go on under another load.

        Either the file that has them is read anew with other content, or positions count over all
        files of the delivery.
        """
        return [
            Carried(source.load_id, self.new_ids[path], self.known[path].load_id, path)
            for path, source in self.contents.kept.items()
            if self.is_numbered_by_position or source is not self.known[path]
        ]

    @property
    def replaced(self) -> dict[int, int]:
        """Standing loads that this delivery replaces: old load id -> the one in its place."""
        taken = {load.local.file.path: load.load_id for load in self.loads}
        taken |= {carried.file: carried.load_id for carried in self.carried}
        stays = {path: source.load_id for path, source in self.contents.kept.items()} | taken
        taken |= {path: stays[holder] for path, holder in self.contents.duplicates.items()}
        return {
            entry.load_id: taken[path]
            for path, entry in self.known.items()
            if entry.status == LOADED and path in taken
        }

    @property
    def outdated(self) -> list[Entry]:
        """Entries of files that no longer repeat what they did."""
        return [
            entry
            for path, entry in self.known.items()
            if entry.status == DUPLICATE and not self._is_noted(path)
        ]

    @property
    def new_duplicates(self) -> list[str]:
        """Paths of files whose repetition the ledger does not know yet."""
        return [path for path in sorted(self.contents.duplicates) if not self._is_noted(path)]

    def _is_noted(self, path: str) -> bool:
        """Whether the ledger knows that a file repeats what it does."""
        entry = self.known.get(path)
        local = next((one for one in self.locals if one.file.path == path), None)
        return (
            entry is not None
            and entry.status == DUPLICATE
            and entry.duplicate_of == self.contents.duplicates.get(path)
            and (local is None or entry.sha256 == local.sha256)
        )

    @property
    def standing_ids(self) -> list[int]:
        """Ids of its loads that stand so far."""
        return [entry.load_id for entry in self.known.values() if entry.status == LOADED]

    def repetition(self, path: str) -> str:
        """Say what a duplicate repeats."""
        return f"{path} repeats {self.contents.duplicates[path]}: its rows stand once."

    def repeats(self) -> int:
        """Count good rows whose hash another one has."""
        return self._hashes.repeats()

    def results(self) -> list[FileResult]:
        """Return the outcome of each of its files."""
        loads = {load.local.file.path: load for load in self.loads}
        return [
            _result(file, loads.get(file.path), *self._outcome(file.path)) for file in self.files
        ]

    def _outcome(self, path: str) -> tuple[FileStatus, str]:
        if self.postponement:
            return FileStatus.POSTPONED, self.postponement
        if self.refusal:
            return FileStatus.REFUSED, self.refusal
        if not self.loads:
            return FileStatus.UNCHANGED, ""
        if path in self.contents.duplicates:
            return FileStatus.DUPLICATE, self.repetition(path)
        return FileStatus.LOADED, ""


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
