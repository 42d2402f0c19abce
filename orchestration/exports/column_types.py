"""Types of canonical columns, and what they are in Arrow and in SQL."""

from enum import StrEnum

import pyarrow as pa


class Type(StrEnum):
    """Type of a canonical column."""

    ID = "id"
    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    PRICE = "price"
    TIME = "time"
    DATE = "date"
    FLAG = "flag"

    @property
    def arrow(self) -> pa.DataType:
        """The column's type in Arrow, and so in the warehouse."""
        return _ARROW_TYPES[self]

    @property
    def sql(self) -> str:
        """The column's type in the SQL of every engine."""
        return _SQL_TYPES[self]


_ARROW_TYPES = {
    Type.ID: pa.string(),
    Type.TEXT: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.NUMBER: pa.decimal128(18, 4),
    Type.MONEY: pa.decimal128(18, 2),
    # Screws and kilowatt hours are sold at fractions of a cent.
    Type.PRICE: pa.decimal128(18, 6),
    Type.TIME: pa.timestamp("us", "UTC"),
    Type.DATE: pa.date32(),
    Type.FLAG: pa.bool_(),
}
_SQL_TYPES = {
    Type.ID: "text",
    Type.TEXT: "text",
    Type.INTEGER: "bigint",
    Type.NUMBER: "decimal(18, 4)",
    Type.MONEY: "decimal(18, 2)",
    Type.PRICE: "decimal(18, 6)",
    Type.TIME: "timestamptz",
    Type.DATE: "date",
    Type.FLAG: "boolean",
}
