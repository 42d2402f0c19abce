"""The landing zone: which files have arrived for an organization, an export and a range of days."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import IO

from orchestration.exports.landing.names import day_of, fault_of, is_nearly_dated, matcher
from orchestration.exports.landing.storage import PAUSES, Entry, Kind, Storage
from orchestration.exports.landing.url import LandingError, read_address
from orchestration.exports.organizations import Organization
from orchestration.exports.refusals import FileUnavailable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, order=True)
class ExportFile:
    """A file in the landing zone.

    Attributes
    ----------
    path : relative to the landing, begins with the organization's folder
    size : bytes
    version : the storage's own mark of the version (ETag or modification time), as text
    """

    organization_id: str
    export: str
    export_date: date
    path: str
    size: int
    version: str


class Landing:
    """A folder, or any fsspec URL such as ``s3://exports``, with one folder per organization.

    It looks at each folder once: what comes later is seen by another one. Nothing below it leads
    out of it, for links are not followed.

    Parameters
    ----------
    options
        JSON object of what fsspec's file system of this protocol takes, such as ``endpoint_url``.
    pauses
        Seconds before each repetition of a question that found no answer, see ``Storage``.

    Raises
    ------
    LandingError
        If URL or options cannot be understood.
    """

    def __init__(self, url: str, options: str = "", pauses: tuple[float, ...] = PAUSES) -> None:
        self._storage = Storage(read_address(url, options), pauses)
        self._listed: dict[str, list[Entry]] = {}

    @property
    def is_local(self) -> bool:
        """Whether the files can be read in place."""
        return self._storage.address.is_local

    def organization_folders(self) -> list[str]:
        """Names of the folders directly below the landing, sorted.

        Raises
        ------
        LandingError
            If the landing does not exist or cannot be reached.
        """
        return sorted(entry.name for entry in self._entries("") if entry.kind is Kind.FOLDER)

    def find(
        self, organization: Organization, export: str, first_day: date, last_day: date
    ) -> list[ExportFile]:
        """List the export's files of these days (both included), by day and path.

        Links, names with control characters, and names that tell no day where the pattern wants
        one are left out with a warning.

        Raises
        ------
        LandingError
            If the landing does not exist or cannot be reached.
        """
        own = organization.organization_id
        parts = (own, *PurePosixPath(organization.exports[export].files).parts)
        return sorted(
            ExportFile(own, export, day, path, entry.size, entry.version)
            for path, day, entry in self._walk("", parts, (first_day, last_day))
        )

    def _walk(
        self,
        folder: str,
        parts: tuple[str, ...],
        days: tuple[date, date],
        day: date | None = None,
    ) -> Iterator[tuple[str, date, Entry]]:
        """Yield the files below a folder whose names match the parts, one part a level."""
        part, *rest = parts
        pattern = matcher(part, is_file=not rest)
        for entry in self._entries(folder):
            match = pattern.fullmatch(entry.name)
            path = f"{folder}/{entry.name}".lstrip("/")
            own_day = day_of(match["date"]) if match and "{date}" in part else day
            if "{date}" in part and own_day is None:
                if is_nearly_dated(entry.name, part, is_file=not rest):
                    self._warn(path, "its name tells no day as {date} wants it, such as 2024-11-05")
                continue
            if match is None:
                continue
            if "{date}" in part and own_day and not days[0] <= own_day <= days[1]:
                continue
            if fault := fault_of(entry, part, is_file=not rest):
                self._warn(path, fault)
            elif rest and entry.kind is Kind.FOLDER:
                yield from self._walk(path, tuple(rest), days, own_day)
            elif not rest and own_day and entry.kind is Kind.FILE:
                yield path, own_day, entry

    def _warn(self, path: str, fault: str) -> None:
        logger.warning("%r in the landing is not read: %s.", path, fault)

    def _entries(self, folder: str) -> list[Entry]:
        if folder not in self._listed:
            try:
                self._listed[folder] = self._storage.entries(folder)
            except FileNotFoundError:
                if not folder:
                    name = self._storage.address.name
                    raise LandingError(
                        f"The landing {name!r} does not exist: create it or set LANDING_URL."
                    ) from None
                self._listed[folder] = []
        return self._listed[folder]

    def describe(
        self, organization_id: str, export: str, export_date: date, path: str
    ) -> ExportFile:
        """Return a file by its path, whatever mappings say of it.

        Raises
        ------
        FileNotFoundError
            If the landing has no such file, or only a link of this name.
        LandingError
            If the landing cannot be reached.
        """
        entry = self._storage.entry(path)
        if entry is None or entry.kind is not Kind.FILE:
            raise FileNotFoundError(path)
        return ExportFile(organization_id, export, export_date, path, entry.size, entry.version)

    def is_unchanged(self, file: ExportFile) -> bool:
        """Whether the file is still the one that ``find`` saw.

        Raises
        ------
        LandingError
            If the landing cannot be reached.
        """
        entry = self._storage.entry(file.path)
        return (
            entry is not None
            and entry.kind is Kind.FILE
            and (entry.size, entry.version) == (file.size, file.version)
        )

    def open(self, file: ExportFile) -> IO[bytes]:
        """Open the file's bytes for reading; from elsewhere they are first copied here whole.

        Raises
        ------
        FileNotFoundError
            If it has left the landing.
        FileUnavailable
            If it cannot be had now, or only a part of it.
        LandingError
            If the landing cannot be reached.
        """
        if self.is_local:
            return _opened(Path(self.location(file)), file)
        with NamedTemporaryFile(prefix="landed-") as copy:
            self._storage.download(file.path, Path(copy.name))
            size = Path(copy.name).stat().st_size
            if size < file.size and self.is_unchanged(file):
                raise FileUnavailable(
                    f"{file.path} came here incomplete, {size} of {file.size} bytes: the next run "
                    "takes it."
                )
            return _opened(Path(copy.name), file)

    def location(self, file: ExportFile) -> str:
        """Return the file's full path in the storage; on this machine where ``is_local``."""
        return self._storage.location(file.path)


def _opened(path: Path, file: ExportFile) -> IO[bytes]:
    try:
        return path.open("rb")
    except PermissionError:
        raise FileUnavailable(
            f"{file.path} may not be read: give the pipeline the permission; the next run tries "
            "again."
        ) from None


def unclaimed_folders(landing: Landing, organizations: Iterable[Organization]) -> Iterator[str]:
    """Yield the landing's folders that no organization file speaks of: nothing of them is read."""
    known = {organization.organization_id for organization in organizations}
    yield from (folder for folder in landing.organization_folders() if folder not in known)
