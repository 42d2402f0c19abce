"""The landing zone: which files have arrived for an organization, an export and a range of days."""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import IO

from orchestration.exports.landing.storage import PAUSES, Entry, Kind, Storage
from orchestration.exports.landing.url import LandingError, read_address
from orchestration.exports.organizations import Organization
from orchestration.exports.refusals import FileUnavailable

_DATE = r"(?P<date>\d{4}(?P<mark>[-_.]?)\d{2}(?P=mark)\d{2})"
# What somebody may have meant for a date.
_NEARLY_A_DATE = r"[\d._() T-]*\d[\d._() T-]*"
# Control characters, line and paragraph separators, changes of the writing direction, broken bytes:
# a name with these could forge lines of a log.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

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
        matcher = _matcher(part, is_file=not rest)
        for entry in self._entries(folder):
            match = matcher.fullmatch(entry.name)
            path = f"{folder}/{entry.name}".lstrip("/")
            own_day = _day(match["date"]) if match and "{date}" in part else day
            if "{date}" in part and own_day is None:
                if _is_nearly_dated(entry.name, part, is_file=not rest):
                    self._warn(path, "its name tells no day as {date} wants it, such as 2024-11-05")
                continue
            if match is None:
                continue
            if "{date}" in part and own_day and not days[0] <= own_day <= days[1]:
                continue
            if fault := _fault(entry, part, is_file=not rest):
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


def day_in_path(pattern: str, path: str) -> date | None:
    """Return the day that a path tells where its end matches a mapping's pattern."""
    parts = PurePosixPath(pattern).parts
    names = PurePosixPath(path).parts[-len(parts) :]
    if len(names) < len(parts):
        return None
    day = None
    for index, (part, name) in enumerate(zip(parts, names, strict=True)):
        match = _matcher(part, is_file=index == len(parts) - 1).fullmatch(name)
        if match is None:
            return None
        day = _day(match["date"]) if "{date}" in part else day
    return day


def day_in_name(name: str) -> date | None:
    """Return the one day that a file's name tells, whatever stands around it."""
    found = [_day(match["date"]) for match in re.finditer(rf"(?<!\d){_DATE}(?!\d)", name)]
    return found[0] if len(found) == 1 else None


def _is_nearly_dated(name: str, part: str, *, is_file: bool) -> bool:
    return _matcher(part, is_file=is_file, day=_NEARLY_A_DATE).fullmatch(name) is not None


def _matcher(part: str, *, is_file: bool, day: str = _DATE) -> re.Pattern[str]:
    """Compile one part of a pattern; a trailing ``.gz`` of a file is always welcome."""
    regex = re.escape(part).replace(re.escape("{date}"), day).replace(r"\*", "[^/]*")
    return re.compile(regex + (r"(\.gz)?" if is_file else ""), re.IGNORECASE)


def _fault(entry: Entry, part: str, *, is_file: bool) -> str:
    """Say why a name that matches, cases apart, is not followed; empty if nothing is wrong."""
    if entry.kind is Kind.OTHER:
        return "it is a link or no regular file"
    if _CONTROL.search(entry.name) or entry.name in (".", ".."):
        return "its name holds control characters, or is none"
    exact = re.compile(_matcher(part, is_file=is_file).pattern)
    if not exact.fullmatch(entry.name):
        return f"the mapping says {part!r}, and upper and lower case matter"
    return ""


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(re.sub(r"\D", "", text), "%Y%m%d").date()
    except ValueError:
        return None
