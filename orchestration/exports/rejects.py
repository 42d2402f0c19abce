"""What a reader cannot read: the lines that it gives up, and why."""

import pyarrow as pa


class Rejects:
    """Lines that hold no record, counted, and kept with their reasons while there is room.

    Attributes
    ----------
    count : all of them, those beyond ``max_kept`` too
    problem : why the file cannot be read to its end, else empty
    """

    def __init__(self, max_kept: int) -> None:
        self._max_kept = max_kept
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

    def arrays(self) -> tuple[pa.Array, pa.Array]:
        """Return the lines that were kept, and their reasons."""
        return pa.array(self.lines, pa.int64()), pa.array(self.reasons, pa.string())
