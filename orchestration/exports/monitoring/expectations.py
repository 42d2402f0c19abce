"""Great Expectations as a second, independent implementation of every contract's rules.

Rows are judged by SQL on their way in. What then stands in the raw table is examined here again,
by other code, so that a fault in one of the two shows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from orchestration.exports.contracts import Contract
from orchestration.exports.rules import Rule, RuleKind
from orchestration.exports.sql import identifier
from orchestration.warehouse import Warehouse

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

# Examining costs fifteen seconds per million rows; what a day brings is examined whole.
_ROWS_TO_EXAMINE = 100_000
UNIQUE = "unique"


@dataclass(frozen=True)
class RuleResult:
    """How the rows fare against one rule.

    Attributes
    ----------
    name : the rule's name, such as ``status.allowed``, or ``unique`` for the key
    broken_rows : positions of the rows that break it, from 0
    rows : number of rows examined, of ``rows_total``
    """

    name: str
    broken_rows: tuple[int, ...]
    rows: int
    rows_total: int

    @property
    def passed(self) -> bool:
        """Whether no examined row breaks the rule."""
        return not self.broken_rows


def build_suite(contract: Contract) -> "ExpectationSuite":
    """Build the suite of a contract: one expectation per rule, and one for its key."""
    from great_expectations import ExpectationSuite  # noqa: PLC0415 - takes seconds

    expectations = [_expectation(rule) for rule in contract.rules()]
    return ExpectationSuite(
        name=contract.export, expectations=[*expectations, _uniqueness(contract)]
    )


def referee(warehouse: Warehouse, contract: Contract, load_ids: Sequence[int]) -> list[RuleResult]:
    """Examine what these loads left in the raw table: all rows, or an even sample.

    Beyond a hundred thousand rows the sample takes the lines whose number is a multiple of the
    smallest step that suffices; a repeated key may hide between them.

    Raises
    ------
    WarehouseError
        If the table cannot be read.
    """
    if not load_ids:
        return []
    loads = f"_load_id in ({', '.join(str(int(load_id)) for load_id in load_ids)})"
    table = f"raw.{identifier(contract.export)}"
    columns = ", ".join(
        identifier(name) for name in ("organization_id", "_export_date", *contract.columns)
    )
    with warehouse.session() as session:
        counted = session.query(f"select count(*) as rows from {table} where {loads}")
        total = int(counted["rows"][0].as_py())
        step = -(-total // _ROWS_TO_EXAMINE) or 1
        rows = session.query(f"select {columns} from {table} where {loads} and _line % {step} = 0")
    return examine(contract, rows, total)


def examine(contract: Contract, rows: pa.Table, rows_total: int | None = None) -> list[RuleResult]:
    """Examine rows of a raw table against every rule of the contract."""
    import great_expectations as gx  # noqa: PLC0415 - takes seconds
    from great_expectations.data_context.types.base import (  # noqa: PLC0415
        ProgressBarsConfig,
    )

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    source = context.data_sources.add_pandas("rows").add_dataframe_asset(contract.export)
    definition = gx.ValidationDefinition(
        name=contract.export,
        data=source.add_batch_definition_whole_dataframe("all"),
        suite=context.suites.add(build_suite(contract)),
    )
    frame = rows.to_pandas(types_mapper=pd.ArrowDtype)
    outcome = context.validation_definitions.add(definition).run(
        batch_parameters={"dataframe": frame}, result_format="COMPLETE"
    )
    total = rows.num_rows if rows_total is None else rows_total
    return [_rule_result(result, rows.num_rows, total) for result in outcome.results]


def _rule_result(result: Any, rows: int, rows_total: int) -> RuleResult:
    rule = result.expectation_config.meta["rule"]
    if "unexpected_count" not in result.result:
        raise RuntimeError(f"Great Expectations could not examine {rule}: {result.exception_info}")
    broken = result.result.get("unexpected_index_list") or []
    return RuleResult(rule, tuple(sorted(broken)), rows, rows_total)


def _expectations() -> Any:
    """Import the expectations, which takes seconds and whose names the package does not declare."""
    from great_expectations import expectations  # noqa: PLC0415

    return expectations


def _uniqueness(contract: Contract) -> Any:
    columns = ["organization_id", "_export_date", *contract.key]
    return _expectations().ExpectCompoundColumnsToBeUnique(
        column_list=columns, meta={"rule": UNIQUE}
    )


def _expectation(rule: Rule) -> Any:
    gxe = _expectations()
    meta = {"rule": rule.name}
    column = rule.columns[0]
    match rule.kind:
        case RuleKind.REQUIRED:
            return gxe.ExpectColumnValuesToNotBeNull(column=column, meta=meta)
        case RuleKind.ALLOWED:
            return gxe.ExpectColumnValuesToBeInSet(
                column=column, value_set=list(_values(rule)), meta=meta
            )
        case RuleKind.PATTERN:
            return gxe.ExpectColumnValuesToMatchRegex(
                column=column, regex=str(rule.parameter), meta=meta
            )
        case RuleKind.NOT_BEFORE:
            return gxe.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=column,
                column_B=rule.columns[1],
                or_equal=True,
                ignore_row_if="either_value_is_missing",
                meta=meta,
            )
        case RuleKind.MAXIMUM:
            return gxe.ExpectColumnValuesToBeBetween(
                column=column, max_value=_bound(rule), meta=meta
            )
        case RuleKind.MINIMUM | RuleKind.ABOVE:
            return gxe.ExpectColumnValuesToBeBetween(
                column=column,
                min_value=_bound(rule),
                strict_min=rule.kind is RuleKind.ABOVE,
                meta=meta,
            )


def _values(rule: Rule) -> Iterable[str]:
    assert isinstance(rule.parameter, tuple)
    return rule.parameter


def _bound(rule: Rule) -> Any:
    return float(rule.parameter) if isinstance(rule.parameter, Decimal) else rule.parameter
