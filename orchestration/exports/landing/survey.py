"""What a text is made of, learned chunk by chunk while it passes."""

import codecs
import re

BLANK = b" \t\r\n"
_FIRST_LINE_BREAK = re.compile(rb'(?:[^"\r\n]++|"[^"]*+")*+(\r\n|\r(?!$)|\n)', re.DOTALL)


def ends_lines_by_returns(head: bytes) -> bool:
    """Whether the first line ends with a lone carriage return, as on old Macs."""
    found = _FIRST_LINE_BREAK.match(head)
    return found is not None and found[1] == b"\r"


class Survey:
    """Counts over the bytes of a UTF-8 text, added chunk by chunk.

    Parameters
    ----------
    blank : bytes of lines that hold nothing

    Attributes
    ----------
    longest_line : bytes, exact where it is longer than a chunk, else no more than two chunks
    """

    def __init__(self, blank: bytes = BLANK) -> None:
        self._blank = blank
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_utf8 = True
        self._newlines = self._returns = self._paired_returns = 0
        self._newlines_before_tail = 0
        self._ends_in_return = False
        self._has_content = self._has_nul = False
        self._open_line = 0
        self.longest_line = 0
        self.has_tabs = self.has_no_break_spaces = False

    def add(self, chunk: bytes) -> None:
        """Take the next chunk into account."""
        if not chunk:
            return
        self._check_encoding(chunk)
        content = chunk.rstrip(self._blank)
        newlines = chunk.count(b"\n")
        if content:
            self._newlines_before_tail = (
                self._newlines + newlines - chunk.count(b"\n", len(content))
            )
            self._has_content = True
        self._newlines += newlines
        self._measure_lines(chunk)
        if b"\r" in chunk:
            self._returns += chunk.count(b"\r")
            self._paired_returns += chunk.count(b"\r\n")
        self._paired_returns += self._ends_in_return and chunk.startswith(b"\n")
        self._ends_in_return = chunk.endswith(b"\r")
        self._has_nul = self._has_nul or b"\0" in chunk
        self.has_tabs = self.has_tabs or b"\t" in chunk
        if not chunk.isascii():
            self.has_no_break_spaces = self.has_no_break_spaces or b"\xc2\xa0" in chunk

    def _check_encoding(self, chunk: bytes) -> None:
        if self._is_utf8 and not (chunk.isascii() and not self._decoder.getstate()[0]):
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError:
                self._is_utf8 = False

    def _measure_lines(self, chunk: bytes) -> None:
        """Measure the lines that cross the borders of chunks; the others fit into one."""
        first = chunk.find(b"\n")
        self._open_line += len(chunk) if first < 0 else first
        self.longest_line = max(self.longest_line, self._open_line)
        if first >= 0:
            self._open_line = len(chunk) - chunk.rfind(b"\n") - 1

    def lines(self) -> int:
        """Physical lines up to the last one that is not blank."""
        return self._newlines_before_tail + self._has_content

    def is_clean(self) -> bool:
        """Whether it is valid UTF-8 without NUL characters or lone carriage returns."""
        is_whole = not self._decoder.getstate()[0]
        return (
            self._is_utf8
            and is_whole
            and not self._has_nul
            and self._returns == self._paired_returns
        )
