"""Check an operator's SQL expression: what it may call, and which columns it reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.exports.mapping.permissions import ExpressionError, check, nodes, select_node
from orchestration.exports.mapping.sandbox import HELPERS
from orchestration.exports.reading.headers import EXPORT_DATE, LINE

_PREFIX = b"select "
_MAX_LENGTH = 10_000


@dataclass(frozen=True)
class Expression:
    """A checked expression.

    Attributes
    ----------
    text : as the operator wrote it, on one line
    sql : the same with each ``fill_down(...)`` replaced by a column of ``fills``
    columns : the file's columns that it reads, as the expression spells them
    reads_line : whether it reads the line's number
    fills : name -> the expression to be filled down
    reads_export_date : whether it reads the day that the file describes
    """

    text: str
    sql: str
    columns: tuple[str, ...]
    reads_line: bool
    fills: dict[str, str]
    reads_export_date: bool = False


def parse(connection: duckdb.DuckDBPyConnection, text: str, name: str) -> Expression:
    """Check an expression on its syntax tree; ``name`` makes the columns of its fills unique.

    Raises
    ------
    ExpressionError
        If it is no single expression, or holds a query, a window, an aggregate, or a function that
        reads, that gives another value tomorrow or that makes values of any length.
    """
    if len(text) > _MAX_LENGTH:
        raise ExpressionError(f"is longer than {_MAX_LENGTH:,} characters")
    node = _tree(connection, text)
    fills: dict[str, str] = {}
    names = tuple(dict.fromkeys(_columns(node, frozenset())))
    given = {name.lower() for name in names} & {LINE, EXPORT_DATE}
    columns = tuple(name for name in names if name.lower() not in given)
    check(connection, node, HELPERS)
    source = _PREFIX + text.encode()
    sql = source
    for call in sorted(_calls(node, "fill_down"), key=lambda call: -call["query_location"]):
        start, end = call["query_location"], call["query_location"] + call["query_location_length"]
        column = f"_filled_{name}_{len(fills)}"
        argument = source[start:end].decode()
        if any(_calls(call["arguments"], "fill_down")):
            raise ExpressionError("fill_down cannot stand inside fill_down")
        fills[column] = argument[argument.index("(") + 1 : argument.rindex(")")]
        sql = sql[:start] + column.encode() + sql[end:]
    # A comment at the end must not swallow what the mapping writes behind the expression.
    end = b"\n" if b"--" in sql else b""
    shown = " ".join(text.split())
    usable = (sql[len(_PREFIX) :] + end).decode()
    return Expression(shown, usable, columns, LINE in given, fills, EXPORT_DATE in given)


def _tree(connection: duckdb.DuckDBPyConnection, text: str) -> dict[str, Any]:
    node = select_node(connection, text)
    is_bare = (
        node.get("type") == "SELECT_NODE"
        and node["from_table"]["type"] == "EMPTY"
        and len(node["select_list"]) == 1
        and not any(
            node[clause]
            for clause in ("modifiers", "where_clause", "group_expressions", "having", "qualify")
        )
        and not node["cte_map"]["map"]
    )
    if not is_bare:
        raise ExpressionError("must be one SQL expression over the file's columns")
    expression: dict[str, Any] = node["select_list"][0]
    return expression


def _calls(tree: object, function: str) -> Iterator[dict[str, Any]]:
    yield from (
        node
        for node in nodes(tree)
        if node.get("class") == "FUNCTION" and node["function_name"] == function
    )


def _columns(tree: object, parameters: frozenset[str]) -> Iterator[str]:
    """Yield the columns read; the parameters of a lambda are none."""
    if isinstance(tree, list):
        for branch in tree:
            yield from _columns(branch, parameters)
    if not isinstance(tree, dict):
        return
    if tree.get("class") == "LAMBDA":
        parameters |= {name for node in nodes(tree["lhs"]) for name in node.get("column_names", [])}
    if tree.get("class") == "COLUMN_REF":
        name = ".".join(tree["column_names"])
        if name not in parameters:
            yield name
        return
    for branch in tree.values():
        yield from _columns(branch, parameters)
