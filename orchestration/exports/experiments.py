"""What an operator says of experiments: how large their groups were meant to be, what is better."""

from math import isclose
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, field_validator

_TOLERANCE = 0.001


def _name(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError(f"YAML takes a bare yes or no for {value}: put the name into quotes")
    return str(value) if isinstance(value, int) else value


Name = Annotated[str, BeforeValidator(_name)]


class ExperimentDesign(BaseModel):
    """How an experiment was planned, where it is not as usual.

    Attributes
    ----------
    shares : share of the units that each group was to have, by its name, 0 to 1; equal ones where
        none are named
    lower_is_better : whether a lower value of the metric is the better one
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    shares: dict[Name, float] = {}
    lower_is_better: bool = False

    @field_validator("shares")
    @classmethod
    def _make_up_a_whole(cls, shares: dict[str, float]) -> dict[str, float]:
        if any(share <= 0 for share in shares.values()):
            raise ValueError("each group's share is above 0: leave out groups that nobody is in")
        if shares and not isclose(sum(shares.values()), 1, abs_tol=_TOLERANCE):
            raise ValueError(
                f"shares of all groups add up to {sum(shares.values()):.4g}, which must be 1"
            )
        return shares
