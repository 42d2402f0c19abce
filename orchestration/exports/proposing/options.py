"""The read options of a proposal."""

from typing import Any

from orchestration.exports.proposing.json_layout import JSON
from orchestration.exports.proposing.layout import Layout
from orchestration.exports.proposing.spellings import decimal_mark
from orchestration.exports.proposing.tables import Table
from orchestration.exports.read_options import WHITESPACE

_FEWEST_OF_MANY_NAMES = 3


def read_options(table: Table) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the options that differ from the defaults, and what to know about some of them."""
    options: dict[str, Any] = {}
    remarks: dict[str, str] = {}
    if table.sample.encoding != "utf-8":
        options["encoding"] = table.sample.encoding
        remarks["encoding"] = table.sample.doubt
    if table.layout.delimiter == JSON:
        options["format"] = JSON
    else:
        _describe_text(table, options, remarks)
    mark = decimal_mark(own.counts for own in table.profiles)
    if mark.mark != ".":
        options["decimal"] = mark.mark
    remarks["decimal"] = mark.doubt
    if table.nulls:
        options["nulls"] = table.nulls
    return options, {option: remark for option, remark in remarks.items() if remark}


def _describe_text(table: Table, options: dict[str, Any], remarks: dict[str, str]) -> None:
    layout = table.layout
    if layout.delimiter != ",":
        options["delimiter"] = layout.delimiter
    if not layout.header:
        options["header"] = False
        remarks["header"] = "the first line looks like a row: columns are named by their place"
    if layout.header and layout.preamble and layout.delimiter != WHITESPACE:
        options["header_contains"] = _telling_names(layout)
        remarks["header_contains"] = f"lines before the header: {layout.skip}"
    elif layout.skip:
        options["skip_preamble"] = layout.skip
    if any(len(record.values) < len(table.names) for record in layout.records):
        options["short_lines"] = "pad"
    if table.too_long:
        remarks["delimiter"] = f"{table.too_long} lines have more values than the header has names"


def _telling_names(layout: Layout) -> list[str]:
    """Return names that only the header line holds together."""
    names = [name for name in dict.fromkeys(layout.header) if name and "\n" not in name]
    return names[:_FEWEST_OF_MANY_NAMES]
