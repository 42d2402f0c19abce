"""Which lines of a table are rows, and which are headings, totals, footers or a header again."""

import re
from collections import Counter
from dataclasses import dataclass, field

_TOTAL = re.compile(
    r"\W*((grand|sub|sub-|overall|report)\s*)?(total|totals|subtotal|sum|summe|gesamt|gesamtsumme"
    r"|zwischensumme|totaux|sous-total|totale|totaal|subtotaal|suma|soma|total general|eindtotaal)"
    r"(e|es)?\b(\s*(for|of|-|\u2013|:|von|de|per|para|pour|di|voor)?\s*.*)",
    re.IGNORECASE,
)
_USUAL_OF_A_WIDE_TABLE = 6
_NEARLY_ALL = 0.99
_MOST_MARKS = 3

Row = list[str | None]


@dataclass(frozen=True)
class Structure:
    """The lines of a table, told apart.

    Attributes
    ----------
    rows : the real rows
    headings : texts that stand alone above a group of rows, by column
    others : how many lines are totals, headings, footers and headers again
    marks : columns (places) that every real row fills and no other line does
    empty_in_rows : columns that only other lines fill
    labels : what the other lines begin with, by the column that it stands in
    has_repeated_header : whether the header stands again between the rows
    group : columns that only the first line of a group fills; the first of them tells the groups
    """

    rows: list[Row]
    headings: dict[int, list[str]] = field(default_factory=dict)
    others: Counter[str] = field(default_factory=Counter)
    marks: list[int] = field(default_factory=list)
    empty_in_rows: list[int] = field(default_factory=list)
    labels: dict[int, list[str]] = field(default_factory=dict)
    has_repeated_header: bool = False


def tell_apart(rows: list[Row], header: list[str]) -> Structure:
    """Tell the rows of a table from its other lines."""
    usual = _usual(Counter(map(_filled, rows)))
    width = len(rows[0]) if rows else 0
    kinds = [_kind(row, header, usual) for row in rows]
    body = [row for row, kind in zip(rows, kinds, strict=True) if not kind]
    others = [row for row, kind in zip(rows, kinds, strict=True) if kind and kind != "header"]
    kinds = _told_by_place(kinds)
    headings: dict[int, list[str]] = {}
    labels: dict[int, list[str]] = {}
    for row, kind in zip(rows, kinds, strict=True):
        if kind and kind != "header":
            place, text = next((i, cell) for i, cell in enumerate(row) if cell)
            (headings if kind == "heading" else labels).setdefault(place, []).append(text)
    fill = [sum(1 for row in body if row[i]) for i in range(width)]
    anywhere = [sum(1 for row in others if row[i]) for i in range(width)]
    marks = [i for i in range(width) if fill[i] > _NEARLY_ALL * len(body) > 0 and not anywhere[i]]
    return Structure(
        rows=body,
        headings=headings,
        others=Counter(kind for kind in kinds if kind),
        marks=sorted(marks, key=lambda i: -fill[i])[:_MOST_MARKS] if others else [],
        empty_in_rows=[i for i in range(width) if not fill[i] and anywhere[i] == len(others) > 0],
        labels=labels,
        has_repeated_header="header" in kinds,
    )


def _usual(counts: Counter[int]) -> int:
    """Return how many values a full row has: many of the lines, though perhaps not most."""
    most = max(counts.values(), default=0)
    return max((filled for filled, count in counts.items() if 2 * count >= most), default=0)


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell)


def _kind(row: Row, header: list[str], usual: int) -> str:
    """Name what a line is; empty for a row."""
    cells = [cell for cell in row if cell]
    if header and len(cells) > 1 and all(c == h for c, h in zip(row, header, strict=False) if c):
        return "header"
    if len(cells) < usual and any(_TOTAL.fullmatch(cell) for cell in cells[:2]):
        return "total"
    is_alone = len(cells) == 1 or (len(cells) == 2 and usual >= _USUAL_OF_A_WIDE_TABLE)  # noqa: PLR2004
    return "alone" if is_alone and usual > 2 else ""  # noqa: PLR2004


def _told_by_place(kinds: list[str]) -> list[str]:
    """Call a line that stands alone a heading where rows follow, else a footer."""
    last = max((i for i, kind in enumerate(kinds) if not kind), default=-1)
    return [
        ("heading" if index < last else "footer") if kind == "alone" else kind
        for index, kind in enumerate(kinds)
    ]


def first_lines(rows: list[Row], key: int) -> list[bool]:
    """Tell for each row whether a group begins with it: it has a key, or another than before."""
    if not all(row[key] for row in rows):
        return [bool(row[key]) for row in rows]
    return [index == 0 or row[key] != rows[index - 1][key] for index, row in enumerate(rows)]


def group_columns(rows: list[Row], firsts: list[bool]) -> list[int]:
    """Return the columns that only the first lines of groups fill, or fewer.

    They are none where every row is a first line, or where the others have nothing of their own.
    """
    others = firsts.count(False)
    if not rows or not firsts[0] or others < 0.02 * len(rows):
        return []
    columns = []
    for place in range(len(rows[0])):
        filled = [bool(row[place]) for row in rows]
        outside = sum(1 for first, own in zip(firsts, filled, strict=True) if own and not first)
        if not outside and filled.count(True) >= firsts.count(True) / 4:
            columns.append(place)
    is_whole = any(
        sum(1 for row, first in zip(rows, firsts, strict=True) if row[i] and not first)
        >= 0.9 * others
        for i in range(len(rows[0]))
        if i not in columns
    )
    return columns if is_whole else []
