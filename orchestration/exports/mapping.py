"""Compile one organization's source mapping for files with one header into a single query.

The query turns rows of text into canonical rows, each with a verdict and, where it is bad, every
reason why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import duckdb

from orchestration.exports.contracts import Contract, Severity, Type
from orchestration.exports.expressions import Expression, parse
from orchestration.exports.headers import EXPORT_DATE, LINE, PART, Header
from orchestration.exports.organizations import ExportMapping
from orchestration.exports.permissions import ExpressionError
from orchestration.exports.refusals import FileRefused
from orchestration.exports.sql import identifier, literal
from orchestration.exports.validation import demand, violation

VERDICT, REASONS, HASH = "_verdict", "_reasons", "_row_hash"

_BLANKS = " \t\r\n\u00a0"
_SHOWN_CHARACTERS = 200
_SHOWN_NAMES, _SHOWN_OF_A_NAME = 40, 60
_ROUNDED = ": a spreadsheet has rounded it and its digits are gone, export it as text"


class Verdict(IntEnum):
    """What becomes of a row."""

    GOOD = 0
    SKIPPED = 1
    QUARANTINED = 2
    REJECTED = 3


@dataclass(frozen=True)
class _Mapped:
    """A canonical column's source: an expression, and its SQL cast to the column's type."""

    expression: Expression
    sql: str
    is_default: bool


@dataclass(frozen=True)
class CompiledMapping:
    """A source mapping that has been checked against a header.

    Attributes
    ----------
    is_numbered_by_position : whether the contract's position column is counted here
    absent : columns that none of the file's JSON records holds and no required value needs
    """

    contract: Contract
    header: Header
    nulls: tuple[str, ...]
    columns: dict[str, _Mapped]
    keep: Expression | None
    is_numbered_by_position: bool
    absent: tuple[str, ...] = ()

    @property
    def needs_line_numbers(self) -> bool:
        """Whether the query reads the column ``_line``."""
        return self.is_numbered_by_position or self.reads_lines_in_order

    @property
    def reads_lines_in_order(self) -> bool:
        """Whether a row depends on its own line number or on earlier lines of its file."""
        return any(expression.reads_line or expression.fills for expression in self._expressions())

    @property
    def reads_export_date(self) -> bool:
        """Whether the query reads the column ``_export_date``."""
        return any(expression.reads_export_date for expression in self._expressions())

    def query(self, relation: str, *, carried: Sequence[str], has_odd_blanks: bool) -> str:
        """Return the SQL over a relation of text columns.

        It yields the canonical columns, ``_verdict``, ``_reasons`` (null where good), ``_row_hash``
        (of the key, or of the whole row where lines are numbered by position) and the ``carried``
        columns of the relation.
        """
        values = (self._cleaned(name, has_odd_blanks) for name in self.header.names)
        nothing = (f"null::varchar as {identifier(name)}" for name in self.absent)
        given = [EXPORT_DATE] if self.reads_export_date else []
        cleaned = ", ".join([*carried, *given, *values, *nothing])
        hashed = ", ".join(_value(name) for name in self._hashed())
        results = [
            *(f"{_value(name)} as {identifier(name)}" for name in self.contract.columns),
            *carried,
            VERDICT,
            f"{self._reasons()} as {REASONS}",
            f"hash({hashed}) as {HASH}",
        ]
        steps = [
            f"cleaned as (select {cleaned} from {relation})",
            *self._mapped_steps(is_one_file=PART not in carried),
            f"judged as (select *, {self._verdict()} as {VERDICT} from mapped)",
        ]
        return f"with {', '.join(steps)} select {', '.join(results)} from judged"

    def _expressions(self) -> list[Expression]:
        mapped = [column.expression for column in self.columns.values()]
        return [*mapped, self.keep] if self.keep else mapped

    def _cleaned(self, name: str, has_odd_blanks: bool) -> str:
        column = identifier(name)
        nulls = dict.fromkeys(("", *self.nulls))
        trimmed = f"trim({column}, {literal(_BLANKS)})" if has_odd_blanks else f"trim({column})"
        for null in nulls:
            trimmed = f"nullif({trimmed}, {literal(null)})"
        if has_odd_blanks:
            return f"{trimmed} as {column}"
        # Trimming is half of what reading costs, and few values need it.
        listed = ", ".join(map(literal, nulls))
        return (
            f"case when {column} in ({listed}) then null "
            f"when prefix({column}, ' ') or suffix({column}, ' ') then {trimmed} "
            f"else {column} end as {column}"
        )

    def _mapped_steps(self, *, is_one_file: bool) -> list[str]:
        structs = [
            f"{_tried(column.sql)} as {_struct(name)}" for name, column in self.columns.items()
        ]
        keep = (
            _tried(f"cast(({self.keep.sql}) as boolean)") if self.keep else "struct_pack(v := true)"
        )
        selected = ", ".join(["*", *structs, f"{keep} as _keep"])
        step = "unplaced" if self.is_numbered_by_position else "mapped"
        steps = [
            f"filled as (select *{_filled(self._expressions())} from cleaned)",
            f"{step} as (select {selected} from filled)",
        ]
        if self.is_numbered_by_position:
            name = self.contract.position_column or ""
            within = self.contract.columns[name].position_within or ()
            groups = ["_keep", *([] if is_one_file else [PART]), *map(_value, within)]
            window = f"partition by {', '.join(groups)} order by {LINE}"
            position = f"struct_pack(v := row_number() over ({window}))"
            steps.append(f"mapped as (select *, {position} as {_struct(name)} from unplaced)")
        return steps

    def _hashed(self) -> list[str]:
        if self.is_numbered_by_position:
            return [name for name in self.contract.columns if name != self.contract.position_column]
        return list(self.contract.key)

    def _verdict(self) -> str:
        broken = {
            severity: ["_keep is null"] if severity is Severity.QUARANTINE else []
            for severity in Severity
        }
        for name in self.columns:
            broken[self.contract.columns[name].severity].append(f"{_struct(name)} is null")
        for rule in self.contract.rules():
            broken[rule.severity].append(violation(rule, _value))
        branches = [
            (f"_keep.v is not true and {_present('_keep')}", Verdict.SKIPPED),
            (" or ".join(broken[Severity.REJECT]), Verdict.REJECTED),
            (" or ".join(broken[Severity.QUARANTINE]), Verdict.QUARANTINED),
        ]
        cases = " ".join(
            f"when {condition} then {verdict.value}" for condition, verdict in branches if condition
        )
        return f"cast(case {cases} else {Verdict.GOOD.value} end as tinyint)"

    def _reasons(self) -> str:
        reasons = []
        for name, column in self.columns.items():
            reasons.append((f"{_struct(name)} is null", self._misunderstood(name, column)))
        if self.keep:
            text = literal(f"keep: {self.keep.text} fails on ")
            reasons.append(("_keep is null", f"{text} || {self._sources(self.keep)}"))
        for rule in self.contract.rules():
            name = rule.columns[0]
            column_is_there = [f"{_present(_struct(name))}"] if name in self.columns else []
            condition = " and ".join([*column_is_there, f"({violation(rule, _value)})"])
            reasons.append((condition, self._rule_reason(name, demand(rule))))
        cases = ", ".join(f"case when {condition} then {text} end" for condition, text in reasons)
        is_bad = f"{VERDICT} >= {Verdict.QUARANTINED.value}"
        return f"case when {is_bad} then concat_ws(chr(10), {cases}) end"

    def _misunderstood(self, name: str, column: _Mapped) -> str:
        kind = self.contract.columns[name].type
        what = (
            "cannot be understood"
            if column.is_default
            else f"is not understood by {column.expression.text}"
        )
        sources = self._sources(column.expression)
        shown = f"{literal(f'{name}: ')} || {sources} || {literal(f' {what} as {kind}')}"
        if kind is not Type.ID:
            return shown
        rounded = f"regexp_matches({sources}, '\\d[eE][+]\\d')"
        return f"{shown} || case when {rounded} then {literal(_ROUNDED)} else '' end"

    def _rule_reason(self, name: str, wanted: str) -> str:
        shown = f"coalesce({_shown(f'cast({_value(name)} as varchar)')}, 'nothing')"
        column = self.columns.get(name)
        if column is None or column.is_default:
            return f"{literal(f'{name}: ')} || {shown} || {literal(f' {wanted}')}"
        origin = literal(f" {wanted} ({column.expression.text} of ")
        sources = self._sources(column.expression)
        return f"{literal(f'{name}: ')} || {shown} || {origin} || {sources} || ')'"

    def _sources(self, expression: Expression) -> str:
        """Return SQL for the source values that an expression read: ``"Price" = '12,50'``."""
        spelled = {name.lower(): name for name in (*self.header.names, *self.absent)}
        shown = []
        for column in expression.columns:
            name = spelled[column.lower()]
            start = _shown(identifier(name))
            value = f"coalesce('''' || {start} || '''', 'nothing')"
            shown.append(f"{literal(f'{identifier(name)} = ')} || {value}")
        return "(" + " || ', ' || ".join(shown or ["'a row without source columns'"]) + ")"


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
    used = [*expressions.values(), *([keep] if keep else [])]
    absent = {c.lower(): c for e in used for c in e.columns if c.lower() not in spelled}
    types = _bind(connection, (*header.names, *absent.values()), expressions, keep)
    columns = {
        name: _Mapped(
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
    names: Sequence[str],
    expressions: dict[str, Expression],
    keep: Expression | None,
) -> dict[str, str]:
    """Return the type that each expression yields, as DuckDB names it."""
    everything = {**expressions, **({"keep": keep} if keep else {})}
    columns = ", ".join(f"null::varchar as {identifier(name)}" for name in names)
    given = f"0::bigint as {LINE}, null::date as {EXPORT_DATE}"
    empty = f"(select {columns}, {given} where false)"
    types = {}
    for name, expression in everything.items():
        filled = f"(select *{_filled([expression])} from {empty})"
        try:
            [(_, kind, *_)] = connection.execute(
                f"describe select {expression.sql} from {filled}"
            ).fetchall()
        except duckdb.Error as error:
            problem = str(error).splitlines()[0]
            raise FileRefused(
                f"cannot be mapped: {name}: {expression.text} is not valid SQL: {problem}"
            ) from error
        types[name] = kind
    return types


def _filled(expressions: list[Expression]) -> str:
    """Return SQL that carries each filled column's last value down the file."""
    fills = {name: text for expression in expressions for name, text in expression.fills.items()}
    window = "over (rows between unbounded preceding and current row)"
    return "".join(
        f", last_value(try({text}) ignore nulls) {window} as {name}" for name, text in fills.items()
    )


def _is_column(expression: Expression) -> bool:
    return expression.text in (*expression.columns, *map(identifier, expression.columns))


def _cast(  # noqa: PLR0911 - one per type
    sql: str, kind: str, wanted: Type, *, is_column: bool, has_decimal_comma: bool
) -> str:
    """Cast an expression of DuckDB's type ``kind``; text is read strictly."""
    is_text = kind == "VARCHAR"
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


def _tried(sql: str) -> str:
    """Return SQL that is null where ``sql`` fails, else a struct with its value, null or not."""
    return f"try(struct_pack(v := {sql}))"


def _struct(name: str) -> str:
    return identifier(f"_canonical_{name}")


def _value(name: str) -> str:
    return f"{_struct(name)}.v"


def _shown(text: str) -> str:
    """Return SQL for the beginning of a text on one line, as reasons stand on one line each."""
    return f"left(replace({text}, chr(10), ' '), {_SHOWN_CHARACTERS})"


def _present(struct: str) -> str:
    return f"{struct} is not null"


def _list(header: Header) -> str:
    shown = (" ".join(name[:_SHOWN_OF_A_NAME].split()) for name in header.names[:_SHOWN_NAMES])
    more = len(header.names) - _SHOWN_NAMES
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
