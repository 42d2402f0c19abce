"""The storage behind a landing's URL: asked again where a connection breaks, and never quoted.

What a storage says when it fails may hold credentials, so that messages tell the kind of failure in
our own words, and no exception has another one as its cause.
"""

import json
import os
import posixpath
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from fsspec.core import split_protocol, url_to_fs
from fsspec.registry import get_filesystem_class

Answer = TypeVar("Answer")

# Package and extra that a protocol needs. fsspec would fall back to others for SFTP, which trust
# any host.
_PACKAGES = {
    "s3": ("s3fs", "s3"),
    "s3a": ("s3fs", "s3"),
    "sftp": ("sshfs", "sftp"),
    "ssh": ("sshfs", "sftp"),
}
_SSH: dict[str, Any] = {
    # Known hosts as OpenSSH keeps them, where sshfs would take any; a dead server is noticed.
    "known_hosts": (),
    "connect_timeout": 15,
    "login_timeout": 30,
    "keepalive_interval": 15,
}
_S3: dict[str, Any] = {
    "config_kwargs": {"retries": {"mode": "standard", "max_attempts": 2}},
}
_DEFAULTS = {"s3": _S3, "s3a": _S3, "sftp": _SSH, "ssh": _SSH}
_REFUSALS = ("NoCredentialsError", "PartialCredentialsError", "SFTPPermissionDenied")
_PAUSES = (0.5, 2.0)


class LandingError(ValueError):
    """The landing zone cannot be read; the message says what to set."""


class FileUnavailable(Exception):  # noqa: N818 - an outcome, not a fault
    """A file cannot be had now, though its landing answers: the next run takes it."""


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


def safe_url(url: str) -> str:
    """Return a URL for people and logs, without the credentials that it may hold."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host, query="", fragment=""))


class Storage:
    """A folder on this machine, or whatever fsspec opens.

    Parameters
    ----------
    options
        JSON object of what fsspec's file system of this protocol takes, such as ``endpoint_url``.
    pauses
        Seconds before each repetition of a question that found no answer.

    Raises
    ------
    LandingError
        If the URL or the options cannot be understood, or a package is missing.
    """

    def __init__(self, url: str, options: str = "", pauses: tuple[float, ...] = _PAUSES) -> None:
        self._url, self._pauses = url, pauses
        try:
            self.name = safe_url(url)
            protocol, _ = split_protocol(url)
        except ValueError:
            raise LandingError(
                "LANDING_URL is not a URL: give a folder, or a URL such as s3://exports."
            ) from None
        self._protocol = protocol or "file"
        if "::" in url:
            raise LandingError("LANDING_URL must name one storage, without '::'.")
        self._require_package()
        self.is_local = self._protocol in ("file", "local")
        # Options are those of the landing that is set, which a run may exchange for a folder.
        given = {} if self.is_local else _parsed(options)
        self._options = _DEFAULTS.get(self._protocol, {}) | given
        self._connection: tuple[Any, str] | None = None

    def _require_package(self) -> None:
        package, extra = _PACKAGES.get(self._protocol, ("", ""))
        try:
            if package:
                import_module(package)
            get_filesystem_class(self._protocol)
        except ImportError as error:
            remedy = (
                f"pip install 'customer-intelligence[{extra}]' or {package}"
                if package
                else str(error)
            )
            raise LandingError(
                f"The landing {self.name!r} needs a package that is not installed: {remedy}."
            ) from None
        except ValueError:
            raise LandingError(
                f"The landing {self.name!r} cannot be opened: {self._protocol!r} is no known "
                "protocol; LANDING_URL is a folder or a URL such as s3://exports."
            ) from None

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
            try:
                if self._connection is None:
                    self._connection = url_to_fs(
                        self._url, skip_instance_cache=True, **self._options
                    )
                return question(*self._connection)
            except FileNotFoundError:
                # A file that leaves while its folder is listed makes the listing fail.
                if pause is None:
                    raise FileNotFoundError(about) from None
            except Exception as error:
                self._connection = None
                if pause is None or _is_final(error):
                    raise LandingError(self._sentence(error, about)) from None
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _sentence(self, error: Exception, about: str) -> str:
        """Say what is wrong, by the kind of the error alone: its text may quote credentials."""
        said = type(error).__name__
        if isinstance(error, OSError) and error.errno:
            said = os.strerror(error.errno)
        of = f"{about!r} in the landing {self.name!r}" if about else f"The landing {self.name!r}"
        if said == "HostKeyNotVerifiable":
            return (
                f"{of} cannot be opened: the key of its host is not known; verify it and add it to "
                "~/.ssh/known_hosts, or name a file that holds it as known_hosts in "
                "LANDING_OPTIONS."
            )
        if isinstance(error, PermissionError) or said in _REFUSALS:
            return (
                f"{of} refuses access ({said}): check the credentials, and that they may list and "
                "read it."
            )
        if isinstance(error, TypeError):
            return (
                f"{of} cannot be opened ({said}): check LANDING_URL, and that LANDING_OPTIONS "
                f"holds what fsspec's {self._protocol} takes."
            )
        return f"{of} does not answer ({said}): check LANDING_URL, the network and the server."


def _is_final(error: Exception) -> bool:
    """Whether asking again is of no use."""
    final = (*_REFUSALS, "HostKeyNotVerifiable")
    return isinstance(error, PermissionError | TypeError) or type(error).__name__ in final


def _parsed(options: str) -> dict[str, Any]:
    try:
        parsed = json.loads(options or "{}")
    except json.JSONDecodeError:
        parsed = None
    if not isinstance(parsed, dict):
        raise LandingError(
            'LANDING_OPTIONS is not a JSON object, such as {"endpoint_url": "https://..."}.'
        )
    return parsed


def _entry(info: dict[str, Any]) -> Entry:
    kinds = {"file": Kind.FILE, "directory": Kind.FOLDER}
    kind = Kind.OTHER if info.get("islink") else kinds.get(info["type"], Kind.OTHER)
    marks = (info.get(name) for name in ("ETag", "mtime", "LastModified", "created"))
    return Entry(
        name=info["name"].rstrip("/").rpartition("/")[2],
        kind=kind,
        size=info.get("size") or 0,
        version=str(next(filter(None, marks), "")),
    )
