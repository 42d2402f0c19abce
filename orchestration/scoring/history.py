"""Scored tables: a day's scores beside those of earlier days."""

from datetime import date

import pyarrow as pa

from orchestration.warehouse import Session
from orchestration.warehouse.ddl import quoted


def write_scores(
    session: Session, table: str, organization_id: str, scored_as_of: date, rows: pa.Table
) -> None:
    """Replace an organization's scores of a day.

    Parameters
    ----------
    table
        A table in ``raw``, made by dbt from the contract of the scored table.
    rows
        The table's columns but for ``organization_id`` and ``scored_as_of``.
    """
    day = {"organization_id": organization_id, "scored_as_of": scored_as_of}
    schema = session.query(f"select * from {quoted('raw', table)} where false").schema
    written = schema.empty_table()
    # Without rows there is nothing that columns could be told by.
    if rows.num_rows:
        dated = _with_day(rows, organization_id, scored_as_of)
        columns = [_typed(dated[field.name], field.type) for field in schema]
        written = pa.table(columns, schema=schema)
    session.replace("raw", table, day, written)


def thin_out(session: Session, table: str, organization_id: str, scored_as_of: date) -> None:
    """Keep, of every month, the last day that was scored, and the day at hand.

    So a table with a row per customer and day grows by the month, and days may be scored in any
    order.
    """
    name = quoted("raw", table)
    session.execute(
        f"delete from {name} where organization_id = $1 and scored_as_of <> $2 "
        f"and scored_as_of not in (select max(scored_as_of) from {name} "
        "where organization_id = $1 group by date_trunc('month', scored_as_of))",
        [organization_id, scored_as_of],
    )


def keep_only(session: Session, table: str, organization_id: str, scored_as_of: date) -> None:
    """Keep none but the scores of a day, though it may have none."""
    session.execute(
        f"delete from {quoted('raw', table)} where organization_id = $1 and scored_as_of <> $2",
        [organization_id, scored_as_of],
    )


def note_scored(session: Session, model: str, organization_id: str, scored_as_of: date) -> None:
    """Note that a model scored a day, for tables made from scores: they take in what changed.

    The note belongs to the coming build, so that no build which has ended passes it over.
    """
    session.execute(
        "insert into ops.touched_scores (organization_id, model, scored_as_of, build_id) "
        "select $1, $2, $3, coalesce(max(build_id), 0) + 1 from ops.model_builds",
        [organization_id, model, scored_as_of],
    )


def _typed(column: pa.ChunkedArray, data_type: pa.DataType) -> pa.ChunkedArray | pa.Array:
    """Give values the table's type: a model writes floats, money has the table's cents."""
    if column.null_count == len(column):
        # Of nothing but nulls pandas makes floats, which become no date.
        return pa.nulls(len(column), data_type)
    return column.cast(data_type, safe=False)


def _with_day(rows: pa.Table, organization_id: str, scored_as_of: date) -> pa.Table:
    count = rows.num_rows
    ids = pa.repeat(pa.scalar(organization_id, pa.string()), count)
    days = pa.repeat(pa.scalar(scored_as_of, pa.date32()), count)
    return rows.append_column("organization_id", ids).append_column("scored_as_of", days)
