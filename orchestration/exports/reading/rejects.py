"""What a reader cannot read: the lines that it gives up, and why."""

import pyarrow as pa

from orchestration.exports.spilling import SET_ASIDE, SetAside

_LINES_IN_MEMORY = 50_000


class Rejects:
    """Lines that hold no record, counted, and kept with their reasons while there is room.

    Attributes
    ----------
    count : all of them, those beyond ``max_kept`` too
    problem : why the file cannot be read to its end, else empty
    lines, reasons : those of the last ones
    """

    def __init__(self, max_kept: int) -> None:
        self._max_kept = max_kept
        self._aside = SetAside()
        self.count = 0
        self.problem = ""
        self.lines: list[int] = []
        self.reasons: list[str] = []

    def add(self, line: int, reason: str) -> None:
        """Give up a line."""
        self.count += 1
        if self.count <= self._max_kept:
            self.lines.append(line)
            self.reasons.append(reason)
        if len(self.lines) == _LINES_IN_MEMORY:
            self._set_aside()

    def aside(self) -> SetAside:
        """Return the lines that were kept, and their reasons."""
        self._set_aside()
        return self._aside

    def _set_aside(self) -> None:
        lines = pa.array(self.lines, pa.int64())
        self._aside.add(pa.table([lines, lines, pa.array(self.reasons)], schema=SET_ASIDE))
        self.lines, self.reasons = [], []
