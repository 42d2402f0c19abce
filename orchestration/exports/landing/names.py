"""Names in the landing: which of them a mapping's pattern means, and the day that they tell."""

import re
from datetime import date, datetime
from pathlib import PurePosixPath

from orchestration.exports.landing.storage import Entry, Kind

_DATE = r"(?P<date>\d{4}(?P<mark>[-_.]?)\d{2}(?P=mark)\d{2})"
# What somebody may have meant for a date.
_NEARLY_A_DATE = r"[\d._() T-]*\d[\d._() T-]*"
# Control characters, line and paragraph separators, changes of the writing direction, broken bytes:
# a name with these could forge lines of a log.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def day_in_path(pattern: str, path: str) -> date | None:
    """Return the day that a path tells where its end matches a mapping's pattern."""
    parts = PurePosixPath(pattern).parts
    names = PurePosixPath(path).parts[-len(parts) :]
    if len(names) < len(parts):
        return None
    day = None
    for index, (part, name) in enumerate(zip(parts, names, strict=True)):
        match = matcher(part, is_file=index == len(parts) - 1).fullmatch(name)
        if match is None:
            return None
        day = day_of(match["date"]) if "{date}" in part else day
    return day


def day_in_name(name: str) -> date | None:
    """Return the one day that a file's name tells, whatever stands around it."""
    found = [day_of(match["date"]) for match in re.finditer(rf"(?<!\d){_DATE}(?!\d)", name)]
    return found[0] if len(found) == 1 else None


def is_nearly_dated(name: str, part: str, *, is_file: bool) -> bool:
    """Whether a name fits a part of a pattern but for how it writes the day."""
    return matcher(part, is_file=is_file, day=_NEARLY_A_DATE).fullmatch(name) is not None


def matcher(part: str, *, is_file: bool, day: str = _DATE) -> re.Pattern[str]:
    """Compile one part of a pattern; a trailing ``.gz`` of a file is always welcome."""
    regex = re.escape(part).replace(re.escape("{date}"), day).replace(r"\*", "[^/]*")
    return re.compile(regex + (r"(\.gz)?" if is_file else ""), re.IGNORECASE)


def fault_of(entry: Entry, part: str, *, is_file: bool) -> str:
    """Say why a name that matches, cases apart, is not followed; empty if nothing is wrong."""
    if entry.kind is Kind.OTHER:
        return "it is a link or no regular file"
    if _CONTROL.search(entry.name) or entry.name in (".", ".."):
        return "its name holds control characters, or is none"
    exact = re.compile(matcher(part, is_file=is_file).pattern)
    if not exact.fullmatch(entry.name):
        return f"the mapping says {part!r}, and upper and lower case matter"
    return ""


def day_of(text: str) -> date | None:
    """Return the day that eight digits tell, whatever stands between them, or None."""
    try:
        return datetime.strptime(re.sub(r"\D", "", text), "%Y%m%d").date()
    except ValueError:
        return None
