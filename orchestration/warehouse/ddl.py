"""Arrow schema -> table DDL in the words that Postgres and DuckDB share."""

import pyarrow as pa

from orchestration.warehouse.errors import WarehouseError

_TYPES: dict[pa.DataType, str] = {
    pa.string(): "text",
    pa.large_string(): "text",
    pa.bool_(): "boolean",
    pa.int16(): "smallint",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.float32(): "real",
    pa.float64(): "double precision",
    pa.date32(): "date",
}


def quoted(*names: str) -> str:
    """Return a (qualified) SQL identifier that keeps every character of ``names``."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def column_type(arrow_type: pa.DataType) -> str:
    """Return the SQL type that stores ``arrow_type`` without loss.

    Raises
    ------
    WarehouseError
        When neither engine has a plain column type for it.
    """
    if pa.types.is_decimal(arrow_type):
        return f"numeric({arrow_type.precision}, {arrow_type.scale})"
    if pa.types.is_timestamp(arrow_type):
        return "timestamptz" if arrow_type.tz else "timestamp"
    if arrow_type in _TYPES:
        return _TYPES[arrow_type]
    raise WarehouseError(
        f"The warehouse has no column type for Arrow's {arrow_type}; "
        "use text, an integer, a float, boolean, decimal, date or timestamp."
    )


def create_table(
    schema: str, table: str, arrow_schema: pa.Schema, *, if_not_exists: bool = True
) -> str:
    """Return the ``create table`` statement; a field that is not nullable becomes ``not null``."""
    columns = ", ".join(
        f"{quoted(field.name)} {column_type(field.type)}{'' if field.nullable else ' not null'}"
        for field in arrow_schema
    )
    guard = "if not exists " if if_not_exists else ""
    return f"create table {guard}{quoted(schema, table)} ({columns})"
