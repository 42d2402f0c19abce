"""How an experiment was planned, where it is not as usual."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Design:
    """What a verdict takes for planned.

    Attributes
    ----------
    shares : share of all people that each group was to have, above 0; equal ones where none are
        named
    lower_is_better : whether a lower value is the better one
    """

    shares: Mapping[str, float] = field(default_factory=dict)
    lower_is_better: bool = False

    def expected(self, assigned: Mapping[str, int]) -> dict[str, float]:
        """Return the share that each group should have, of those there are or should be."""
        if not self.shares:
            return dict.fromkeys(assigned, 1 / len(assigned))
        whole = sum(self.shares.values())
        groups = sorted({*assigned, *self.shares})
        return {name: self.shares.get(name, 0.0) / whole for name in groups}
