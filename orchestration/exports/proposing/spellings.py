"""How a file writes nothing, and its numbers."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

_NULLS = {
    "-", "--", "---", "\u2013", "—", "N/A", "n/a", "#N/A", "NULL", "null", "(null)", "None", "none",
    "(none)", "- None -", "-None-", "\\N", "nil", "NaN", "nan", "n.a.", "k.A.", "k. A.", "<NA>",
    "(blank)", "(not set)", "not set", "?", ".",
}  # fmt: skip
_SIGNS = re.compile(
    r"\([^0-9()]*\)|[\s'\u2019\u00a0\u202f\u2009+\u2212-]|[A-Z]{0,2}[$€£¥₹]|\b[A-Z]{3}\b|kr\.?|R\$|[()%]"
)
_COMMA = re.compile(r"\d{1,3}(\.\d{3})+,\d*|\d+,(\d{1,2}|\d{4,})|0,\d+")
_POINT = re.compile(r"\d{1,3}(,\d{3})+\.\d*|\d+\.(\d{1,2}|\d{4,})|0\.\d+")
_LOOKED_AT = 3000
_EITHER = re.compile(r"\d{1,3}([.,]\d{3})")


@dataclass(frozen=True)
class DecimalMark:
    """The decimal mark of a file's numbers.

    Attributes
    ----------
    doubt : why the mark is not certain, else empty
    """

    mark: str
    doubt: str = ""


def nulls_in(columns: Iterable[Counter[str]]) -> list[str]:
    """Return the words for "nothing" that the columns hold, the commonest first."""
    found: Counter[str] = Counter()
    for values in columns:
        found.update({null: values[null] for null in _NULLS & values.keys()})
    return [null for null, _ in found.most_common()]


def decimal_mark(columns: Iterable[Counter[str]]) -> DecimalMark:
    """Tell the decimal mark by the numbers that allow only one."""
    votes: Counter[str] = Counter()
    for values in columns:
        bare = Counter[str]()
        step = max(1, len(values) // _LOOKED_AT)
        for value, count in islice(values.items(), 0, None, step):
            bare[_SIGNS.sub("", value)] += count
        if (
            sum(c for text, c in bare.items() if re.fullmatch(r"[\d.,]+", text))
            < 0.5 * bare.total()
        ):
            continue
        for mark, pattern in ((",", _COMMA), (".", _POINT), ("?", _EITHER)):
            votes[mark] += sum(c for text, c in bare.items() if pattern.fullmatch(text))
    if votes[","] > votes["."]:
        contrary = votes["."]
        return DecimalMark(",", f"{contrary} numbers use a point" if contrary else "")
    if votes["."]:
        return DecimalMark(".", f"{votes[',']} numbers use a comma" if votes[","] else "")
    if votes["?"]:
        return DecimalMark(".", "no number tells whether 1,234 or 1.234 is a thousand or a one")
    return DecimalMark(".")
