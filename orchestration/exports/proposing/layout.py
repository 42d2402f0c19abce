"""Where in a text the table is: its delimiter, its header, its records."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from orchestration.exports.proposing.sampling import ProposalError, Sample
from orchestration.exports.proposing.vocabulary import Vocabulary
from orchestration.exports.read_options import WHITESPACE

_DELIMITERS = ",;\t|~^"
_RECORDS_TO_JUDGE_BY = 2000
_RECORDS_A_HEADER_STANDS_IN = 80
_RECORDS_TO_COMPARE = 60
_LONGEST_NAME = 80
_NO_TABLE = (
    "No table was found: the lines do not fall into the same columns at any of the delimiters "
    "comma, semicolon, tab, | ~ and ^. Export the table as CSV."
)
_VALUE = re.compile(
    r"[\W_]*|[^A-Za-z]*\d[^A-Za-z]*|\S+@\S+\.\S+|\d{1,4}[-/. ][\w.]{1,10}[-/. ,]+\d{1,4}.*"
    r"|[A-Z]{0,3}[$€£]?\s?-?[\d.,]+\s?[A-Z€$£]{0,3}|true|false|https?:.*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Record:
    """One record of a delimited text, with its last physical line (0 where that is unknown)."""

    values: list[str]
    last_line: int

    @property
    def filled(self) -> int:
        """How many of its values are not blank."""
        return sum(1 for value in self.values if value.strip())


@dataclass(frozen=True)
class Layout:
    """The table found in a sample.

    Attributes
    ----------
    delimiter : as ``read.delimiter`` wants it
    preamble : records before the header that are not blank
    skip : physical lines before the header
    header : names as the file writes them; empty where there is none
    records : what follows the header, those of the stretches last; blank ones left out
    width : columns
    """

    delimiter: str
    preamble: list[list[str]]
    skip: int
    header: list[str]
    records: list[Record]
    width: int


def find_layout(sample: Sample, vocabulary: Vocabulary) -> Layout:
    """Find the table in a text.

    Raises
    ------
    ProposalError
        If most lines do not fall into the same columns.
    """
    delimiter, width = _delimiter(sample.head)
    records = list(_records(sample.head, delimiter))
    index, has_header = _header(records, width, vocabulary)
    skip = records[index - 1].last_line if index else 0
    rest = [
        Record(record.values, 0)
        for stretch in sample.stretches
        for record in _records(stretch, delimiter)
    ]
    body = [*records[index + has_header :], *rest]
    header = [name.strip() for name in records[index].values] if has_header else []
    return Layout(
        delimiter=delimiter,
        preamble=[record.values for record in records[:index] if record.filled],
        skip=skip,
        header=header,
        records=[record for record in body if record.filled],
        width=len(header) or width,
    )


def _records(text: str, delimiter: str) -> Iterator[Record]:
    lines = io.StringIO(text, newline="\n")
    if delimiter == WHITESPACE:
        yield from (Record(line.split(), number) for number, line in enumerate(lines, 1))
        return
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            yield from (Record(values, reader.line_num) for values in reader)
        except csv.Error:
            continue  # a field too long, or a stray NUL: the next line is a new record
        return


def _delimiter(text: str) -> tuple[str, int]:
    """Return the delimiter that splits most lines alike, and into how many columns."""
    start = text[: 1 << 19]
    declared = re.match(r'"?sep=(.)"?\s*\n', start, re.IGNORECASE)
    candidates = declared[1] if declared else _DELIMITERS
    best, delimiter, width = 0.0, "", 0
    for candidate in candidates:
        columns, share = _commonest_width(_records(start, candidate))
        if columns > 1 and share * math.log2(columns + 1) > best:
            best, delimiter, width = share * math.log2(columns + 1), candidate, columns
    if not delimiter:
        columns, share = _commonest_width(_records(start, WHITESPACE))
        words = list(islice(_records(start, WHITESPACE), _RECORDS_TO_COMPARE))
        # Words fall into columns by chance: a table has numbers.
        if columns > 1 and share > 0.95 and _has_values(words):  # noqa: PLR2004
            return WHITESPACE, columns
        raise ProposalError(_NO_TABLE)
    return delimiter, width


def _commonest_width(records: Iterator[Record]) -> tuple[int, float]:
    """Return the commonest number of values, and the share of records that have it."""
    widths = [len(r.values) for r in islice(records, _RECORDS_TO_JUDGE_BY) if r.filled]
    if not widths:
        return 0, 0.0
    # Headings, totals and footers often stand alone on their line: they speak for no width.
    several = Counter(width for width in widths if width > 1)
    if not several:
        return 1, 1.0
    width, count = several.most_common(1)[0]
    lonely = widths.count(1)
    share = count / (len(widths) - lonely / 2)
    return (width, share) if share > 0.4 and (count > 1 or len(widths) == 1) else (1, share)  # noqa: PLR2004


def _header(records: list[Record], width: int, vocabulary: Vocabulary) -> tuple[int, bool]:
    """Return the place of the header among the records, or of the first row where it has none."""
    best, place = 0.0, -1
    for index, record in enumerate(records[:_RECORDS_A_HEADER_STANDS_IN]):
        worth = _worth_as_header(record, records[index + 1 :], width, vocabulary)
        if worth - index / 100 > best:
            best, place = worth - index / 100, index
    if place >= 0:
        return place, True
    first = next(i for i, record in enumerate(records) if len(record.values) == width)
    if not _has_values(records[first:]):
        raise ProposalError(_NO_TABLE)
    return first, False


def _has_values(records: list[Record]) -> bool:
    """Whether some cells are numbers, times or addresses: prose has none."""
    cells = [cell for record in records[:_RECORDS_TO_COMPARE] for cell in record.values]
    return any(cell.strip() and not is_like_a_name(cell.strip()) for cell in cells)


def _worth_as_header(
    record: Record, following: Iterable[Record], width: int, vocabulary: Vocabulary
) -> float:
    cells = [value.strip() for value in record.values if value.strip()]
    if len(record.values) < width - 1 or len(cells) < max(2, width / 2):
        return 0.0
    like_names = sum(1 for cell in cells if is_like_a_name(cell)) / len(cells)
    if like_names < 0.8:  # noqa: PLR2004
        return 0.0
    known = sum(1 for cell in cells if vocabulary.is_known(cell)) / len(cells)
    rows = [
        row.values for row in islice((r for r in following if r.filled > 1), _RECORDS_TO_COMPARE)
    ]
    typed = 0
    for column, name in enumerate(record.values):
        below = [row[column].strip() for row in rows if column < len(row) and row[column].strip()]
        values = sum(1 for value in below if not is_like_a_name(value))
        typed += bool(below) and is_like_a_name(name) and values > 0.6 * len(below)
    different = len(set(cells)) / len(cells)
    return known + different * (0.2 + typed / width) if known or typed else 0.0


def is_like_a_name(text: str) -> bool:
    """Whether a cell could be a column's name rather than a number, a time or an address."""
    return 0 < len(text) <= _LONGEST_NAME and not _VALUE.fullmatch(text)
