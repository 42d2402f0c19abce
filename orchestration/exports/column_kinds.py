"""What kind of values each column of a file holds, told from its beginning.

A few dozen kilobytes are enough to see that a column of numbers has become text, and cost a load
half a millisecond per file.
"""

import csv
from pathlib import Path

import pyarrow as pa

from orchestration.exports.headers import Header, dialect
from orchestration.exports.read_options import ReadOptions

_SAMPLE_BYTES = 1 << 16


def column_kinds(path: Path, header: Header, read: ReadOptions) -> list[str | None]:
    """Return number, date, time, time of day, yes or no, or text for each column of the header.

    Columns without a value in the sample have None; so have all where the sample is not a table.

    Parameters
    ----------
    path
        The file as UTF-8 text.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
        if file.read(1):
            sample = sample[: sample.rfind(b"\n") + 1]
    try:
        fields = _json_fields(sample) if read.is_json else _csv_fields(sample, header, read)
    except pa.ArrowInvalid:  # nothing below the header, or nothing that can be read
        fields = {}
    return [_kind(fields.get(name, pa.null())) for name in header.names]


def _csv_fields(sample: bytes, header: Header, read: ReadOptions) -> dict[str, pa.DataType]:
    from pyarrow import csv as arrow_csv  # noqa: PLC0415 - of the loading process alone

    form = dialect(read)
    quotes = form.get("quoting") != csv.QUOTE_NONE
    table = arrow_csv.read_csv(
        pa.BufferReader(sample),
        arrow_csv.ReadOptions(
            use_threads=False, skip_rows=header.lines, column_names=list(header.names)
        ),
        arrow_csv.ParseOptions(
            delimiter=form["delimiter"],
            quote_char=form.get("quotechar", '"') if quotes else False,
            escape_char=form.get("escapechar") or False,
            newlines_in_values=quotes,
            invalid_row_handler=lambda _: "skip",
        ),
        arrow_csv.ConvertOptions(
            null_values=["", *read.nulls], strings_can_be_null=True, decimal_point=read.decimal
        ),
    )
    return dict(zip(table.column_names, table.schema.types, strict=True))


def _json_fields(sample: bytes) -> dict[str, pa.DataType]:
    from pyarrow import json as arrow_json  # noqa: PLC0415 - of JSON exports alone

    schema = arrow_json.read_json(
        pa.BufferReader(sample), arrow_json.ReadOptions(use_threads=False)
    ).schema
    return dict(zip(schema.names, schema.types, strict=True))


def _kind(kind: pa.DataType) -> str | None:  # noqa: PLR0911 - one per kind
    if pa.types.is_null(kind):
        return None
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        # A day without cents is no other kind of column.
        return "number"
    if pa.types.is_boolean(kind):
        return "yes or no"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "time"
    if pa.types.is_time(kind):
        return "time of day"
    return "text"
