"""Bring one landed file here as UTF-8 text, and learn in the same pass what it is made of."""

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from orchestration.exports.landing import ExportFile, Landing
from orchestration.exports.organizations import WHITESPACE, ReadOptions

_CHUNK = 1 << 20
_BLANK = b" \t\r\n"


class FileRefused(ValueError):  # noqa: N818 - an outcome, not a fault
    """A file cannot be loaded at all; the message says why and what to do."""


class FileStillChanging(Exception):  # noqa: N818 - an outcome, not a fault
    """A file was written to while it was read: the next run takes it."""


@dataclass(frozen=True)
class LocalFile:
    """A landed file as UTF-8 text on this machine.

    Attributes
    ----------
    path : the text to parse
    text_path : the text as the source wrote it, with the same line numbers, to quote from
    sha256 : of the landed bytes
    content_sha256 : of the same bytes, decompressed where they can be
    lines : physical lines up to the last one that is not blank
    is_clean : valid UTF-8 without NUL characters and without carriage returns inside lines
    has_odd_blanks : holds tabs or no-break spaces, which trimming must then look for
    damage : why the file cannot be read at all, else empty
    """

    file: ExportFile
    path: Path
    text_path: Path
    sha256: str
    content_sha256: str
    lines: int
    is_clean: bool
    has_odd_blanks: bool
    damage: str = ""


def fetch(landing: Landing, file: ExportFile, read: ReadOptions, spool: Path) -> LocalFile:
    """Read a file once; copy it into ``spool`` only where it cannot be parsed in place.

    Raises
    ------
    FileStillChanging
        If it changed while it was read.
    """
    name = file.path.replace("/", "__")
    in_place = landing.is_local and read.encoding == "utf-8" and not file.path.endswith(".gz")
    text_path = Path(landing.location(file)) if in_place else spool / f"{name}.utf8"
    survey, damage = _Survey(), ""
    try:
        with landing.open(file) as opened:
            stream = content = _HashedStream(opened)
            if file.path.endswith(".gz"):
                content = _HashedStream(gzip.GzipFile(fileobj=cast(IO[bytes], stream)))
            if in_place:
                for chunk in _chunks(stream):
                    survey.add(chunk)
            else:
                damage = _copy_as_utf8(content, text_path, read.encoding, survey)
                for _ in _chunks(stream):  # the hash is of the whole file, damaged or not
                    pass
    except FileNotFoundError as error:
        raise FileStillChanging(file.path) from error
    if not landing.is_unchanged(file):
        raise FileStillChanging(file.path)
    path = text_path
    if read.delimiter == WHITESPACE:
        path = spool / f"{name}.tabs"
        _separate_by_tabs(text_path, path)
    blanks_to_find = survey.has_tabs and read.delimiter not in ("\t", WHITESPACE)
    return LocalFile(
        file=file,
        path=path,
        text_path=text_path,
        sha256=stream.sha256.hexdigest(),
        content_sha256=(stream if damage else content).sha256.hexdigest(),
        lines=survey.lines(),
        is_clean=survey.is_clean(),
        has_odd_blanks=survey.has_no_break_spaces or blanks_to_find,
        damage=damage,
    )


class _Survey:
    """Counts over the bytes of a UTF-8 text, added chunk by chunk."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_utf8 = True
        self._newlines = self._returns = self._paired_returns = 0
        self._newlines_before_tail = 0
        self._ends_in_return = False
        self._has_content = self._has_nul = False
        self.has_tabs = self.has_no_break_spaces = False

    def add(self, chunk: bytes) -> None:
        self._check_encoding(chunk)
        content = chunk.rstrip(_BLANK)
        newlines = chunk.count(b"\n")
        if content:
            self._newlines_before_tail = (
                self._newlines + newlines - chunk.count(b"\n", len(content))
            )
            self._has_content = True
        self._newlines += newlines
        if b"\r" in chunk:
            self._returns += chunk.count(b"\r")
            self._paired_returns += chunk.count(b"\r\n")
        self._paired_returns += self._ends_in_return and chunk.startswith(b"\n")
        self._ends_in_return = chunk.endswith(b"\r")
        self._has_nul = self._has_nul or b"\0" in chunk
        self.has_tabs = self.has_tabs or b"\t" in chunk
        if not chunk.isascii():
            self.has_no_break_spaces = self.has_no_break_spaces or b"\xc2\xa0" in chunk

    def _check_encoding(self, chunk: bytes) -> None:
        if self._is_utf8 and not (chunk.isascii() and not self._decoder.getstate()[0]):
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError:
                self._is_utf8 = False

    def lines(self) -> int:
        return self._newlines_before_tail + self._has_content

    def is_clean(self) -> bool:
        is_whole = not self._decoder.getstate()[0]
        return (
            self._is_utf8
            and is_whole
            and not self._has_nul
            and self._returns == self._paired_returns
        )


class _HashedStream:
    """A readable stream that hashes what is read from it."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile) -> None:
        self._stream = stream
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._stream.read(size)
        self.sha256.update(chunk)
        return chunk


def _chunks(stream: _HashedStream) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _copy_as_utf8(stream: _HashedStream, path: Path, encoding: str, survey: _Survey) -> str:
    """Copy the stream as UTF-8 and return what is wrong with it, if anything."""
    try:
        with path.open("wb") as copy:
            for chunk in _as_utf8(stream, encoding):
                survey.add(chunk)
                copy.write(chunk)
    except UnicodeError as error:
        return f"is not {encoding} text ({error}): correct read.encoding in the organization's file"
    except (OSError, EOFError, zlib.error) as error:
        return f"cannot be decompressed ({error}): it is damaged or incomplete, deliver it again"
    return ""


def _as_utf8(stream: _HashedStream, encoding: str) -> Iterator[bytes]:
    """Decode; undecodable bytes stay, so that only their rows are refused."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="surrogateescape")
    for chunk in _chunks(stream):
        yield decoder.decode(chunk).encode(errors="surrogateescape")
    yield decoder.decode(b"", final=True).encode(errors="surrogateescape")


def _separate_by_tabs(text_path: Path, path: Path) -> None:
    with text_path.open("rb") as source, path.open("wb") as target:
        target.writelines(b"\t".join(line.split()) + b"\n" for line in source)
