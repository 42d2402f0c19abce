"""What models read: tables of one organization as DataFrames, money as floats."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import pyarrow as pa

from orchestration.warehouse import Session
from orchestration.warehouse.ddl import quoted

# What tells a customer of an organization.
KEY = ["customer_type", "customer_id"]


def as_of_dates(session: Session, table: tuple[str, str]) -> dict[str, date]:
    """Return the day that each organization's tables speak of, if the table has rows of it."""
    rows = session.query(
        "select organization_id, as_of_date from staging.as_of_dates as as_of "
        f"where exists (select 1 from {quoted(*table)} as scored "
        "where scored.organization_id = as_of.organization_id) order by organization_id"
    ).to_pylist()
    return {row["organization_id"]: row["as_of_date"] for row in rows}


def read_frame(
    session: Session,
    table: tuple[str, str],
    organization_id: str,
    columns: Sequence[str] = (),
    *,
    where: str = "",
    parameters: Sequence[object] = (),
) -> pd.DataFrame:
    """Return an organization's rows of a table.

    Parameters
    ----------
    table
        Schema and name.
    columns
        All columns where none are named.
    where
        A further condition; its placeholders begin with ``$2``.
    parameters
        What its placeholders stand for.

    Returns
    -------
    Decimals as float64: the engine casts them, which costs far less than doing it here.
    """
    name = quoted(*table)
    fields = session.query(f"select * from {name} where false").schema
    wanted = columns or fields.names
    selected = ", ".join(_as_float(fields.field(column)) for column in wanted)
    condition = f" and {where}" if where else ""
    rows = session.query(
        f"select {selected} from {name} where organization_id = $1{condition}",
        [organization_id, *parameters],
    )
    frame: pd.DataFrame = rows.to_pandas()
    return frame


def _as_float(field: pa.Field) -> str:
    column = quoted(field.name)
    if pa.types.is_decimal(field.type):
        return f"cast({column} as double precision) as {column}"
    return column
