"""A contract's rules as SQL, each one a condition over a row's canonical values."""

from collections.abc import Callable
from datetime import date, datetime

from orchestration.exports.rules import Rule, RuleKind
from orchestration.exports.sql import literal

Value = Callable[[str], str]


def violation(rule: Rule, value: Value) -> str:  # noqa: PLR0911 - one per kind
    """Return SQL that is true where a row breaks the rule, else false or null.

    Parameters
    ----------
    value : turns a column's name into the SQL of its value
    """
    column = value(rule.columns[0])
    match rule.kind:
        case RuleKind.REQUIRED:
            return f"{column} is null"
        case RuleKind.MINIMUM:
            return f"{column} < {_constant(rule.parameter)}"
        case RuleKind.MAXIMUM:
            return f"{column} > {_constant(rule.parameter)}"
        case RuleKind.ABOVE:
            return f"{column} <= {_constant(rule.parameter)}"
        case RuleKind.ALLOWED:
            return f"{column} not in ({', '.join(map(_constant, _values(rule)))})"
        case RuleKind.PATTERN:
            return f"not regexp_matches({column}, {_constant(rule.parameter)})"
        case RuleKind.NOT_BEFORE:
            return f"{column} < {value(rule.columns[1])}"


def demand(rule: Rule) -> str:  # noqa: PLR0911 - one per kind
    """Say what the rule wants, to be read after a value: ``is not above 0``."""
    match rule.kind:
        case RuleKind.REQUIRED:
            return "where a value is required"
        case RuleKind.MINIMUM:
            return f"is below the minimum {rule.parameter}"
        case RuleKind.MAXIMUM:
            return f"is above the maximum {rule.parameter}"
        case RuleKind.ABOVE:
            return f"is not above {rule.parameter}"
        case RuleKind.ALLOWED:
            return f"is not one of {', '.join(_values(rule))}"
        case RuleKind.PATTERN:
            return f"does not match {rule.parameter}"
        case RuleKind.NOT_BEFORE:
            return f"is before {rule.columns[1]}"


def _values(rule: Rule) -> tuple[str, ...]:
    assert isinstance(rule.parameter, tuple)
    return rule.parameter


def _constant(parameter: object) -> str:
    if isinstance(parameter, datetime):
        return f"timestamptz {literal(parameter.isoformat(sep=' '))}"
    if isinstance(parameter, date):
        return f"date {literal(parameter.isoformat())}"
    return literal(parameter) if isinstance(parameter, str) else str(parameter)
