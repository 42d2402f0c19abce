"""The names of a delimited file's columns, and the dialect that it is written in."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from orchestration.exports.fetching import FileRefused, LocalFile
from orchestration.exports.organizations import WHITESPACE, ReadOptions

LINE, LAST_LINE, PART = "_line", "_last_line", "_part"
_RESERVED_PREFIXES = (LINE, LAST_LINE, PART, "_keep", "_canonical_", "_filled_", "_verdict")


@dataclass(frozen=True)
class Header:
    """A file's columns.

    Attributes
    ----------
    names : unique whatever the case of their letters
    lines : physical lines before the first record
    """

    names: tuple[str, ...]
    lines: int


def read_header(local: LocalFile, read: ReadOptions) -> Header:
    """Read the names of the columns; a file without any content has none.

    Raises
    ------
    FileRefused
        If the header cannot be split into columns.
    """
    with open_text(local.path) as lines:
        for _ in range(read.skip_preamble):
            next(lines, "")
        reader = csv.reader(lines, **dialect(read))
        try:
            first = next(reader, [])
        except csv.Error as error:
            raise FileRefused(
                f"has a header that cannot be read ({error}): deliver it again"
            ) from error
    if not all(map(is_text, first)):
        raise FileRefused(
            f"has a header that is not {read.encoding} text: correct read.encoding in the "
            "organization's file, or deliver it again"
        )
    if not read.header:
        return Header(tuple(f"column_{i}" for i, _ in enumerate(first, 1)), read.skip_preamble)
    return Header(_unique(first), read.skip_preamble + reader.line_num)


def open_text(path: Path, errors: str = "surrogateescape") -> TextIO:
    """Open UTF-8 text to be read by physical lines; other bytes survive by ``errors``."""
    return path.open(encoding="utf-8-sig", errors=errors, newline="\n")


def is_text(text: str) -> bool:
    """Whether every byte was text: no NUL, and nothing that decoding could not make sense of."""
    return "\0" not in text and not any("\udc80" <= character <= "\udcff" for character in text)


def dialect(read: ReadOptions) -> dict[str, Any]:
    """Return the format parameters for Python's csv reader."""
    if read.delimiter == WHITESPACE:
        return {"delimiter": "\t", "quoting": csv.QUOTE_NONE, "strict": True}
    return {"delimiter": read.delimiter, "strict": True}


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    """Name empty columns by position, repeated ones name_2; SQL does not tell cases apart."""
    unique: list[str] = []
    seen: set[str] = set()
    for position, raw in enumerate(names, 1):
        base = raw.strip("\ufeff \t\r\n\u00a0") or f"column_{position}"
        if base.lower().startswith(_RESERVED_PREFIXES):
            base = f"column{base}"
        name, count = base, 1
        while name.lower() in seen:
            count += 1
            name = f"{base}_{count}"
        seen.add(name.lower())
        unique.append(name)
    return tuple(unique)
