"""Delimited text as Python's csv reader takes it, in the very sense of DuckDB's reader.

Which of the two reads a file must never change a value.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from orchestration.exports.read_options import WHITESPACE, ReadOptions

if TYPE_CHECKING:
    from _csv import _reader

# DuckDB takes lines of as many bytes.
LONGEST_VALUE = 1 << 21


def split(lines: Iterable[str], read: ReadOptions, *, strict: bool = True) -> "_reader":
    """Split lines into the values of their records; ``csv.Error`` tells that one is broken."""
    csv.field_size_limit(LONGEST_VALUE)
    if read.quote and read.delimiter != WHITESPACE:
        lines = _plainly_quoted(lines, read)
    return csv.reader(lines, strict=strict, **_dialect(read))


def _dialect(read: ReadOptions) -> dict[str, Any]:
    if read.delimiter == WHITESPACE or not read.quote:
        delimiter = "\t" if read.delimiter == WHITESPACE else read.delimiter
        return {"delimiter": delimiter, "quoting": csv.QUOTE_NONE}
    return {
        "delimiter": read.delimiter,
        "quotechar": read.quote,
        "skipinitialspace": read.delimiter != " ",
    }


def _plainly_quoted(lines: Iterable[str], read: ReadOptions) -> Iterator[str]:
    r"""Rewrite quoted values: no escape but the doubled quote, and no blanks behind the last quote.

    Outside quotes a backslash is no escape: ``\N`` stands for nothing in MySQL's files.
    """
    outside, inside = _tokens(read)
    is_open = False
    for line in lines:
        if not is_open and read.quote not in line:
            yield line
            continue
        parts = []
        at = 0
        while at < len(line):
            token = (inside if is_open else outside).match(line, at)
            assert token, "some token matches any character"
            parts.append(_rewritten(token, read.quote))
            is_open = token.lastgroup in {"opening", "text", "escaped", "again"}
            at = token.end()
        yield "".join(parts)


def _tokens(read: ReadOptions) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return what may come next outside quotes, and inside."""
    quote, delimiter = read.quote, re.escape(read.delimiter)
    blank = r"(?!)" if read.delimiter == " " else " "
    escape = re.escape(read.escape if read.escape == "\\" else quote)
    # A value may begin where the last token ended, or behind a delimiter within this one.
    outside = (
        rf"(?P<opening>(?:[^{quote}]*{delimiter}|^|(?<={delimiter})){blank}*{quote})"
        rf"|(?P<unquoted>[^{quote}]+|{quote})"
    )
    inside = (
        rf"(?P<text>[^{quote}{escape}]+)"
        rf"|{escape}(?P<escaped>{'.' if escape != quote else quote})"
        rf"|{quote}(?P<again>{blank}+){quote}"
        rf"|(?P<closing>{quote}){blank}*(?={delimiter}|[\r\n]|\Z)"
        r"|(?P<broken>.)"
    )
    return re.compile(outside, re.DOTALL), re.compile(inside, re.DOTALL)


def _rewritten(token: re.Match[str], quote: str) -> str:
    text = token[token.lastgroup or 0]
    return 2 * text if token.lastgroup == "escaped" and text == quote else text
