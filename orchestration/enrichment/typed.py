"""Kept answers as typed rows: ``raw.enrichment_person`` and ``raw.enrichment_company``."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.enrichment.people_data_labs import (
    COMPANY,
    COMPANY_SEARCH,
    PERSON,
    companies,
    companies_found,
    persons,
)
from orchestration.enrichment.tables import ANSWERED, MADE_UP
from orchestration.warehouse import Session, Warehouse

PERSONS, COMPANIES = "enrichment_person", "enrichment_company"

_BODIES_AT_A_TIME = 2000

Reader: TypeAlias = Callable[[pa.Table], pa.Table]


def read_answers(warehouse: Warehouse) -> int:
    """Read matches that were not read yet into columns; return how many rows that made."""
    read = 0
    with warehouse.session() as session:
        tables = session.tables()
        present = [table for table in (ANSWERED, MADE_UP) if ("raw", table) in tables]
        _prepare(session, PERSONS, persons_of(_NO_ANSWERS).schema)
        _prepare(session, COMPANIES, companies_of(_NO_ANSWERS).schema)
        session.commit()
        for table in present:
            for endpoint, (target, reader) in _READERS.items():
                for answers in _unread(session, table, endpoint, target):
                    read += session.ingest("raw", target, reader(answers))
                    session.commit()
    return read


def persons_of(answers: pa.Table) -> pa.Table:
    """Return a row per answer (``answer_id``, ``organization_id``, ``body``) about a person."""
    return _beside(answers, persons(answers["body"].combine_chunks()))


def companies_of(answers: pa.Table) -> pa.Table:
    """Return a row per answer about a company, which is its record number 1."""
    told = companies(answers["body"].combine_chunks()).drop_columns(["likelihood"])
    first = pa.repeat(pa.scalar(1, pa.int64()), answers.num_rows)
    return _beside(answers, told.add_column(0, "record_number", first))


def companies_found_of(answers: pa.Table) -> pa.Table:
    """Return a row per company on the pages of a search, numbered from 1 on each page."""
    told = companies_found(answers["body"].combine_chunks())
    page = told["page"].combine_chunks()
    # Pages come in order: a record's number is its distance from the first of its page.
    first = pc.index_in(page, value_set=page)
    number = pc.add(pc.subtract(pa.array(range(len(page)), pa.int64()), first.cast(pa.int64())), 1)
    return _beside(
        answers.take(page), told.drop_columns(["page"]).add_column(0, "record_number", number)
    )


_READERS: dict[str, tuple[str, Reader]] = {
    PERSON: (PERSONS, persons_of),
    COMPANY: (COMPANIES, companies_of),
    COMPANY_SEARCH: (COMPANIES, companies_found_of),
}
_NO_ANSWERS = pa.schema(
    [("answer_id", pa.string()), ("organization_id", pa.string()), ("body", pa.string())]
).empty_table()


def _prepare(session: Session, target: str, columns: pa.Schema) -> None:
    """Create a table of typed rows; one with other columns goes: all answers are read again."""
    if ("raw", target) in session.tables():
        found = session.query(f"select * from raw.{target} where false").schema.names
        if sorted(found) == sorted(columns.names):
            return
        session.execute(f"drop table raw.{target}")
    session.create_table("raw", target, columns)


def _beside(answers: pa.Table, told: pa.Table) -> pa.Table:
    ids = answers.select(["answer_id", "organization_id"])
    for field, column in zip(told.schema, told.columns, strict=True):
        ids = ids.append_column(field.with_nullable(True), column)
    return ids


def _unread(session: Session, table: str, endpoint: str, target: str) -> Iterable[pa.Table]:
    ids = session.query(
        f"select answer_id from raw.{table} as answers "
        "where outcome = 'matched' and endpoint = $1 and not exists ("
        f"select 1 from raw.{target} as read where read.answer_id = answers.answer_id) "
        "order by answer_id",
        [endpoint],
    )["answer_id"].to_pylist()
    for start in range(0, len(ids), _BODIES_AT_A_TIME):
        wanted = "', '".join(ids[start : start + _BODIES_AT_A_TIME])
        yield session.query(
            f"select answer_id, organization_id, body from raw.{table} "
            f"where answer_id in ('{wanted}')"
        )
