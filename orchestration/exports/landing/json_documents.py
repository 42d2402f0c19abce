"""JSON documents of any size: find the list of records in one, and write a record to each line.

A document is decoded value by value with the standard library's decoder, because streaming parsers
neither keep a number's spelling nor give back the text of a record.
"""

import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from pathlib import Path
from typing import TextIO

from orchestration.exports.landing.text import open_text
from orchestration.exports.refusals import FileRefused

_CHUNK = 1 << 20
_BLANKS = " \t\r\n"
_RUN_OF_BLANKS = re.compile(r"[ \t\r\n]+")
_STRINGS_AND_BREAKS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\r\n]', re.DOTALL)


def holds_lines(head: str) -> bool:
    """Whether a text is newline-delimited JSON, judged by its first lines: one record each."""
    lines = [line.strip() for line in head.lstrip("\ufeff").splitlines() if line.strip()][:2]
    return (
        len(lines) == 2  # noqa: PLR2004 - one line may be either
        and lines[0].startswith("{")
        and lines[0].endswith("}")
        and lines[1].startswith("{")
    )


def write_records(source: Path, target: Path, path: str | None, max_record: int) -> None:
    """Write the records of a JSON document to a text with one record on each line.

    Parameters
    ----------
    path : names of nested objects down to the list of records, joined by dots. Without it the
        document is a list, or an object with one list of objects, or one record.
    max_record : characters that one record may have

    Raises
    ------
    FileRefused
        If the document is broken, has no such list, or holds several.
    """
    names = tuple(path.split(".")) if path else _the_only_list(source, max_record)
    with open_text(source) as text, target.open("wb") as lines:
        document = _Document(text, max_record)
        for record in _all_records(document, names):
            lines.write(f"{_on_one_line(record)}\n".encode(errors="surrogateescape"))


def _the_only_list(source: Path, max_record: int) -> tuple[str, ...]:
    """Return the name of an object's only list of objects; none where it is a record itself."""
    with open_text(source) as text:
        document = _Document(text, max_record)
        if document.peek() != "{":
            return ()
        lists = [name for name in document.members() if document.skip()]
    if len(lists) > 1:
        raise FileRefused(
            f"holds several lists of records ({', '.join(lists)}): name one as read.records"
        )
    return tuple(lists)


def _all_records(document: "_Document", names: tuple[str, ...]) -> Iterator[str]:
    opening = document.peek()
    if not opening:
        return
    if opening not in "[{":
        raise FileRefused(
            f"holds no list of records, as it begins with {opening!r}: if it is delimited text, "
            "leave out read.format in the organization's file, else deliver it again"
        )
    yield from _records(document, names)
    if document.peek():
        raise document.broken("more text follows its end")


def _records(document: "_Document", names: tuple[str, ...]) -> Iterator[str]:
    opening = document.peek()
    if names and opening == "{":
        is_there = False
        for name in document.members():
            if name == names[0]:
                is_there = True
                yield from _records(document, names[1:])
            else:
                document.skip()
        if is_there:
            return
    elif not names and opening == "[":
        for _ in document.elements():
            yield document.value()
        return
    elif not names and opening == "{":
        yield document.value()
        return
    wanted = f"no {names[0]!r}" if names else "no list of records"
    raise FileRefused(f"holds {wanted} where read.records looks for it: correct read.records")


class _Document:
    """A position in a JSON text, of which only a part is in memory."""

    def __init__(self, text: TextIO, max_record: int) -> None:
        self._text, self._max_record = text, max_record
        self._decoder = JSONDecoder(strict=False, parse_int=str, parse_float=str)
        self._buffer, self._at, self._is_whole = "", 0, False
        self._line = self._column = 1  # of the buffer's begin

    def peek(self) -> str:
        """Pass blanks and return the next character, or nothing at the end."""
        while (character := self._buffer[self._at : self._at + 1]) in _BLANKS:
            if blanks := _RUN_OF_BLANKS.match(self._buffer, self._at):
                self._at = blanks.end()
            elif self._is_whole:
                break
            else:
                self._read_on()
        return character

    def members(self) -> Iterator[str]:
        """Yield an object's names, each at its value, which the caller takes."""
        self._take("{")
        is_first = True
        while self.peek() != "}":
            if not is_first:
                self._take(",")
            is_first = False
            if self.peek() != '"':
                raise self.broken("a name in quotes should stand here")
            name, _ = self._decode()
            self._take(":")
            yield str(name)
        self._take("}")

    def elements(self) -> Iterator[None]:
        """Stop at each element of a list, which the caller takes."""
        self._take("[")
        is_first = True
        while self.peek() != "]":
            if not is_first:
                self._take(",")
            is_first = False
            yield
        self._take("]")

    def value(self) -> str:
        """Take a value and return its text."""
        _, text = self._decode()
        return text

    def skip(self) -> bool:
        """Pass over a value of any length; tell whether it is a list that holds objects."""
        holds_objects = False
        match self.peek():
            case "[":
                for _ in self.elements():
                    holds_objects |= self.peek() == "{"
                    self.value()
            case "{":
                for _ in self.members():
                    self.skip()
            case _:
                self.value()
        return holds_objects

    def broken(self, problem: str) -> FileRefused:
        """Return the error that says where the document is broken."""
        if self._is_whole and self._at >= len(self._buffer):
            problem = "it ends in the middle"
        line, column = self._place()
        return FileRefused(
            f"is broken JSON at line {line}, column {column} ({problem}): deliver it again"
        )

    def _place(self) -> tuple[int, int]:
        breaks = self._buffer.count("\n", 0, self._at)
        if not breaks:
            return self._line, self._column + self._at
        return self._line + breaks, self._at - self._buffer.rfind("\n", 0, self._at)

    def _take(self, character: str) -> None:
        if self.peek() != character:
            raise self.broken(f"{character} should stand here")
        self._at += 1

    def _decode(self) -> tuple[object, str]:
        """Take a value; more is read until it is whole, as a number at the end may go on."""
        self.peek()
        while True:
            problem = None
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at)
            except JSONDecodeError as error:
                problem, end = error, len(self._buffer)
            except RecursionError:
                raise self.broken("values are nested too deeply") from None
            if problem is None and (end < len(self._buffer) or self._is_whole):
                text = self._buffer[self._at : end]
                self._at = end
                return value, text
            if problem and self._is_whole:
                self._at = problem.pos
                raise self.broken(problem.msg)
            if len(self._buffer) - self._at > self._max_record:
                raise self.broken(f"a value is longer than {self._max_record:,} characters")
            self._read_on()

    def _read_on(self) -> None:
        """Drop what was taken and read as much again as is still open, a chunk at least."""
        self._line, self._column = self._place()
        self._buffer = self._buffer[self._at :]
        self._at = 0
        more = self._text.read(max(_CHUNK, len(self._buffer)))
        self._buffer += more
        self._is_whole = not more


def _on_one_line(record: str) -> str:
    """Return a record's text without line breaks: blanks between values, escapes inside texts."""
    if "\n" not in record and "\r" not in record:
        return record
    return _STRINGS_AND_BREAKS.sub(_without_breaks, record)


def _without_breaks(found: re.Match[str]) -> str:
    text = found[0]
    if not text.startswith('"'):
        return " "
    return text.replace("\n", "\\n").replace("\r", "\\r")
