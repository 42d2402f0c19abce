"""The landing zone: which files have arrived for an organization, an export and a range of days."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import IO, cast
from urllib.parse import urlsplit, urlunsplit

from fsspec.core import url_to_fs

from orchestration.exports.organizations import Organization

_DATE = r"(?P<date>\d{4}-\d{2}-\d{2}|\d{8})"


class LandingError(ValueError):
    """The landing zone cannot be read; the message says what to set."""


@dataclass(frozen=True, order=True)
class ExportFile:
    """A file in the landing zone.

    Attributes
    ----------
    path : relative to the landing, begins with the organization's folder
    size : bytes
    modified : the storage's own mark of the version (modification time or ETag), as text
    """

    organization_id: str
    export: str
    export_date: date
    path: str
    size: int
    modified: str


def safe_url(url: str) -> str:
    """Return a URL for people and logs, without the credentials that it may hold."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=""))


class Landing:
    """A folder, or any fsspec URL such as ``s3://exports``, with one folder per organization."""

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._filesystem, root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise LandingError(
                f"The landing {safe_url(url)!r} cannot be opened: {type(error).__name__}; "
                "LANDING_URL is a folder or a URL such as s3://exports."
            ) from None  # the cause may quote the URL
        self._root = root.rstrip("/")

    @property
    def is_local(self) -> bool:
        """Whether the files can be read in place."""
        return "file" in _protocols(self._filesystem.protocol)

    def organization_folders(self) -> list[str]:
        """Names of the folders directly below the landing, sorted.

        Raises
        ------
        LandingError
            If the landing does not exist.
        """
        try:
            entries = self._filesystem.ls(self._root, detail=True)
        except FileNotFoundError as error:
            raise LandingError(
                f"The landing {safe_url(self.url)!r} does not exist: create it or set LANDING_URL."
            ) from error
        return sorted(PurePosixPath(e["name"]).name for e in entries if e["type"] == "directory")

    def find(
        self, organization: Organization, export: str, first_day: date, last_day: date
    ) -> list[ExportFile]:
        """List the export's files of these days (both included), by day and path."""
        pattern = organization.exports[export].files
        folder = f"{organization.organization_id}/{_static_folder(pattern)}".rstrip("/")
        depth = len(PurePosixPath(pattern).parts) - len(
            PurePosixPath(_static_folder(pattern)).parts
        )
        try:
            entries = self._filesystem.find(f"{self._root}/{folder}", maxdepth=depth, detail=True)
        except FileNotFoundError:
            return []
        matcher = _matcher(f"{organization.organization_id}/{pattern}")
        found = []
        for name, entry in entries.items():
            path = name.removeprefix(self._root).lstrip("/")
            match = matcher.fullmatch(path)
            day = _day(match["date"]) if match else None
            if day is not None and first_day <= day <= last_day:
                found.append(
                    ExportFile(
                        organization.organization_id,
                        export,
                        day,
                        path,
                        entry["size"],
                        _version(entry),
                    )
                )
        return sorted(found)

    def is_unchanged(self, file: ExportFile) -> bool:
        """Whether the file is still the one that ``find`` saw."""
        self._filesystem.invalidate_cache()
        try:
            entry = self._filesystem.info(self.location(file))
        except FileNotFoundError:
            return False
        return (entry["size"], _version(entry)) == (file.size, file.modified)

    def open(self, file: ExportFile) -> IO[bytes]:
        """Open the file's bytes for reading."""
        return cast(IO[bytes], self._filesystem.open(self.location(file), "rb"))

    def location(self, file: ExportFile) -> str:
        """Return the file's full path in the storage; on this machine where ``is_local``."""
        return f"{self._root}/{file.path}"


def unclaimed_folders(landing: Landing, organizations: Iterable[Organization]) -> Iterator[str]:
    """Yield the landing's folders that no organization file speaks of: nothing of them is read."""
    known = {organization.organization_id for organization in organizations}
    yield from (folder for folder in landing.organization_folders() if folder not in known)


def _static_folder(pattern: str) -> str:
    """Return the leading folders of a pattern that hold neither a date nor a wildcard."""
    static = []
    for part in PurePosixPath(pattern).parts[:-1]:
        if "{date}" in part or "*" in part:
            break
        static.append(part)
    return "/".join(static)


def _matcher(pattern: str) -> re.Pattern[str]:
    """Compile a pattern: ``*`` stays inside its folder, a trailing ``.gz`` is always welcome."""
    regex = re.escape(pattern).replace(re.escape("{date}"), _DATE).replace(r"\*", "[^/]*")
    return re.compile(regex + r"(\.gz)?")


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text.replace("-", ""), "%Y%m%d").date()
    except ValueError:
        return None


def _version(entry: dict[str, object]) -> str:
    return str(
        entry.get("ETag") or entry.get("mtime") or entry.get("LastModified") or entry.get("created")
    )


def _protocols(protocol: str | tuple[str, ...]) -> tuple[str, ...]:
    return (protocol,) if isinstance(protocol, str) else protocol
