"""Why a row is bad, as SQL: each reason names the column, the expression and the value."""

from collections.abc import Mapping, Sequence

from orchestration.exports.column_types import Type
from orchestration.exports.contracts import Contract
from orchestration.exports.mapping.canonical import VERDICT, Mapped, Verdict, struct, value
from orchestration.exports.mapping.expressions import Expression
from orchestration.exports.mapping.validation import demand, violation
from orchestration.exports.sql import identifier, literal

_SHOWN_CHARACTERS = 200
_ROUNDED = ": a spreadsheet has rounded it and its digits are gone, export it as text"


def reasons(
    contract: Contract,
    columns: Mapping[str, Mapped],
    keep: Expression | None,
    counters: Mapping[str, Expression],
    names: Sequence[str],
) -> str:
    """Return SQL for every reason why a row is bad, on a line each; null where it is good.

    Parameters
    ----------
    counters : what tells how many rows a record stands for
    names : the file's columns, as the query spells them
    """
    spelled = {name.lower(): name for name in names}
    found = []
    for name, column in columns.items():
        kind = contract.columns[name].type
        found.append((f"{struct(name)} is null", _misunderstood(name, column, kind, spelled)))
    if keep:
        text = literal(f"keep: {keep.text} fails on ")
        found.append(("_keep is null", f"{text} || {_sources(keep, spelled)}"))
    for name, counter in counters.items():
        text = literal(f"repeat.{name}: {counter.text} tells no number of rows of ")
        found.append((f"{identifier(name)} is null", f"{text} || {_sources(counter, spelled)}"))
    for rule in contract.rules():
        name = rule.columns[0]
        column_is_there = [f"{struct(name)} is not null"] if name in columns else []
        condition = " and ".join([*column_is_there, f"({violation(rule, value)})"])
        found.append((condition, _rule_reason(name, columns.get(name), demand(rule), spelled)))
    cases = ", ".join(f"case when {condition} then {text} end" for condition, text in found)
    is_bad = f"{VERDICT} >= {Verdict.QUARANTINED.value}"
    return f"case when {is_bad} then concat_ws(chr(10), {cases}) end"


def _misunderstood(name: str, column: Mapped, kind: Type, spelled: Mapping[str, str]) -> str:
    what = (
        "cannot be understood"
        if column.is_default
        else f"is not understood by {column.expression.text}"
    )
    sources = _sources(column.expression, spelled)
    shown = f"{literal(f'{name}: ')} || {sources} || {literal(f' {what} as {kind}')}"
    if kind is not Type.ID:
        return shown
    rounded = f"regexp_matches({sources}, '\\d[eE][+]\\d')"
    return f"{shown} || case when {rounded} then {literal(_ROUNDED)} else '' end"


def _rule_reason(name: str, column: Mapped | None, wanted: str, spelled: Mapping[str, str]) -> str:
    shown = f"coalesce({_shown(value(name))}, 'nothing')"
    if column is None or column.is_default:
        return f"{literal(f'{name}: ')} || {shown} || {literal(f' {wanted}')}"
    origin = literal(f" {wanted} ({column.expression.text} of ")
    sources = _sources(column.expression, spelled)
    return f"{literal(f'{name}: ')} || {shown} || {origin} || {sources} || ')'"


def _sources(expression: Expression, spelled: Mapping[str, str]) -> str:
    """Return SQL for the source values that an expression read: ``"Price" = '12,50'``."""
    shown = []
    for column in expression.columns:
        name = spelled[column.lower()]
        start = _shown(identifier(name))
        quoted = f"coalesce('''' || {start} || '''', 'nothing')"
        shown.append(f"{literal(f'{identifier(name)} = ')} || {quoted}")
    return "(" + " || ', ' || ".join(shown or ["'a row without source columns'"]) + ")"


def _shown(sql: str) -> str:
    """Return SQL for the beginning of a value on one line, as reasons stand on one line each."""
    return f"left(replace(cast({sql} as varchar), chr(10), ' '), {_SHOWN_CHARACTERS})"
