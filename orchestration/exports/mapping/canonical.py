"""Canonical columns within the query that maps a file: what makes them, how SQL names them."""

from dataclasses import dataclass
from enum import IntEnum

from orchestration.exports.mapping.expressions import Expression
from orchestration.exports.sql import identifier

VERDICT, REASONS, HASH = "_verdict", "_reasons", "_row_hash"


class Verdict(IntEnum):
    """What becomes of a row."""

    GOOD = 0
    SKIPPED = 1
    QUARANTINED = 2
    REJECTED = 3


@dataclass(frozen=True)
class Mapped:
    """A canonical column's source.

    Attributes
    ----------
    expression : what the operator wrote, or the file's column of the same name
    sql : the same, cast to the column's type
    is_default : whether the mapping says nothing of it
    """

    expression: Expression
    sql: str
    is_default: bool


def struct(name: str) -> str:
    """Return SQL for what a column came to: null where it failed, else a struct of its ``v``."""
    return identifier(f"_canonical_{name}")


def value(name: str) -> str:
    """Return SQL for a column's value."""
    return f"{struct(name)}.v"


def filled(expressions: list[Expression]) -> str:
    """Return SQL that carries each filled column's last value down the file."""
    fills = {name: text for expression in expressions for name, text in expression.fills.items()}
    window = "over (rows between unbounded preceding and current row)"
    return "".join(
        f", last_value(try({text}) ignore nulls) {window} as {name}" for name, text in fills.items()
    )
