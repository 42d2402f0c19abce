"""The names of a file's columns."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from orchestration.exports.landing.fetching import LocalFile
from orchestration.exports.landing.text import is_text, open_text
from orchestration.exports.read_options import ReadOptions
from orchestration.exports.reading.delimited import split
from orchestration.exports.reading.json_lines import names_of
from orchestration.exports.refusals import FileRefused

LINE, LAST_LINE, BREAKS, PART = "_line", "_last_line", "_breaks", "_part"
EXPORT_DATE = "_export_date"
# Of a record that stands for several rows: its line in the delivered file.
SOURCE_LINE = "_source_line"
_RESERVED_PREFIXES = (
    *(LINE, LAST_LINE, BREAKS, PART, EXPORT_DATE),
    *("_keep", "_canonical_", "_filled_", "_verdict"),
)
_LINES_TO_SEARCH = 200
_MAX_COLUMNS = 5_000


@dataclass(frozen=True)
class Header:
    """A file's columns.

    Attributes
    ----------
    names : unique whatever the case of their letters
    lines : physical lines before the first record
    is_one_line : whether the header itself takes no more than one of them
    keys : the same names as JSON records spell them
    """

    names: tuple[str, ...]
    lines: int
    is_one_line: bool = True
    keys: tuple[str, ...] = ()


def read_header(local: LocalFile, read: ReadOptions) -> Header:
    """Read the names of the columns; a file without any content has none.

    Raises
    ------
    FileRefused
        If no header is found, or it cannot be split into columns.
    """
    if read.is_json:
        keys = names_of(local.path)
        return Header(unique_names(keys), 0, keys=keys)
    preamble = _find_header(local, read) if read.header_contains else _pass_preamble(local, read)
    with open_text(local.path) as text:
        lines = islice(text, preamble, None)
        reader = split(lines, read)
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
    if len(first) > _MAX_COLUMNS:
        raise FileRefused(
            f"has {len(first):,} values in its first line: correct read.delimiter in the "
            "organization's file, or deliver it with line breaks between its records"
        )
    if not read.header:
        return Header(tuple(f"column_{i}" for i, _ in enumerate(first, 1)), preamble)
    return Header(unique_names(first), preamble + reader.line_num, is_one_line=reader.line_num <= 1)


def _pass_preamble(local: LocalFile, read: ReadOptions) -> int:
    """Return how many lines stand before the first one after the preamble that is not blank."""
    with open_text(local.path) as text:
        for number, line in enumerate(text):
            if number >= read.skip_preamble and line.strip(" \r\n"):
                return number
    if local.lines > 0 and read.skip_preamble:
        raise FileRefused(
            f"has nothing below the {read.skip_preamble} lines of read.skip_preamble: correct "
            "read.skip_preamble in the organization's file, or deliver it with its header"
        )
    return 0


def _find_header(local: LocalFile, read: ReadOptions) -> int:
    """Return how many lines stand before the first one that holds the wanted values."""
    wanted = {_bare(value) for value in read.header_contains}
    with open_text(local.path) as text:
        lines = list(islice(text, _LINES_TO_SEARCH))
    for number, _ in enumerate(lines):
        try:
            values = next(split(lines[number:], read, strict=False), [])
        except csv.Error:
            continue
        if wanted <= {_bare(value) for value in values}:
            return number
    if not any(line.strip() for line in lines):
        return 0
    raise FileRefused(
        f"has no line with the values {', '.join(read.header_contains)} among its first "
        f"{_LINES_TO_SEARCH}: correct read.header_contains in the organization's file, or deliver "
        "it with its header"
    )


def _bare(name: str) -> str:
    return name.strip("\ufeff \t\r\n\u00a0").lower()


def unique_names(names: Iterable[str]) -> tuple[str, ...]:
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
