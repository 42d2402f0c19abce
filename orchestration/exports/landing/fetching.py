"""Bring one landed file here as UTF-8 text, and learn in the same pass what it is made of."""

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from orchestration.exports.landing.spooling import HashedStream, Limits, Text, take
from orchestration.exports.landing.survey import Survey
from orchestration.exports.landing.zone import ExportFile, Landing
from orchestration.exports.read_options import WHITESPACE, ReadOptions
from orchestration.exports.refusals import FileRefused, FileStillChanging

# DuckDB would look for other files by a path that holds these.
_WILDCARDS = frozenset("*?[")


@dataclass(frozen=True)
class LocalFile:
    """A landed file as UTF-8 text on this machine.

    Attributes
    ----------
    path : the text to parse; the records of a JSON document stand on a line each
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


def fetch(
    landing: Landing, file: ExportFile, read: ReadOptions, spool: Path, limits: Limits | None = None
) -> LocalFile:
    """Read a file once; copy it into ``spool`` only where it cannot be parsed in place.

    Raises
    ------
    FileStillChanging
        If it changed while it was read.
    """
    # A name of its own: the landed one may be too long once it holds its folders.
    copy = spool / hashlib.sha256(file.path.encode()).hexdigest()[:16]
    is_packed = file.path.endswith(".gz")
    landed = None
    if landing.is_local and read.encoding == "utf-8" and not is_packed:
        location = landing.location(file)
        landed = None if _WILDCARDS.intersection(location) else Path(location)
    text, damage = Text(copy, copy, Survey()), ""
    try:
        with landing.open(file) as opened:
            stream = content = HashedStream(opened)
            if is_packed:
                content = HashedStream(gzip.GzipFile(fileobj=cast(IO[bytes], stream)))
            try:
                text = take(content, landed, copy, read, limits or Limits())
            except FileRefused as refused:
                damage = str(refused)
            for _ in stream.chunks():  # the hash is of the whole file, damaged or not
                pass
    except FileNotFoundError as error:
        raise FileStillChanging(file.path) from error
    if not landing.is_unchanged(file):
        raise FileStillChanging(file.path)
    blanks_to_find = text.survey.has_tabs and read.delimiter != WHITESPACE
    return LocalFile(
        file=file,
        path=text.path,
        text_path=text.quoted_path,
        sha256=stream.sha256.hexdigest(),
        content_sha256=(stream if damage else content).sha256.hexdigest(),
        lines=text.survey.lines(),
        is_clean=text.survey.is_clean(),
        has_odd_blanks=read.is_json or text.survey.has_no_break_spaces or blanks_to_find,
        damage=damage,
    )
