"""The query of a source mapping for files with one header.

It turns rows of text into canonical rows, each with a verdict and, where bad, every reason why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.exports.contracts import Contract
from orchestration.exports.mapping.canonical import (
    HASH,
    REASONS,
    VERDICT,
    Mapped,
    Verdict,
    filled,
    struct,
    value,
)
from orchestration.exports.mapping.expressions import Expression
from orchestration.exports.mapping.reasons import reasons
from orchestration.exports.mapping.validation import violation
from orchestration.exports.reading.headers import EXPORT_DATE, LINE, PART, SOURCE_LINE, Header
from orchestration.exports.rules import Severity
from orchestration.exports.sql import identifier, literal

_BLANKS = " \t\r\n\u00a0"


@dataclass(frozen=True)
class CompiledMapping:
    """A source mapping that has been checked against a header.

    Attributes
    ----------
    is_numbered_by_position : whether the contract's position column is counted here
    absent : columns that none of the file's JSON records holds and no required value needs
    counters : what tells how many rows a record stands for, by the column with a row's number
    """

    contract: Contract
    header: Header
    nulls: tuple[str, ...]
    columns: dict[str, Mapped]
    keep: Expression | None
    is_numbered_by_position: bool
    absent: tuple[str, ...] = ()
    counters: Mapping[str, Expression] = field(default_factory=dict)

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
        hashed = ", ".join(value(name) for name in self._hashed())
        results = [
            *(f"{value(name)} as {identifier(name)}" for name in self.contract.columns),
            *carried,
            VERDICT,
            f"{self._why()} as {REASONS}",
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
        if name in self.counters:
            return f"try_cast({column} as bigint) as {column}"
        if self.counters and name == SOURCE_LINE:
            return column  # what stands for nothing in the file is a number of a line here
        nulls = dict.fromkeys(("", *self.nulls))
        trimmed = f"trim({column}, {literal(_BLANKS)})"
        for null in nulls:
            trimmed = f"nullif({trimmed}, {literal(null)})"
        # Trimming is half of what reading costs, and few values need it.
        has_blanks = f"prefix({column}, ' ') or suffix({column}, ' ')"
        if has_odd_blanks:
            codes = ", ".join(str(ord(blank)) for blank in _BLANKS)
            has_blanks = f"ord({column}) in ({codes}) or ord(right({column}, 1)) in ({codes})"
        listed = ", ".join(map(literal, nulls))
        return (
            f"case when {column} in ({listed}) then null when {has_blanks} then {trimmed} "
            f"else {column} end as {column}"
        )

    def _mapped_steps(self, *, is_one_file: bool) -> list[str]:
        structs = [
            f"{_tried(column.sql)} as {struct(name)}" for name, column in self.columns.items()
        ]
        keep = (
            _tried(f"cast(({self.keep.sql}) as boolean)") if self.keep else "struct_pack(v := true)"
        )
        selected = ", ".join(["*", *structs, f"{keep} as _keep"])
        step = "unplaced" if self.is_numbered_by_position else "mapped"
        steps = [
            f"filled as (select *{filled(self._expressions())} from cleaned)",
            f"{step} as (select {selected} from filled)",
        ]
        if self.is_numbered_by_position:
            name = self.contract.position_column or ""
            within = self.contract.columns[name].position_within or ()
            groups = ["_keep", *([] if is_one_file else [PART]), *map(value, within)]
            window = f"partition by {', '.join(groups)} order by {LINE}"
            position = f"struct_pack(v := row_number() over ({window}))"
            steps.append(f"mapped as (select *, {position} as {struct(name)} from unplaced)")
        return steps

    def _hashed(self) -> list[str]:
        if self.is_numbered_by_position:
            return [name for name in self.contract.columns if name != self.contract.position_column]
        return list(self.contract.key)

    def _verdict(self) -> str:
        broken: dict[Severity, list[str]] = {severity: [] for severity in Severity}
        broken[Severity.QUARANTINE] = ["_keep is null"]
        broken[Severity.QUARANTINE] += [f"{identifier(name)} is null" for name in self.counters]
        skipped = ["(_keep.v is not true and _keep is not null)"]
        skipped += [f"{identifier(name)} = 0" for name in self.counters]
        for name in self.columns:
            broken[self.contract.columns[name].severity].append(f"{struct(name)} is null")
        for rule in self.contract.rules():
            broken[rule.severity].append(violation(rule, value))
        branches = [
            (" or ".join(skipped), Verdict.SKIPPED),
            (" or ".join(broken[Severity.REJECT]), Verdict.REJECTED),
            (" or ".join(broken[Severity.QUARANTINE]), Verdict.QUARANTINED),
        ]
        cases = " ".join(
            f"when {condition} then {verdict.value}" for condition, verdict in branches if condition
        )
        return f"cast(case {cases} else {Verdict.GOOD.value} end as tinyint)"

    def _why(self) -> str:
        names = (*self.header.names, *self.absent)
        return reasons(self.contract, self.columns, self.keep, self.counters, names)


def _tried(sql: str) -> str:
    """Return SQL that is null where ``sql`` fails, else a struct with its value, null or not."""
    return f"try(struct_pack(v := {sql}))"
