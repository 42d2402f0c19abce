"""The condition that keeps a table's rows and drops its other lines."""

import re
from collections.abc import Collection, Iterator, Mapping

from orchestration.exports.column_types import Type
from orchestration.exports.contracts import Contract
from orchestration.exports.proposing.groups import Groups
from orchestration.exports.proposing.matching import Match
from orchestration.exports.proposing.tables import Table
from orchestration.exports.proposing.vocabulary import is_no_row
from orchestration.exports.sql import identifier, literal

_WORDS = {
    "heading": "headings of groups",
    "total": "totals",
    "footer": "lines at the end",
}
_SHOWN_LABELS = 8
_AMOUNTS = {Type.INTEGER, Type.NUMBER, Type.MONEY, Type.PRICE}

Condition = tuple[str, str]


def keep_condition(
    contract: Contract,
    table: Table,
    groups: Groups,
    matches: Mapping[str, Match],
    used: Collection[str],
) -> Condition:
    """Return the SQL and, in words, what it drops; both empty where every line is a row.

    Parameters
    ----------
    used : columns that the mapping reads, to be preferred
    """
    conditions = [
        *_other_lines(table, used),
        *_further_lines(groups),
        *_empty_lines(contract, table, groups, matches),
        *_lines_of_another_kind(contract, table, groups),
    ]
    return " and ".join(sql for sql, _ in conditions), ", ".join(words for _, words in conditions)


def _other_lines(table: Table, used: Collection[str]) -> Iterator[Condition]:
    structure = table.structure
    others = [
        f"{structure.others[kind]} {w}" for kind, w in _WORDS.items() if structure.others[kind]
    ]
    if others and (sql := _telling_rows(table, used)):
        yield sql, ", ".join(others)
    if repeated := structure.others["header"]:
        name = next((name for name in table.names if name in used), table.names[0])
        yield f"{identifier(name)} is distinct from {literal(name)}", f"{repeated} repeated headers"


def _telling_rows(table: Table, used: Collection[str]) -> str:
    structure, names = table.structure, table.names
    marks = sorted((names[i] for i in structure.marks), key=lambda name: name not in used)
    if marks:
        # A row that lacks just one of them is a row with a fault, which quarantine is for.
        return _is_any_filled(marks)
    if structure.empty_in_rows:
        return f"{identifier(names[structure.empty_in_rows[0]])} is null"
    parts = []
    for place, labels in structure.labels.items():
        beginnings = sorted({re.split(r"[\s:]", label, maxsplit=1)[0] for label in labels})
        pattern = f"^({'|'.join(map(re.escape, beginnings[:_SHOWN_LABELS]))})"
        column = identifier(names[place])
        parts.append(f"not regexp_matches(coalesce({column}, ''), {literal(pattern)})")
    return " and ".join(parts)


def _further_lines(groups: Groups) -> Iterator[Condition]:
    if groups.mark and not groups.are_filled_down:
        yield f"{identifier(groups.mark)} is not null", "the further lines of a group"


def _empty_lines(
    contract: Contract, table: Table, groups: Groups, matches: Mapping[str, Match]
) -> Iterator[Condition]:
    """Drop lines that name nothing and count nothing, such as notes between the lines of orders."""
    if groups.mark and not groups.are_filled_down:
        return
    told, counted = [
        list(
            dict.fromkeys(
                match.source.name
                for name, match in matches.items()
                if name in contract.columns
                and contract.columns[name].required
                and (contract.columns[name].type in _AMOUNTS) is is_amount
                and match.source.name not in groups.columns
                and not match.source.is_heading
            )
        )
        for is_amount in (False, True)
    ]
    names = [table.place(name) for name in told]
    amounts = [table.place(name) for name in counted]
    nameless = [row for row in table.structure.rows if not any(row[i] for i in names)]
    if told and nameless and not any(_is_an_amount(row[i]) for row in nameless for i in amounts):
        yield _is_any_filled(told), f"{len(nameless)} lines without any value"


def _is_an_amount(text: str | None) -> bool:
    return text is not None and re.search("[1-9]", text) is not None


def _lines_of_another_kind(contract: Contract, table: Table, groups: Groups) -> Iterator[Condition]:
    for own in table.profiles:
        if not own.has_few_values or own.is_heading:
            continue
        words = [word for word in own.counts if is_no_row(contract.export, word)]
        if words:
            listed = ", ".join(map(literal, words))
            yield (
                f"coalesce({groups.reference(own.name)}, '') not in ({listed})",
                f"{sum(own.counts[word] for word in words)} lines that are {' or '.join(words)}",
            )


def _is_any_filled(names: list[str]) -> str:
    columns = ", ".join(map(identifier, names))
    return f"{columns if len(names) == 1 else f'coalesce({columns})'} is not null"
