"""Contracts: the canonical columns, types and rules of each kind of export.

Whatever speaks of a column (Arrow schema, raw table, validation, Great Expectations) derives from
here.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Self

import pyarrow as pa
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from orchestration.exports.column_types import Type
from orchestration.exports.rules import Rule, RuleKind, Severity

CONTRACTS_DIR = Path(__file__).parent / "contracts"


class ContractError(ValueError):
    """A contract file breaks the rules for contracts; the message names the file and the field."""


# No day of a business is infinity, a system's zero date, or the year 24 of a year read too short.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9999, 12, 31)

LOAD_METADATA = pa.schema(
    [
        ("_export_date", pa.date32()),
        ("_file", pa.string()),
        ("_line", pa.int64()),
        ("_load_id", pa.int64()),
        ("_loaded_at", pa.timestamp("us", "UTC")),
    ]
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """A canonical column: its type, its meaning and what its values must fulfil."""

    type: Type
    description: str = Field(min_length=1)
    required: bool = False
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    above: int | Decimal | None = None
    allowed: tuple[str, ...] | None = None
    pattern: str | None = None
    position_within: tuple[str, ...] | None = None
    severity: Severity = Severity.QUARANTINE

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            re.compile(pattern)
        return pattern

    @model_validator(mode="after")
    def _rules_fit_the_type(self) -> Self:
        numeric = self.type in (Type.INTEGER, Type.NUMBER, Type.MONEY, Type.PRICE)
        textual = self.type in (Type.ID, Type.TEXT)
        if not numeric and (self.minimum, self.maximum, self.above) != (None, None, None):
            raise ValueError("minimum, maximum and above are for integer, number and money columns")
        if not textual and (self.allowed, self.pattern) != (None, None):
            raise ValueError("allowed and pattern are for id and text columns")
        if self.position_within is not None and self.type is not Type.INTEGER:
            raise ValueError("position_within is for integer columns")
        return self

    def rules(self, name: str) -> Iterator[Rule]:
        """Yield the rules for the column of this name."""

        def rule(kind: RuleKind, parameter: object = None) -> Rule:
            return Rule(kind, (name,), self.severity, parameter)  # type: ignore[arg-type]

        if self.required:
            yield rule(RuleKind.REQUIRED)
        for kind in (
            RuleKind.MINIMUM,
            RuleKind.MAXIMUM,
            RuleKind.ABOVE,
            RuleKind.ALLOWED,
            RuleKind.PATTERN,
        ):
            if (parameter := getattr(self, kind)) is not None:
                yield rule(kind, parameter)
        if self.type is Type.DATE:
            yield rule(RuleKind.MINIMUM, FIRST_DAY)
            yield rule(RuleKind.MAXIMUM, LAST_DAY)
        if self.type is Type.TIME:
            yield rule(RuleKind.MINIMUM, _midnight(FIRST_DAY))
            yield rule(RuleKind.MAXIMUM, _midnight(LAST_DAY))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


class PairRule(_Strict):
    """A rule that compares two columns: ``not_before: [closed_at, opened_at]``."""

    not_before: tuple[str, str]
    severity: Severity = Severity.QUARANTINE


class Contract(_Strict):
    """The contract of one export.

    Attributes
    ----------
    key : columns that identify a row within a delivery, and the thing it describes across
        deliveries
    quarantine_limit : share of a delivery's rows, 0 to 1, above which the delivery is refused whole
    """

    export: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    description: str = Field(min_length=1)
    delivery: str = Field(pattern="^(changes|snapshot)$")
    key: tuple[str, ...] = Field(min_length=1)
    columns: dict[str, Column]
    rules_between: tuple[PairRule, ...] = Field((), alias="rules")
    quarantine_limit: float = Field(0.05, ge=0, le=1)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        pairs = [name for pair in self.rules_between for name in pair.not_before]
        positions = [
            name for column in self.columns.values() for name in column.position_within or ()
        ]
        for name in (*self.key, *pairs, *positions):
            if name not in self.columns:
                raise ValueError(f"{name!r} is not one of the columns")
        for name in self.columns:
            if not re.fullmatch("[a-z][a-z0-9_]*", name):
                raise ValueError(f"column name {name!r} must be lower case letters, digits and _")
        for name in self.key:
            if not self.columns[name].required:
                raise ValueError(f"key column {name!r} must be required")
        if len([c for c in self.columns.values() if c.position_within]) > 1:
            raise ValueError("only one column can be filled by position")
        return self

    @property
    def position_column(self) -> str | None:
        """The column that counts lines by position where the source has no number of its own."""
        return next((name for name, column in self.columns.items() if column.position_within), None)

    def rules(self) -> tuple[Rule, ...]:
        """Every rule but the uniqueness of the key, which speaks of a delivery, not of a row."""
        own = [rule for name, column in self.columns.items() for rule in column.rules(name)]
        return (
            *own,
            *(Rule(RuleKind.NOT_BEFORE, p.not_before, p.severity) for p in self.rules_between),
        )

    def canonical_schema(self) -> pa.Schema:
        """Arrow schema of the export's own columns."""
        return pa.schema([(name, column.type.arrow) for name, column in self.columns.items()])

    def arrow_schema(self) -> pa.Schema:
        """Arrow schema of the raw table: organization_id, the export's columns, load metadata."""
        return pa.schema(
            [("organization_id", pa.string()), *self.canonical_schema(), *LOAD_METADATA]
        )


@cache
def load_contracts(directory: Path = CONTRACTS_DIR) -> dict[str, Contract]:
    """Read every contract, by export name.

    Raises
    ------
    ContractError
        If a file is not a contract, or is not named like its export.
    """
    contracts = {}
    for path in sorted(directory.glob("*.yml")):
        try:
            contract = Contract.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (ValidationError, yaml.YAMLError) as error:
            raise ContractError(f"Contract {path.name} is not valid: {explain(error)}.") from error
        if contract.export != path.stem:
            raise ContractError(
                f"Contract {path.name} describes {contract.export!r}: rename one of them."
            )
        contracts[contract.export] = contract
    return contracts


def explain(error: ValidationError | yaml.YAMLError) -> str:
    """Say in one line what a YAML file's author has to correct."""
    if isinstance(error, yaml.YAMLError):
        return " ".join(str(error).split())
    return "; ".join(
        f"{'.'.join(map(str, problem['loc'])) or 'the file'}: "
        f"{problem['msg'].removeprefix('Value error, ')}"
        for problem in error.errors()
    )
