"""Rules: what a contract demands of each row."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Severity(StrEnum):
    """What a broken rule costs: the row, or the whole delivery."""

    QUARANTINE = "quarantine"
    REJECT = "reject"


class RuleKind(StrEnum):
    """What a rule demands of a row."""

    REQUIRED = "required"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    ABOVE = "above"
    ALLOWED = "allowed"
    PATTERN = "pattern"
    NOT_BEFORE = "not_before"


@dataclass(frozen=True)
class Rule:
    """One demand on a row, which a null value never breaks unless the demand is ``required``.

    Attributes
    ----------
    columns : the columns that it reads; ``not_before`` reads two, the first not before the second
    parameter : the bound, the allowed values (tuple) or the pattern; None for the others
    """

    kind: RuleKind
    columns: tuple[str, ...]
    severity: Severity = Severity.QUARANTINE
    parameter: int | Decimal | date | datetime | str | tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """Unique within the contract, such as ``status.allowed``."""
        return f"{'.'.join(self.columns)}.{self.kind}"
