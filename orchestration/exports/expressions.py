"""Check an operator's SQL expression: what it may call, and which columns it reads."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.exports.headers import LINE
from orchestration.exports.sandbox import HELPERS

# DuckDB calls these consistent, yet they differ between runs or machines.
_FORBIDDEN = {
    "current_localtime",
    "current_localtimestamp",
    "current_user",
    "session_user",
    "user",
    "version",
}
_PREFIX = b"select "


class ExpressionError(ValueError):
    """An expression cannot be used; the message says why, without naming where it stands."""


@dataclass(frozen=True)
class Expression:
    """A checked expression.

    Attributes
    ----------
    text : as the operator wrote it
    sql : the same with each ``fill_down(...)`` replaced by a column of ``fills``
    columns : the file's columns that it reads, as the expression spells them
    reads_line : whether it reads the line's number
    fills : name -> the expression to be filled down
    """

    text: str
    sql: str
    columns: tuple[str, ...]
    reads_line: bool
    fills: dict[str, str]


def parse(connection: duckdb.DuckDBPyConnection, text: str, name: str) -> Expression:
    """Check an expression on its syntax tree; ``name`` makes the columns of its fills unique.

    Raises
    ------
    ExpressionError
        If it is no single expression, or holds a query, a window, an aggregate, or a function that
        reads or that gives another value tomorrow.
    """
    node = _tree(connection, text)
    fills: dict[str, str] = {}
    names = tuple(dict.fromkeys(_columns(node, frozenset())))
    columns = tuple(name for name in names if name.lower() != LINE)
    _check(connection, node)
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
    return Expression(text, sql[len(_PREFIX) :].decode(), columns, columns != names, fills)


def _tree(connection: duckdb.DuckDBPyConnection, text: str) -> dict[str, Any]:
    [(serialized,)] = connection.execute(
        "select json_serialize_sql($1)", [f"select {text}"]
    ).fetchall()
    parsed = json.loads(serialized)
    if parsed["error"]:
        raise ExpressionError(f"is not valid SQL: {parsed['error_message']}")
    node = parsed["statements"][0]["node"] if len(parsed["statements"]) == 1 else {}
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


def _nodes(tree: object) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from _nodes(branch)


def _calls(tree: object, function: str) -> Iterator[dict[str, Any]]:
    yield from (
        node
        for node in _nodes(tree)
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
        parameters |= {
            name for node in _nodes(tree["lhs"]) for name in node.get("column_names", [])
        }
    if tree.get("class") == "COLUMN_REF":
        name = ".".join(tree["column_names"])
        if name not in parameters:
            yield name
        return
    for branch in tree.values():
        yield from _columns(branch, parameters)


def _check(connection: duckdb.DuckDBPyConnection, tree: dict[str, Any]) -> None:
    for node in _nodes(tree):
        kind = node.get("class")
        if kind == "SUBQUERY":
            raise ExpressionError("must not hold a query of its own")
        if kind == "WINDOW":
            raise ExpressionError("must not look at other rows, except by fill_down")
        if kind == "STAR":
            raise ExpressionError("must name its columns")
        if kind == "FUNCTION" and not node["is_operator"]:
            _check_function(connection, node["function_name"].lower())


def _check_function(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    if name in HELPERS:
        return
    query = (
        "select distinct function_type, stability from duckdb_functions() "
        "where lower(function_name) = $1"
    )
    kinds = connection.execute(query, [name]).fetchall()
    if not kinds:
        raise ExpressionError(
            f"calls {name}(), which does not exist; helpers are {', '.join(HELPERS)}"
        )
    is_pure = any(
        kind == "macro" or (kind == "scalar" and stability == "CONSISTENT")
        for kind, stability in kinds
    )
    if name in _FORBIDDEN or not is_pure:
        raise ExpressionError(
            f"must not call {name}(): a row's values may follow from the row alone"
        )
