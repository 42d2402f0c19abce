"""Take a landed file's bytes as UTF-8 text, chunk by chunk, within what this machine can hold."""

import codecs
import errno
import gzip
import hashlib
import shutil
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from orchestration.exports.landing.json_documents import holds_lines, write_records
from orchestration.exports.landing.survey import BLANK, Survey, ends_lines_by_returns
from orchestration.exports.read_options import WHITESPACE, ReadOptions
from orchestration.exports.refusals import FileRefused

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one file may take of this machine.

    Attributes
    ----------
    record_bytes : of one line, or of one JSON record
    spare_disk_bytes : to be left free on the disk that files are copied to
    """

    record_bytes: int = 16 << 20
    spare_disk_bytes: int = 1 << 28


@dataclass(frozen=True)
class Text:
    """A file's text on this machine.

    Attributes
    ----------
    path : the text to parse
    quoted_path : the text to quote lines from, as the source wrote it
    """

    path: Path
    quoted_path: Path
    survey: Survey


class HashedStream:
    """A readable stream that hashes what is read from it."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile) -> None:
        self._stream = stream
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read up to ``size`` bytes."""
        chunk = self._stream.read(size)
        self.sha256.update(chunk)
        return chunk

    def chunks(self) -> Iterator[bytes]:
        """Read all that is left."""
        while chunk := self.read(_CHUNK):
            yield chunk


def take(
    content: HashedStream, landed: Path | None, copy: Path, read: ReadOptions, limits: Limits
) -> Text:
    """Survey a file's content, and copy it as UTF-8 text where it cannot be parsed as it landed.

    Parameters
    ----------
    landed : where the content can be parsed in place
    copy : path for copies, to which endings are added

    Raises
    ------
    FileRefused
        If it is damaged, in another encoding, no JSON, or too large.
    """
    chunks = _within(_as_utf8(content, read.encoding), read.max_gigabytes)
    head = next(chunks, b"")
    chunks = chain([head], chunks)
    is_document = read.format == "json" and not holds_lines(head.decode(errors="replace"))
    if not read.is_json and ends_lines_by_returns(head):
        chunks, landed = (chunk.replace(b"\r", b"\n") for chunk in chunks), None
    max_line = None if is_document else limits.record_bytes
    with _enough_room(copy):
        path = landed or copy.with_name(f"{copy.name}.utf8")
        survey = Survey(_blank(read))
        _take_in(survey, chunks, None if landed else path, max_line, limits)
        if is_document:
            records = copy.with_name(f"{copy.name}.records")
            write_records(path, records, read.records, limits.record_bytes)
            with records.open("rb") as written:
                survey = Survey()
                _take_in(survey, HashedStream(written).chunks(), None, None, limits)
            return Text(records, records, survey)
        if read.delimiter == WHITESPACE:
            tabs = copy.with_name(f"{copy.name}.tabs")
            _separate_by_tabs(path, tabs)
            return Text(tabs, path, survey)
    return Text(path, path, survey)


def rewrite(chunks: Iterable[bytes], path: Path, read: ReadOptions, limits: Limits) -> Survey:
    """Write a file's text anew, as chunks, and survey it.

    Raises
    ------
    FileRefused
        If it becomes too large.
    """
    survey = Survey(_blank(read))
    with _enough_room(path):
        _take_in(survey, _within(chunks, read.max_gigabytes), path, limits.record_bytes, limits)
    return survey


def _blank(read: ReadOptions) -> bytes:
    """Return the bytes of lines that hold no record, not even one of empty values."""
    return BLANK if read.delimiter == WHITESPACE else BLANK.replace(read.delimiter.encode(), b"")


def _take_in(
    survey: Survey,
    chunks: Iterable[bytes],
    copy: Path | None,
    max_line: int | None,
    limits: Limits,
) -> None:
    with copy.open("wb") if copy else nullcontext() as target:
        for chunk in chunks:
            survey.add(chunk)
            if max_line and survey.longest_line > max_line:
                raise FileRefused(
                    f"has a line of more than {max_line:,} bytes, which no export has: "
                    "deliver it again with line breaks between its records"
                )
            if target and copy:
                _leave_spare(copy.parent, limits)
                target.write(chunk)


def _as_utf8(content: HashedStream, encoding: str) -> Iterator[bytes]:
    """Decompress and decode; undecodable bytes stay, so that only their rows are refused."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="surrogateescape")
    try:
        for chunk in content.chunks():
            if encoding == "utf-8":
                yield chunk
            else:
                yield decoder.decode(chunk).encode(errors="surrogateescape")
        yield decoder.decode(b"", final=True).encode(errors="surrogateescape")
    except UnicodeError as error:
        raise FileRefused(
            f"is not {encoding} text ({error}): correct read.encoding in the organization's file"
        ) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FileRefused(
            f"cannot be decompressed ({error}): it is damaged or incomplete, deliver it again"
        ) from error


def _within(chunks: Iterable[bytes], max_gigabytes: float) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > max_gigabytes * 10**9:
            raise FileRefused(
                f"holds more than {max_gigabytes:g} GB: if that is right, raise read.max_gigabytes "
                "in the organization's file"
            )
        yield chunk


def _leave_spare(folder: Path, limits: Limits) -> None:
    if shutil.disk_usage(folder).free < limits.spare_disk_bytes:
        raise _disk_is_full(folder)


@contextmanager
def _enough_room(copy: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise _disk_is_full(copy.parent) from error


def _disk_is_full(folder: Path) -> FileRefused:
    return FileRefused(
        f"needs more room than the disk of {folder.parent} has: free some, or name another folder "
        "with TMPDIR"
    )


def _separate_by_tabs(path: Path, tabs: Path) -> None:
    with path.open("rb") as source, tabs.open("wb") as target:
        target.writelines(b"\t".join(line.split()) + b"\n" for line in source)
