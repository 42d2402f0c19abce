"""What a call cost that nobody answered: the account's own count of credits tells.

Between two readings that were taken while nothing else was under way, the account must have lost
what the answered calls in between cost. What it lost besides, the unanswered ones have cost.
"""


class Meter:
    """Readings of the credits left on the account, and what is known to be spent since."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._spent = 0

    @property
    def is_known(self) -> bool:
        """Whether there is a reading to compare the next one with."""
        return self._left is not None

    def spent(self, credits: int) -> None:
        """Note what an answered call cost."""
        self._spent += credits

    def unexplained(self, left: int | None) -> int | None:
        """Take a reading and return the credits lost that no answer accounts for.

        Null where there is no earlier reading, or where the account gained: then others use it,
        or it was topped up, and nothing follows.
        """
        lost = None if left is None or self._left is None else self._left - self._spent - left
        self._left, self._spent = left, 0
        return lost if lost is not None and lost >= 0 else None
