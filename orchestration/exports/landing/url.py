"""The landing's URL: what it names, what it needs, and how it is shown without its credentials."""

import json
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from fsspec.core import split_protocol
from fsspec.registry import get_filesystem_class

# Package and extra that a protocol needs. fsspec itself would take another one for SFTP, which
# trusts any host.
_PACKAGES = {
    "s3": ("s3fs", "s3"),
    "s3a": ("s3fs", "s3"),
    "sftp": ("sshfs", "sftp"),
    "ssh": ("sshfs", "sftp"),
}
_S3: dict[str, Any] = {"config_kwargs": {"retries": {"mode": "standard", "max_attempts": 2}}}
_SSH: dict[str, Any] = {
    # sshfs would take any host; an empty tuple stands for the known hosts of OpenSSH.
    "known_hosts": (),
    "connect_timeout": 15,
    "login_timeout": 30,
    # A server that has died is noticed.
    "keepalive_interval": 15,
}
_DEFAULTS = {"s3": _S3, "s3a": _S3, "sftp": _SSH, "ssh": _SSH}


class LandingError(ValueError):
    """The landing zone cannot be read; the message says what to set."""


@dataclass(frozen=True)
class Address:
    """Where a landing is.

    Attributes
    ----------
    name : the URL without credentials
    options : what fsspec's file system of the protocol takes
    """

    name: str
    protocol: str
    url: str = field(repr=False)
    options: dict[str, Any] = field(repr=False)

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine."""
        return self.protocol in ("file", "local")

    @property
    def is_patient(self) -> bool:
        """Whether fsspec's file system itself repeats what finds no answer, for seconds."""
        return self.protocol in ("s3", "s3a")


def safe_url(url: str) -> str:
    """Return a URL for people and logs, without the credentials that it may hold."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host, query="", fragment=""))


def read_address(url: str, options: str) -> Address:
    """Return where a URL leads, with options given as a JSON object.

    Raises
    ------
    LandingError
        If the URL or the options cannot be understood, or a package is missing.
    """
    try:
        name = safe_url(url)
    except ValueError:
        raise LandingError(
            "LANDING_URL is not a URL: give a folder, or a URL such as s3://exports."
        ) from None
    if "::" in url:
        raise LandingError("LANDING_URL must name one storage, without '::'.")
    protocol = split_protocol(url)[0] or "file"
    _require_package(name, protocol)
    address = Address(name, protocol, url, {})
    if address.is_local:
        # The options are those of the landing that is set, which a run may exchange for a folder.
        return address
    return Address(name, protocol, url, _DEFAULTS.get(protocol, {}) | _parsed(options))


def _require_package(name: str, protocol: str) -> None:
    package, extra = _PACKAGES.get(protocol, ("", ""))
    try:
        if package:
            import_module(package)
        get_filesystem_class(protocol)
    except ImportError as error:
        remedy = f"pip install {package} (the extra {extra!r})" if package else str(error)
        raise LandingError(
            f"The landing {name!r} needs a package that is not installed: {remedy}."
        ) from None
    except ValueError:
        raise LandingError(
            f"The landing {name!r} cannot be opened: {protocol!r} is no known protocol; "
            "LANDING_URL is a folder or a URL such as s3://exports."
        ) from None


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
