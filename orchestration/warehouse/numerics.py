"""Postgres numerics, which the driver hands over as text, -> Arrow decimals."""

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.warehouse.errors import WarehouseError

_PRECISION = 38
_TYPMOD_OFFSET = 4


def decimal_columns(table: pa.Table) -> pa.Table:
    """Return ``table`` with each opaque numeric column as decimal128.

    Raises
    ------
    WarehouseError
        When a value is NaN, infinite or longer than 38 digits.
    """
    for position, field in enumerate(table.schema):
        if _is_numeric(field):
            column = _decimals(field, table.column(position))
            table = table.set_column(position, field.name, column)
    return table


def declared_type(field: pa.Field) -> pa.DataType | None:
    """Return the Arrow type of a queried column, None for a numeric of no declared precision."""
    return _declared_decimal(field) if _is_numeric(field) else field.type


def _is_numeric(field: pa.Field) -> bool:
    return isinstance(field.type, pa.OpaqueType) and field.type.type_name == "numeric"


def _decimals(field: pa.Field, column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = pa.chunked_array([chunk.storage for chunk in column.chunks], pa.string())
    try:
        return text.cast(_declared_decimal(field) or pa.decimal128(_PRECISION, _widest_scale(text)))
    except pa.ArrowInvalid as error:
        raise WarehouseError(
            f"Column {field.name!r} holds a number that is not finite or longer than {_PRECISION} "
            "digits; round or cast it in the query."
        ) from error


def _declared_decimal(field: pa.Field) -> pa.Decimal128Type | None:
    """Decode numeric(precision, scale) from the type modifier, as Postgres packs it."""
    modifier = int((field.metadata or {}).get(b"POSTGRESQL:typmod", b"-1")) - _TYPMOD_OFFSET
    precision, scale = modifier >> 16, modifier & 0x7FF
    if not 0 < precision <= _PRECISION or scale > precision:
        return None
    return pa.decimal128(precision, scale)


def _widest_scale(text: pa.ChunkedArray) -> int:
    fraction = pc.utf8_length(pc.replace_substring_regex(text, r"^[^.]*\.?", ""))
    return pc.max(fraction).as_py() or 0
