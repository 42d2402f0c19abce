"""Writing that a crash cannot leave half done."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

UNFINISHED = ".unfinished-"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for this process alone, and clear away what a crash left unfinished."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for rest in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(rest) if rest.is_dir() else rest.unlink()
        yield


def write_folder(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Make a folder with these files appear at once, in place of any that is there."""
    unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder.parent))
    for name, content in contents.items():
        _write(unfinished / name, content)
    _sync(unfinished)
    unfinished.chmod(0o755)
    if folder.exists():
        shutil.rmtree(folder)
    unfinished.rename(folder)
    _sync(folder.parent)


def write_file(path: Path, content: bytes) -> None:
    """Replace a file at once."""
    unfinished = path.with_name(f"{UNFINISHED}{path.name}")
    _write(unfinished, content)
    unfinished.replace(path)
    _sync(path.parent)


def sha256(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Write a folder's entries to disk: a rename counts only then."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
