"""Check one organization's source mapping against the header of its files, once for all of them."""

from collections.abc import Mapping

import duckdb

from orchestration.exports.column_types import Type
from orchestration.exports.contracts import Contract
from orchestration.exports.mapping.canonical import Mapped, filled
from orchestration.exports.mapping.expressions import Expression, parse
from orchestration.exports.mapping.permissions import ExpressionError
from orchestration.exports.mapping.query import CompiledMapping
from orchestration.exports.organizations import ExportMapping
from orchestration.exports.reading.headers import EXPORT_DATE, LINE, Header
from orchestration.exports.refusals import FileRefused
from orchestration.exports.sql import identifier

_SHOWN_NAMES, _SHOWN_OF_A_NAME = 40, 60


def compile_mapping(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    mapping: ExportMapping,
    header: Header,
) -> CompiledMapping:
    """Check a mapping against a header and settle how each canonical column is made.

    Raises
    ------
    FileRefused
        If an expression cannot be used, names a column that the file lacks, or a required column
        has no source.
    """
    spelled = {name.lower(): name for name in header.names}
    expressions: dict[str, Expression] = {}
    for name in contract.columns:
        if name in mapping.columns:
            may_be_absent = mapping.read.is_json and not contract.columns[name].required
            expressions[name] = _checked(
                connection, name, mapping.columns[name], header, may_be_absent=may_be_absent
            )
        elif name in spelled:
            expressions[name] = Expression(
                name, identifier(spelled[name]), (name,), reads_line=False, fills={}
            )
        elif name != contract.position_column:
            if contract.columns[name].required:
                raise FileRefused(
                    f"has no column {name}, which is required; it has {_list(header)}: "
                    f"map {name} to an expression in the organization's file"
                )
            expressions[name] = Expression(name, "null", (), reads_line=False, fills={})
    keep = None
    if mapping.keep:
        keep = _checked(
            connection, "keep", mapping.keep, header, may_be_absent=mapping.read.is_json
        )
    counters = {
        name: _checked(connection, f"repeat.{name}", text, header, may_be_absent=False)
        for name, text in mapping.repeat.items()
    }
    used = [*expressions.values(), *([keep] if keep else [])]
    absent = {c.lower(): c for e in used for c in e.columns if c.lower() not in spelled}
    given = dict.fromkeys((*header.names, *absent.values()), "varchar")
    given |= dict.fromkeys(counters, "bigint")
    types = _bind(connection, given, expressions, keep)
    columns = {
        name: Mapped(
            expression,
            _cast(
                expression.sql,
                types[name],
                contract.columns[name].type,
                is_column=_is_column(expression),
                has_decimal_comma=mapping.read.decimal == ",",
            ),
            name not in mapping.columns,
        )
        for name, expression in expressions.items()
    }
    by_position = (
        contract.position_column is not None and contract.position_column not in expressions
    )
    return CompiledMapping(
        contract,
        header,
        mapping.read.nulls,
        columns,
        keep,
        by_position,
        absent=tuple(absent.values()),
        counters=counters,
    )


def _checked(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    text: str,
    header: Header,
    *,
    may_be_absent: bool,
) -> Expression:
    try:
        expression = parse(connection, text, name)
    except ExpressionError as error:
        raise FileRefused(f"cannot be mapped: {name}: {text} {error}") from error
    known = {column.lower() for column in header.names}
    missing = [column for column in expression.columns if column.lower() not in known]
    if missing and not may_be_absent:
        raise FileRefused(
            f"has no column {', '.join(missing)}, which {name}: {text} needs; "
            f"it has {_list(header)}"
        )
    return expression


def _bind(
    connection: duckdb.DuckDBPyConnection,
    given: Mapping[str, str],
    expressions: dict[str, Expression],
    keep: Expression | None,
) -> dict[str, str]:
    """Return the type that each expression yields, as DuckDB names it."""
    everything = {**expressions, **({"keep": keep} if keep else {})}
    columns = ", ".join(f"null::{kind} as {identifier(name)}" for name, kind in given.items())
    always = f"0::bigint as {LINE}, null::date as {EXPORT_DATE}"
    empty = f"(select {columns}, {always} where false)"
    types = {}
    for name, expression in everything.items():
        row = f"(select *{filled([expression])} from {empty})"
        try:
            [(_, kind, *_)] = connection.execute(
                f"describe select {expression.sql} from {row}"
            ).fetchall()
        except duckdb.Error as error:
            problem = str(error).splitlines()[0]
            raise FileRefused(
                f"cannot be mapped: {name}: {expression.text} is not valid SQL: {problem}"
            ) from error
        types[name] = kind
    return types


def _is_column(expression: Expression) -> bool:
    return expression.text in (*expression.columns, *map(identifier, expression.columns))


def _cast(  # noqa: PLR0911 - one per type
    sql: str, kind: str, wanted: Type, *, is_column: bool, has_decimal_comma: bool
) -> str:
    """Cast an expression of DuckDB's type ``kind``; text is read strictly."""
    is_text = kind == "VARCHAR"
    is_column = is_column and is_text
    match wanted:
        case Type.ID if is_column:
            return f"intact({sql})"
        case Type.TEXT if is_column:
            return sql
        case Type.ID if is_text:
            return f"intact(nullif(trim({sql}), ''))"
        case Type.ID | Type.TEXT:
            return f"nullif(trim(cast(({sql}) as varchar)), '')"
        case Type.INTEGER if is_text:
            return f"cast(whole_number({sql}) as bigint)"
        case Type.NUMBER | Type.MONEY | Type.PRICE if is_column and has_decimal_comma:
            return f"cast(money({sql}) as {wanted.sql})"
        case Type.TIME if is_text:
            return f"moment({sql})"
        case Type.TIME if kind != "TIMESTAMP WITH TIME ZONE":
            return f"in_zone(cast(({sql}) as timestamp))"
        case Type.FLAG if is_text:
            return f"yes_no({sql})"
    return f"cast(({sql}) as {wanted.sql})"


def _list(header: Header) -> str:
    shown = (" ".join(name[:_SHOWN_OF_A_NAME].split()) for name in header.names[:_SHOWN_NAMES])
    more = len(header.names) - _SHOWN_NAMES
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
