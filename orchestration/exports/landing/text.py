"""UTF-8 text on this machine, as physical lines."""

import re
from pathlib import Path
from typing import TextIO

_NO_TEXT = re.compile("[\0\ud800-\udfff]")


def open_text(path: Path, errors: str = "surrogateescape") -> TextIO:
    """Open UTF-8 text to be read by physical lines; other bytes survive by ``errors``."""
    return path.open(encoding="utf-8-sig", errors=errors, newline="\n")


def is_text(text: str) -> bool:
    """Whether every byte was text: no NUL, and nothing that decoding could not make sense of."""
    return _NO_TEXT.search(text) is None
