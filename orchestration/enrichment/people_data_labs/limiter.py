"""When the next call of an endpoint may leave, by what the provider's headers say.

The provider limits each endpoint in fixed windows. Whether a bulk counts as one or as its items
is not documented: until a call that went alone has shown it, calls go alone.
"""

import random
import time

from orchestration.enrichment.people_data_labs.headers import Reading


class Limiter:
    """The state of one endpoint's window.

    Parameters
    ----------
    backoff : seconds to wait after a first failure; doubled by each further one in a row
    longest_backoff : seconds to wait at most, after however many
    """

    def __init__(self, backoff: float, longest_backoff: float = 60) -> None:
        self._backoff = backoff
        self._longest_backoff = longest_backoff
        self._failures = 0
        self._not_before = 0.0
        self._calls_out = 0
        self._items_out = 0
        self._counts_items: bool | None = None
        self._limit: int | None = None
        # The rest describes the window: how much is left of it without the calls under way, when
        # it ends by the provider's clock, which is its name, and when by ours.
        self._remaining: int | None = None
        self._window = 0.0
        self._ends = 0.0

    def room(self, wanted: int) -> int:
        """Return how many of the ``wanted`` items may leave in one call now."""
        now = time.time()
        if now < self._not_before or (self._calls_out and self._is_to_be_learnt(wanted)):
            return 0
        if self._remaining is not None and now >= self._ends:
            # A limit of nothing would be waited for without end: let the provider say no.
            self._remaining = self._limit or None
        if self._remaining is None:
            return wanted
        if self._counts_items is False:
            return wanted if self._calls_out < self._remaining else 0
        return max(0, min(wanted, self._remaining - self._items_out))

    def pause(self) -> float | None:
        """Return the seconds to wait for room, None if only an answer can make it."""
        now = time.time()
        if now < self._not_before:
            return self._not_before - now
        if self._remaining is not None and now < self._ends and not self.room(1):
            return self._ends - now
        return None

    def left(self, items: int) -> None:
        """Note that a call has left."""
        self._calls_out += 1
        self._items_out += items

    def came(self, items: int, reading: Reading) -> None:
        """Note an answer, good or bad news, to a call."""
        self._calls_out -= 1
        self._items_out -= items
        self._failures = 0
        if not self._calls_out and items > 1 and self._counts_items is None:
            self._counts_items = self._learnt(items, reading)
        self._look(reading)

    def failed(self, items: int, reading: Reading, *, limited: bool) -> None:
        """Note a call to be sent again: ``limited`` if the limit was hit, else for a fault."""
        self._calls_out -= 1
        self._items_out -= items
        self._look(reading)
        now = time.time()
        # Calls that left together and failed together are one failure.
        self._failures += now >= self._not_before
        wait = min(self._backoff * 2 ** (self._failures - 1), self._longest_backoff)
        # Jitter, so that several who were turned away together do not come back together.
        wait *= random.uniform(0.5, 1.0)  # noqa: S311
        to_end = self._ends - now
        if to_end > 0:
            wait = to_end + min(wait, to_end / 20) if limited else min(wait, to_end)
        elif limited and reading.resets_at is not None:
            # The end is told in whole seconds: it may be some tenths off.
            wait /= 5
        self._not_before = max(self._not_before, now + wait)

    def _is_to_be_learnt(self, wanted: int) -> bool:
        return wanted > 1 and self._remaining is not None and self._counts_items is None

    def _learnt(self, items: int, reading: Reading) -> bool | None:
        """Return whether items are counted, from what a call that went alone took."""
        is_same = reading.resets_at == self._window
        before = self._remaining if is_same else reading.limit
        if before is None or reading.remaining is None:
            return None
        if before - reading.remaining < items:
            return False
        # Of a window that others may have used before nothing is certain.
        return True if is_same else None

    def _look(self, reading: Reading) -> None:
        """Take over what an answer says of its window, unless a later one is known."""
        if reading.resets_at is None or reading.resets_at < self._window:
            return
        is_same = reading.resets_at == self._window
        known = self._remaining if is_same else None
        self._remaining = min(
            (number for number in (known, reading.remaining) if number is not None), default=None
        )
        self._limit = reading.limit if reading.limit is not None else self._limit
        self._window = reading.resets_at
        self._ends = reading.resets_at - reading.clock_ahead
