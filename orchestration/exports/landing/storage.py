"""The storage behind a landing's URL: asked again where a connection breaks, and never quoted.

What a storage says when it fails may hold credentials, so that messages tell the kind of failure in
our own words, and no exception has another one as its cause.
"""

import logging
import os
import posixpath
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from fsspec.core import url_to_fs

from orchestration.exports.landing.url import Address, LandingError
from orchestration.exports.refusals import FileUnavailable

Answer = TypeVar("Answer")

_UNKNOWN_HOST = "HostKeyNotVerifiable"
_REFUSALS = (
    "NoCredentialsError",
    "PartialCredentialsError",
    "SFTPPermissionDenied",
    _UNKNOWN_HOST,
)
# What storages call their marks of a file's version, the surest first.
_MARKS = (
    "ETag",
    "etag",
    "mtime",
    "LastModified",
    "last_modified",
    "modified",
    "updated",
    "created",
)
PAUSES = (0.5, 2.0)

logger = logging.getLogger(__name__)


class Kind(StrEnum):
    """What a name in a folder stands for; links are never followed."""

    FILE = "file"
    FOLDER = "folder"
    OTHER = "other"


@dataclass(frozen=True)
class Entry:
    """What a storage says of a file or folder.

    Attributes
    ----------
    size : bytes
    version : the storage's own mark of the version (ETag or modification time), as text
    """

    name: str
    kind: Kind
    size: int
    version: str


class Storage:
    """A folder on this machine, or whatever fsspec opens.

    Parameters
    ----------
    pauses
        Seconds before each repetition of a question that found no answer; of no meaning where the
        file system itself asks again.
    """

    def __init__(self, address: Address, pauses: tuple[float, ...] = PAUSES) -> None:
        self.address = address
        self._pauses = () if address.is_patient else pauses
        self._connection: tuple[Any, str] | None = None

    def location(self, path: str) -> str:
        """Return the full path of a file or folder in the storage.

        Raises
        ------
        LandingError
            If the storage cannot be reached.
        """
        return self._ask(lambda _, root: posixpath.join(root, path))

    def entries(self, folder: str) -> list[Entry]:
        """List a folder, by one request where the storage allows it.

        Raises
        ------
        FileNotFoundError
            If there is no such folder.
        LandingError
            If the storage cannot be reached or refuses.
        """

        def listed(filesystem: Any, root: str) -> list[Entry]:
            location = posixpath.join(root, folder).rstrip("/")
            infos = filesystem.ls(location or root, detail=True)
            if [info["name"] for info in infos if info["type"] == "file"] == [location]:
                raise FileNotFoundError(location)
            # An object store may list the folder itself, as an empty object.
            return [_entry(info) for info in infos if info["name"].rstrip("/") != location]

        return self._ask(listed, folder)

    def entry(self, path: str) -> Entry | None:
        """Return what the storage says now of a file, or nothing where there is none.

        Raises
        ------
        LandingError
            If the storage cannot be reached or refuses.
        """

        def asked(filesystem: Any, root: str) -> Entry:
            filesystem.invalidate_cache()
            return _entry(filesystem.info(posixpath.join(root, path)))

        try:
            return self._ask(asked, path)
        except FileNotFoundError:
            return None

    def download(self, path: str, target: Path) -> None:
        """Copy a file to this machine.

        Raises
        ------
        FileNotFoundError
            If there is no such file any more.
        FileUnavailable
            If the file cannot be copied, though the storage answers.
        LandingError
            If the storage does not answer at all.
        """
        try:
            self._ask(lambda fs, root: fs.get_file(posixpath.join(root, path), str(target)), path)
        except LandingError as error:
            self.entries("")
            raise FileUnavailable(f"{error} The next run takes it.") from None

    def _ask(self, question: Callable[[Any, str], Answer], about: str = "") -> Answer:
        """Put a question to the storage, over a new connection where it breaks."""
        for pause in (*self._pauses, None):
            is_opening = self._connection is None
            try:
                if self._connection is None:
                    self._connection = self._connect()
                    is_opening = False
                return question(*self._connection)
            except FileNotFoundError:
                # A file that leaves while its folder is listed makes the listing fail.
                if pause is None:
                    raise FileNotFoundError(about) from None
            except Exception as error:
                self._connection = None
                is_misconfigured = is_opening and isinstance(error, TypeError | ValueError)
                if pause is None or is_misconfigured or _is_refusal(error):
                    raise LandingError(self._sentence(error, about, is_misconfigured)) from None
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _connect(self) -> tuple[Any, str]:
        filesystem, root = url_to_fs(
            self.address.url, skip_instance_cache=True, **self.address.options
        )
        if loop := getattr(filesystem, "loop", None):
            # The other requests of a broken connection would each print a stack trace.
            loop.set_exception_handler(lambda _, context: logger.debug("%s", context["message"]))
        return filesystem, root

    def _sentence(self, error: Exception, about: str, is_misconfigured: bool) -> str:
        """Say what is wrong, by the kind of the error alone: its text may quote credentials."""
        said = type(error).__name__
        if isinstance(error, OSError) and error.errno:
            said = os.strerror(error.errno)
        name = self.address.name
        landing = f"The landing {name!r}"
        if said == _UNKNOWN_HOST:
            return (
                f"{landing} cannot be opened: the key of its host is not known; verify it and add "
                "it to ~/.ssh/known_hosts, or name a file that holds it as known_hosts in "
                "LANDING_OPTIONS."
            )
        if is_misconfigured:
            return (
                f"{landing} cannot be opened ({said}): check LANDING_URL, and that LANDING_OPTIONS "
                f"holds what fsspec's {self.address.protocol} takes."
            )
        of = f"{about!r} in the landing {name!r}" if about else landing
        if _is_refusal(error):
            return (
                f"{of} refuses access ({said}): check the credentials, and that they may list and "
                "read it."
            )
        if about:
            return f"{of} cannot be read ({said}): check the network and the server."
        return f"{of} does not answer ({said}): check LANDING_URL, the network and the server."


def _is_refusal(error: Exception) -> bool:
    """Whether asking again is of no use."""
    return isinstance(error, PermissionError) or type(error).__name__ in _REFUSALS


def _entry(info: dict[str, Any]) -> Entry:
    kinds = {"file": Kind.FILE, "directory": Kind.FOLDER}
    kind = Kind.OTHER if info.get("islink") else kinds.get(info["type"], Kind.OTHER)
    marks = (info.get(name) for name in _MARKS)
    return Entry(
        name=info["name"].rstrip("/").rpartition("/")[2],
        kind=kind,
        size=info.get("size") or 0,
        version=_as_text(next(filter(None, marks), "")),
    )


def _as_text(mark: object) -> str:
    """Write a mark down; some storages give the same time as a number or as a datetime."""
    return str(datetime.fromtimestamp(mark, UTC) if isinstance(mark, float | int) else mark)
