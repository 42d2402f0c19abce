"""Parts of a file, as text, that are small enough to be looked at closely."""

import codecs
import gzip
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

WHOLE = 8 << 20
_HEAD = 3 << 20
_STRETCHES = 24
_STRETCH = 128 << 10
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_NO_TABLES = {
    b"PK\x03\x04": "is a workbook or an archive: export the sheet as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook: export the sheet as CSV",
    b"%PDF": "is a PDF: ask the source system for CSV",
    b"PAR1": "is a Parquet file: export it as CSV",
    b"<!doctype": "is a web page: the download may have failed, or wants a login",
    b"<html": "is a web page: the download may have failed, or wants a login",
    b"<?xml": "is XML: ask the source system for CSV or JSON",
}
_EIGHT_BIT = ["cp1252", "cp1250", "cp1251", "cp1253", "cp850", "mac_roman"]
_USUAL_LETTERS = "äöüÄÖÜßéèêëàâçñáíóúãõôîïûùìòåøæÅØÆÉÈÀÇÑÁÍÓÚ€£°\u00b4\u2013\u2019\u201c\u201d"
_EAST_ASIAN = ["shift_jis", "gb18030", "big5", "euc_kr", "euc_jp"]


class ProposalError(ValueError):
    """No mapping can be proposed for a file; the message says why and what to do."""


@dataclass(frozen=True)
class Sample:
    """What is looked at of a file.

    Attributes
    ----------
    head : the file's beginning; all of it where it is small
    stretches : whole lines from places spread over the rest, the last of them ending the file
    encoding : as ``read.encoding`` wants it
    doubt : what speaks against the encoding, else empty
    """

    head: str
    stretches: tuple[str, ...]
    encoding: str
    doubt: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the file is left out."""
        return not self.stretches


def take_sample(path: Path, whole: int = WHOLE) -> Sample:
    """Read a file whole, or its head and stretches spread over the rest; ``.gz`` is unpacked.

    Raises
    ------
    ProposalError
        If it is empty, damaged, or no text.
    """
    try:
        with _opened(path) as file:
            pieces = _pieces(file, whole)
    except (OSError, EOFError, zlib.error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ProposalError(f"{path.name} cannot be read: {reason}.") from error
    _refuse_what_is_no_text(path, pieces[0])
    encoding, doubt = _encoding(pieces)
    mark_of_the_head = codecs.BOM_UTF16_BE if pieces[0].startswith(codecs.BOM_UTF16_BE) else b""
    head, *rest = (
        _decoded(piece if i == 0 else mark_of_the_head + piece, encoding, i, len(pieces))
        for i, piece in enumerate(pieces)
    )
    if not head.strip():
        raise ProposalError(f"{path.name} is empty: give a file that holds rows.")
    return Sample(head, tuple(rest), encoding, doubt)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    if path.suffix != ".gz":
        with path.open("rb") as plain:
            yield plain
        return
    with gzip.open(path) as packed, tempfile.TemporaryFile() as unpacked:
        shutil.copyfileobj(packed, unpacked, 1 << 20)
        yield unpacked


def _pieces(file: IO[bytes], whole: int) -> list[bytes]:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if size <= whole:
        return [file.read()]
    head = min(_HEAD, whole // 2)
    stretch = min(_STRETCH, whole // 4)
    pieces = [file.read(head)]
    step = (size - stretch - head) // _STRETCHES
    for index in range(1, _STRETCHES + 1):
        # Even places: a character of UTF-16 takes two bytes.
        place = head + index * step if index < _STRETCHES else size - stretch
        file.seek(place - place % 2)
        pieces.append(file.read(stretch + size % 2))
    return pieces


def _refuse_what_is_no_text(path: Path, head: bytes) -> None:
    start = head[:64].lstrip().lower()
    for signature, what in _NO_TABLES.items():
        if head.startswith(signature) or start.startswith(signature.lower()):
            raise ProposalError(f"{path.name} {what}.")
    if b"\0" in head[:4096] and not head.startswith(tuple(_MARKS)) and not _utf16(head):
        raise ProposalError(f"{path.name} is not text: export it as CSV.")


def _encoding(pieces: list[bytes]) -> tuple[str, str]:
    head = pieces[0]
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return encoding, ""
    if without_mark := _utf16(head):
        return without_mark, ""
    if all(_is_utf8(piece, is_last=i == len(pieces) - 1) for i, piece in enumerate(pieces)):
        return "utf-8", ""
    return _eight_bit_encoding(pieces)


def _utf16(head: bytes) -> str:
    start = head[:4096]
    odd, even = start[1::2].count(0), start[::2].count(0)
    most = len(start) // 2 * 0.6
    return "utf-16-le" if odd > most > even else "utf-16-be" if even > most > odd else ""


def _is_utf8(piece: bytes, *, is_last: bool) -> bool:
    start = next((i for i in range(4) if i < len(piece) and piece[i] & 0xC0 != 0x80), 0)  # noqa: PLR2004
    try:
        codecs.getincrementaldecoder("utf-8")().decode(piece[start:], is_last)
    except UnicodeDecodeError:
        return False
    return True


def _eight_bit_encoding(pieces: list[bytes]) -> tuple[str, str]:
    """Guess by the lines that hold more than ASCII, and show the words that the guess makes."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - needed for few files

    lines = [line for piece in pieces for line in piece.splitlines() if not line.isascii()][:2000]
    text = b"\n".join(lines)
    match = from_bytes(text, cp_isolation=[*_EAST_ASIAN, *_EIGHT_BIT]).best()
    encoding = match.encoding if match else "cp1252"
    if encoding in _EIGHT_BIT and _is_western(text):
        encoding = "cp1252"
    shown = text.decode(encoding, errors="replace").split()
    words = list(dict.fromkeys(word.strip('",;') for word in shown if not word.isascii()))[:5]
    return encoding, f"it is a guess: check that these words are right: {', '.join(words)}"


def _is_western(text: bytes) -> bool:
    """Whether cp1252 makes letters of Western Europe of it, by far the commonest case."""
    western = text.decode("cp1252", errors="replace")
    odd = [letter for letter in western if not letter.isascii() and not letter.isspace()]
    usual = sum(letter in _USUAL_LETTERS for letter in odd)
    return usual > 0.9 * len(odd)


def _decoded(piece: bytes, encoding: str, index: int, count: int) -> str:
    text = piece.decode(encoding, errors="replace").removeprefix("\ufeff")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # A piece from the middle begins and ends within a line.
    if index > 0:
        text = text.partition("\n")[2]
    if index < count - 1:
        text = text.rpartition("\n")[0] + "\n"
    return text
