"""What an operator's SQL expression may hold: what follows from the row alone, and is bounded.

An expression stands between untrusted files and the warehouse. It may not look at other rows,
tables, files, settings or the clock, nor make values of any length from a few characters.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import duckdb

_PARTS = {
    "BETWEEN",
    "CASE",
    "CAST",
    "COLLATE",
    "COLUMN_REF",
    "COMPARISON",
    "CONJUNCTION",
    "CONSTANT",
    "FUNCTION",
    "LAMBDA",
    "OPERATOR",
    "TYPE",
}
_WHY_NOT = {
    "STAR": "must name its columns",
    "POSITIONAL_REFERENCE": "must name its columns",
    "SUBQUERY": "must not hold a query of its own",
    "WINDOW": "must not look at other rows, except by fill_down",
}
# DuckDB calls these consistent, yet they differ between runs or machines, or show its inside.
_FORBIDDEN = {
    "current_localtime",
    "current_localtimestamp",
    "current_user",
    "json_deserialize_sql",
    "json_serialize_plan",
    "json_serialize_sql",
    "session_user",
    "user",
    "version",
}
_BOUNDLESS = {
    "array_resize",
    "bitstring",
    "equi_width_bins",
    "generate_series",
    "list_resize",
    "range",
    "repeat",
}
# Stands in a proposed mapping where a file does not tell whether days or months come first.
UNDECIDED = "undecided_date"
_PADDING = {"lpad", "rpad"}
_FORMATTING = {"format", "printf"}
_LONGEST_PADDING = 1000
_WIDE_FORMAT = re.compile(r"\d{4}|\*|\{[^}]*\{")


class ExpressionError(ValueError):
    """An expression cannot be used; the message says why, without naming where it stands."""


def nodes(tree: object) -> Iterator[dict[str, Any]]:
    """Yield every node of a syntax tree."""
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from nodes(branch)


def select_node(connection: duckdb.DuckDBPyConnection, text: str) -> dict[str, Any]:
    """Return the syntax tree of ``select <text>``.

    Raises
    ------
    ExpressionError
        If it is no SQL, or more than one statement.
    """
    query = "select json_serialize_sql($1)"
    [(serialized,)] = connection.execute(query, [f"select {text}"]).fetchall()
    parsed = json.loads(serialized)
    if parsed["error"]:
        raise ExpressionError(f"is not valid SQL: {parsed['error_message']}")
    if len(parsed["statements"]) != 1:
        raise ExpressionError("must be one SQL expression over the file's columns")
    node: dict[str, Any] = parsed["statements"][0]["node"]
    return node


def check(
    connection: duckdb.DuckDBPyConnection, tree: dict[str, Any], helpers: tuple[str, ...]
) -> None:
    """Check an expression's syntax tree.

    Raises
    ------
    ExpressionError
        If a part of it is not allowed.
    """
    for node in nodes(tree):
        kind = node.get("class")
        if kind is not None and kind not in _PARTS:
            raise ExpressionError(
                _WHY_NOT.get(kind, "must be made of columns, values and functions alone")
            )
        if kind == "FUNCTION" and not node["is_operator"]:
            name = node["function_name"].lower()
            if name == UNDECIDED:
                raise _undecided(node["arguments"])
            if name not in helpers:
                _check_function(connection, name, helpers)
                _check_bounds(name, node["arguments"])


def _check_function(
    connection: duckdb.DuckDBPyConnection, name: str, helpers: tuple[str, ...]
) -> None:
    query = (
        "select distinct function_type, stability, macro_definition, parameters "
        "from duckdb_functions() "
        "where lower(function_name) = $1"
    )
    kinds = connection.execute(query, [name]).fetchall()
    if not kinds:
        raise ExpressionError(
            f"calls {name}(), which does not exist; helpers are {', '.join(helpers)}"
        )
    if name in _BOUNDLESS:
        raise ExpressionError(f"must not call {name}(): it makes values of any length")
    usable = [kind for kind in kinds if kind[0] not in {"table", "table_macro", "pragma"}]
    if name in _FORBIDDEN or not usable:
        raise _impure(name)
    for kind, stability, definition, parameters in usable:
        if kind == "macro":
            _check_macro(connection, name, definition, parameters, helpers)
        elif kind != "scalar" or stability != "CONSISTENT":
            raise _impure(name)


def _check_macro(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    definition: str,
    parameters: list[str],
    helpers: tuple[str, ...],
) -> None:
    """Check what a macro stands for; a name besides its parameters is a clock or a setting."""
    tree = select_node(connection, definition)["select_list"][0]
    try:
        check(connection, tree, helpers)
    except ExpressionError as error:
        raise _impure(name) from error
    read = {column for node in nodes(tree) for column in node.get("column_names", [])}
    if not read <= set(parameters):
        raise _impure(name)


def _check_bounds(name: str, arguments: list[dict[str, Any]]) -> None:
    """Check the arguments that decide how long a function's result is."""
    values = [_constant(argument) for argument in arguments]
    if name in _PADDING and len(values) > 1:
        length = values[1]
        if not isinstance(length, int) or length > _LONGEST_PADDING:
            raise ExpressionError(
                f"must give {name}() its length as a number up to {_LONGEST_PADDING}"
            )
    if name in _FORMATTING and (not isinstance(values[0], str) or _WIDE_FORMAT.search(values[0])):
        raise ExpressionError(f"must give {name}() a plain text with widths below 1000")
    if name == "age" and len(values) == 1:
        raise _impure("age")


def _constant(argument: dict[str, Any]) -> int | str | None:
    """Return the value of an argument that is a number or a text, None for any other."""
    literal = argument["expression"].get("literal", {})
    match literal.get("kind"):
        case "INTEGER":
            return int(literal["text"])
        case "STRING":
            return str(literal["text"])
    return None


def _undecided(arguments: list[dict[str, Any]]) -> ExpressionError:
    formats = [text for argument in arguments[1:] if isinstance(text := _constant(argument), str)]
    return ExpressionError(
        "does not say yet whether days or months come first: write local_time or date_of with one "
        f"of the formats {' and '.join(map(repr, formats))} in its place"
    )


def _impure(name: str) -> ExpressionError:
    return ExpressionError(f"must not call {name}(): a row's values may follow from the row alone")
