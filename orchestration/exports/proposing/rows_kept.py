"""The condition that keeps a table's rows and drops its other lines."""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from orchestration.exports.proposing.structure import Structure
from orchestration.exports.sql import identifier, literal

_WORDS = {
    "heading": "headings of groups",
    "total": "totals",
    "footer": "lines at the end",
    "header": "repeated headers",
}


def keep_condition(
    structure: Structure, names: Sequence[str], used: AbstractSet[str], key_of_group: str
) -> tuple[str, str]:
    """Return the SQL and, in words, what it drops; both empty where every line is a row.

    Parameters
    ----------
    used : columns that the mapping reads, to be preferred
    key_of_group : column of which only lines with a value are rows, else empty
    """
    conditions, dropped = [], []
    others = {kind: count for kind, count in structure.others.items() if kind != "header"}
    if others:
        conditions.append(_condition(structure, names, used))
        dropped += [f"{count} {_WORDS[kind]}" for kind, count in others.items()]
    if structure.has_repeated_header:
        name = next((n for n in names if n in used), names[0])
        conditions.append(f"{identifier(name)} is distinct from {literal(name)}")
        dropped.append(f"{structure.others['header']} {_WORDS['header']}")
    if key_of_group:
        conditions.append(f"{identifier(key_of_group)} is not null")
        dropped.append("the further lines of a group")
    conditions = [condition for condition in conditions if condition]
    return " and ".join(conditions), ", ".join(dropped)


def _condition(structure: Structure, names: Sequence[str], used: AbstractSet[str]) -> str:
    marks = sorted((names[i] for i in structure.marks), key=lambda name: name not in used)
    if marks:
        # A row that lacks just one of them is a row with a fault, which quarantine is for.
        columns = ", ".join(map(identifier, marks))
        return f"{columns if len(marks) == 1 else f'coalesce({columns})'} is not null"
    if structure.empty_in_rows:
        return f"{identifier(names[structure.empty_in_rows[0]])} is null"
    parts = []
    for place, labels in structure.labels.items():
        beginnings = sorted({re.split(r"[\s:]", label, maxsplit=1)[0] for label in labels})
        pattern = f"^({'|'.join(map(re.escape, beginnings[:8]))})"
        column = identifier(names[place])
        parts.append(f"not regexp_matches(coalesce({column}, ''), {literal(pattern)})")
    return " and ".join(parts)
