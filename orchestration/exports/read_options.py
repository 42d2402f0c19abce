"""How the files of one export are written."""

import codecs
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

WHITESPACE = "whitespace"


class ReadOptions(BaseModel):
    """How an organization's files of one export are written.

    Attributes
    ----------
    format : csv for any delimited text, json for a list of records or a record on each line, ndjson
        where it must be the latter
    records : json: names of nested objects down to the list of records, joined by dots
    delimiter : one character, or ``whitespace`` for runs of blanks
    quote : the character around values that hold a delimiter or a line break; empty for none
    escape : the character that stands before a quote inside a quoted value: the quote itself, or
        a backslash
    decimal : decimal mark that the helper ``money`` expects
    skip_preamble : lines before the header
    header_contains : values of the header, which is the first line that holds them all
    header : false where the first line is data; the columns are then column_1, column_2, ...
    short_lines : what becomes of a line with fewer values than the header has: ``pad`` reads the
        missing ones as nothing
    nulls : values that stand for "nothing" besides the empty one
    max_gigabytes : a file that holds more, decompressed, is refused
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["csv", "json", "ndjson"] = "csv"
    records: str | None = Field(None, min_length=1)
    delimiter: str = ","
    quote: Literal['"', "'", ""] = '"'
    escape: Literal['"', "\\"] = '"'
    encoding: str = "utf-8"
    decimal: Literal[".", ","] = "."
    skip_preamble: int = Field(0, ge=0)
    header_contains: tuple[str, ...] = ()
    header: bool = True
    short_lines: Literal["quarantine", "pad"] = "quarantine"
    nulls: tuple[str, ...] = ("",)
    max_gigabytes: float = Field(50, gt=0)

    @property
    def is_json(self) -> bool:
        """Whether names and values come from JSON records."""
        return self.format != "csv"

    @field_validator("delimiter")
    @classmethod
    def _one_character(cls, delimiter: str) -> str:
        if delimiter != WHITESPACE and (len(delimiter) != 1 or not delimiter.isascii()):
            raise ValueError(
                f"{delimiter!r} is neither one ASCII character nor 'whitespace'; of one that is "
                "written twice, such as ||, name it once: the empty columns between do no harm"
            )
        if delimiter in ('"', "\n", "\r"):
            raise ValueError("a quote or a line break cannot separate columns")
        return delimiter

    @field_validator("encoding")
    @classmethod
    def _known(cls, encoding: str) -> str:
        try:
            return codecs.lookup(encoding).name
        except LookupError as error:
            raise ValueError(
                f"{encoding!r} is not a known encoding, such as utf-8 or cp1252"
            ) from error

    @model_validator(mode="after")
    def _options_agree(self) -> Self:
        if self.header_contains and (self.skip_preamble or not self.header):
            raise ValueError(
                "header_contains finds the header: it excludes skip_preamble and header: false"
            )
        if self.records and self.format != "json":
            raise ValueError("records is the way to the list of records: it needs format: json")
        if self.is_json and self.model_fields_set & _OF_DELIMITED_TEXT:
            needless = ", ".join(sorted(self.model_fields_set & _OF_DELIMITED_TEXT))
            raise ValueError(f"{needless} says nothing of JSON: leave it out")
        if self.delimiter == self.quote:
            raise ValueError("delimiter and quote must differ")
        return self


_OF_DELIMITED_TEXT = {
    "delimiter",
    "quote",
    "escape",
    "skip_preamble",
    "header_contains",
    "header",
    "short_lines",
}
