"""What the values of one column look like."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import duckdb

from orchestration.exports.column_types import Type
from orchestration.exports.proposing.dates import Moments, read_moments

_LOOKED_AT = 3000
_SHOWN = 3
_FEW = 40
_YES_NO = {"yes", "y", "true", "t", "1", "on", "x", "no", "n", "false", "f", "0", "off"}
_KINDS = {
    "whole": re.compile(r"[+-]?\d+([.,]0{1,2})?"),
    "pointed": re.compile(r"\d+\.0"),
    "fraction": re.compile(r"-?\d[\d.,]*[.,]\d{1,2}"),
    "scientific": re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE),
    "number": re.compile(
        r"[(]?[+\u2212-]?\s*[(]?\s*([A-Z]{0,2}[$€£¥₹]|[A-Z]{3}\b|R\$|kr\.?|zł|Rs\.?)?\s*[(+\u2212-]?"
        r"\s*\d[\d.,'\u2019\s\u00a0\u202f]*\)?\s*-?\s*([$€£¥₹]|[A-Z]{3}|kr\.?|zł|%)?[)]?"
    ),
    "labelled": re.compile(r"\([^0-9()]+\)\s*[$€£]?\s*[\d.,]+"),
    "percent": re.compile(r"-?[\d.,]+\s*%"),
    "duration": re.compile(
        r"\d{1,3}\s*(m|min|mins|minutes?|minuten)\.?|\d{1,2}\s*(h|hours?|hrs?|std)\.?"
        r"(\s*\d{1,2}\s*(m|min|mins|minutes?)?)?",
        re.IGNORECASE,
    ),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "url": re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE),
    "domain": re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}", re.IGNORECASE),
    "phone": re.compile(r"[+(]?\d[\d\s().+/x-]{5,20}"),
    "zip": re.compile(
        r"\d{4,5}(-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d"
    ),
    "coded": re.compile(r"[A-Za-z]{0,6}[-_]?\d[\w-]* [^\W\d_].*"),
    "spreadsheet": re.compile(r"'.+|=\".*\""),
    "short_zip": re.compile(r"\d{4}"),
    "currency": re.compile(r"[A-Z]{3}", re.IGNORECASE),
    "lower_case": re.compile(r"[a-z]+"),
    "year": re.compile(r"(19|20)\d\d"),
    "letters": re.compile(r".*[^\W\d_].*"),
}  # fmt: skip


@dataclass(frozen=True)
class Profile:
    """What is known of one column's values, nulls left out.

    Attributes
    ----------
    rows : rows looked at
    filled : values that are not null
    counts : how often each value occurs
    shares : kind of value -> share of the values looked at, 0 to 1
    moments : how the column writes days or times; None where it does not
    called : what to go by instead of the name, else empty
    is_heading : whether the values stand above their rows
    """

    name: str
    rows: int
    filled: int
    counts: Counter[str]
    shares: dict[str, float] = field(default_factory=dict)
    moments: Moments | None = None
    called: str = ""
    is_heading: bool = False

    @property
    def examples(self) -> list[str]:
        """A few values, the commonest first."""
        return [value for value, _ in self.counts.most_common(_SHOWN)]

    @property
    def is_unique(self) -> bool:
        """Whether no value occurs twice."""
        return bool(self.filled) and len(self.counts) == self.filled

    @property
    def has_few_values(self) -> bool:
        """Whether the values are so few that they may be a list of states or kinds."""
        return 0 < len(self.counts) <= _FEW and (self.filled < _FEW or not self.is_unique)

    def share(self, kind: str) -> float:
        """Return the share of values of this kind, 0 to 1."""
        return self.shares.get(kind, 0.0)

    @property
    def numeric(self) -> float:
        """Share of values that ``money`` reads."""
        return max(self.share("number"), self.share("number") + self.share("labelled"))

    def fits(self, kind: Type) -> float:
        """Return the share of values that could be of a canonical type, 0 to 1."""
        if not self.filled:
            return 0.6
        match kind:
            case Type.ID | Type.TEXT:
                return 1.0
            case Type.INTEGER:
                return max(self.share("whole"), self.share("duration"), 0.9 * self._rounded())
            case Type.NUMBER | Type.MONEY | Type.PRICE:
                return min(1.0, self.numeric) if not self._is_moment() else 0.1
            case Type.TIME | Type.DATE:
                return self.moments.share if self.moments and self.moments.has_days else 0.0
            case Type.FLAG:
                known = sum(n for value, n in self.counts.items() if value.lower() in _YES_NO)
                return max(known / self.filled, 0.5 * self.has_few_values)

    def _rounded(self) -> float:
        return self.numeric if not self._is_moment() else 0.0

    def _is_moment(self) -> bool:
        return bool(self.moments and self.moments.has_days and not self.moments.is_epoch)


def profile(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    values: Sequence[str],
    rows: int,
    export_day: date | None,
) -> Profile:
    """Look at a column's values that are not null, in the order of the file."""
    counts = Counter(values)
    distinct = list(counts)
    looked_at = distinct[:: max(1, len(distinct) // _LOOKED_AT)]
    weights = [counts[value] for value in looked_at]
    total = sum(weights)
    shares = {
        kind: sum(
            weight
            for value, weight in zip(looked_at, weights, strict=True)
            if pattern.fullmatch(value)
        )
        / total
        for kind, pattern in _KINDS.items()
        if total
    }
    moments = read_moments(connection, values, export_day) if values else None
    return Profile(name, rows, len(values), counts, shares, moments)
