"""The raw text of rows, quoted from their file."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from orchestration.exports.landing.text import open_text
from orchestration.exports.read_options import ReadOptions
from orchestration.exports.reading.delimited import split


def quote_lines(
    path: Path, spans: Iterable[tuple[int, int | None]], read: ReadOptions
) -> Iterator[tuple[str, int]]:
    """Yield the text of spans of lines and their last line, in one pass over the file.

    Parameters
    ----------
    spans : first and last line (from 1), by first line; without a last one, the lines of the good
        record that begins there
    """
    number, text = 0, ""
    with open_text(path, errors="backslashreplace") as lines:
        for first, last in spans:
            if first > number:
                next(islice(lines, first - 1 - number, first - 1 - number), None)
                taken = _record(lines, read) if last is None else [*islice(lines, last - first + 1)]
                number = first - 1 + len(taken)
                text = "".join(taken).rstrip("\r\n").replace("\0", "\\0")
            yield text, number


def _record(lines: TextIO, read: ReadOptions) -> list[str]:
    taken: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    next(split(noted(), read), None)
    return taken
