"""What an operator says of records: that two are the same person or company, or are not."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

RecordType = Literal["account", "member", "lead", "prospect", "employer"]


class Record(NamedTuple):
    """A record of an organization, such as the member M17."""

    record_type: RecordType
    record_id: str


def _record(text: object) -> object:
    """Read ``member M17``."""
    record_type, _, record_id = str(text).strip().partition(" ")
    if record_type not in get_args(RecordType) or not record_id.strip():
        raise ValueError(
            f"{text!r} names no record: write its type, one of {', '.join(get_args(RecordType))}, "
            "and its id, such as `member M17`"
        )
    return Record(record_type, record_id.strip())  # type: ignore[arg-type]


def _differs(pair: tuple[Record, Record]) -> tuple[Record, Record]:
    if pair[0] == pair[1]:
        raise ValueError(f"{' '.join(pair[0])} is paired with itself: write two records")
    return pair


Named = Annotated[Record, BeforeValidator(_record)]


class Ruling(BaseModel):
    """What is said of two records.

    Attributes
    ----------
    records : the two
    since : the first as-of day that knows of it; every day does where none is said
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    records: Annotated[tuple[Named, Named], AfterValidator(_differs)]
    since: date | None = None


def _ruling(value: object) -> object:
    """Take a mere pair for one that was always ruled."""
    return {"records": value} if isinstance(value, list) else value


Rulings = list[Annotated[Ruling, BeforeValidator(_ruling)]]


class IdentityRulings(BaseModel):
    """Pairs of records that are the same person or company, and pairs that are not.

    Of several rulings on one pair, the newest that a day knows of holds on it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    same: Rulings = []
    different: Rulings = []

    def rulings(self) -> Iterator[tuple[Ruling, bool]]:
        """Yield each ruling, and whether the two are the same."""
        yield from ((ruling, True) for ruling in self.same)
        yield from ((ruling, False) for ruling in self.different)
