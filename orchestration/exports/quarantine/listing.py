"""What stands in quarantine, row by row or counted by reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa

from orchestration.exports.tables.quarantine import OPEN
from orchestration.warehouse import Session, Warehouse

# A reason names the value that it was found at. Rows are counted by what is left without it; these
# are the words that follow a value in the reasons of mapping and validation.
_AFTER_A_VALUE = (
    "cannot be understood|is not understood by|nothing where a value is required|"
    "is below the minimum|is above the maximum|is not above|is not one of|does not match|is before"
)
_KIND_OF_REASON = f"""
    case
        when reason like 'same key (%' then 'same key as another line of the delivery'
        when reason like 'keep: %' then regexp_replace(reason, ' fails on .*$', ' fails')
        else regexp_replace(
            regexp_replace(reason, '^([a-z0-9_]+): .*(({_AFTER_A_VALUE}).*)$', '\\1: \\2'),
            ' [(].* of [(]?".*$', ''
        )
    end
"""


@dataclass(frozen=True)
class Selection:
    """Which quarantined rows are meant; empty fields leave the choice open.

    Attributes
    ----------
    reason : text that one of the row's reasons holds, whatever the case of its letters
    since : first export date
    load_ids : the loads that set the rows aside
    """

    organization: str = ""
    export: str = ""
    file: str = ""
    reason: str = ""
    since: date | None = None
    load_ids: tuple[int, ...] = ()

    def condition(self) -> tuple[str, list[object]]:
        """Return SQL over ``quarantine.rows`` and its parameters; only open rows are meant."""
        tests: list[tuple[str, object]] = [("status =", OPEN)]
        tests += [
            (f"{column} =", value)
            for column, value in (
                ("organization_id", self.organization),
                ("export", self.export),
                ("file", self.file),
            )
            if value
        ]
        if self.since:
            tests.append(("export_date >=", self.since))
        conditions = [f"{test} ${number}" for number, (test, _) in enumerate(tests, 1)]
        parameters = [value for _, value in tests]
        if self.reason:
            parameters.append(self.reason)
            conditions.append(f"strpos(lower(reasons), lower(${len(parameters)})) > 0")
        if self.load_ids:
            conditions.append(f"load_id in ({', '.join(map(str, self.load_ids))})")
        return " and ".join(conditions), parameters


def count(session: Session, selection: Selection) -> int:
    """Return how many rows are selected."""
    condition, parameters = selection.condition()
    counted = session.query(
        f"select count(*) as rows from quarantine.rows where {condition}", parameters
    )
    return int(counted["rows"][0].as_py())


def rows(session: Session, selection: Selection, limit: int | None = None) -> pa.Table:
    """Return the selected rows, by organization, export, day, file and line."""
    condition, parameters = selection.condition()
    return session.query(
        f"select * from quarantine.rows where {condition} "
        "order by organization_id, export, export_date, file, line" + _limited(limit),
        parameters,
    )


def kinds(session: Session, selection: Selection, limit: int | None = None) -> pa.Table:
    """Count the selected rows by what is wrong with them; a row counts for each of its reasons.

    Returns
    -------
    Table with organization_id, export, kind, rows, first_date and last_date (export dates), and of
    one such row its file, line, raw_text and reason; the commonest first within each export.
    """
    condition, parameters = selection.condition()
    return session.query(
        f"""
        with reasons as (
            select
                organization_id, export, export_date, file, line, raw_text,
                unnest(string_to_array(reasons, chr(10))) as reason
            from quarantine.rows
            where {condition}
        ),
        told as (select *, {_KIND_OF_REASON} as kind from reasons),
        ranked as (
            select
                *,
                row_number() over (
                    partition by organization_id, export, kind
                    order by export_date desc, file, line, reason
                ) as place,
                count(*) over (partition by organization_id, export, kind) as row_count,
                min(export_date) over (partition by organization_id, export, kind) as first_date
            from told
        )
        select
            organization_id, export, kind, row_count as rows, first_date, export_date as last_date,
            file, line, raw_text, reason
        from ranked
        where place = 1
        order by organization_id, export, row_count desc, kind
        """
        + _limited(limit),
        parameters,
    )


def kinds_of_loads(warehouse: Warehouse, load_ids: Iterable[int]) -> pa.Table:
    """Count what these loads, of which there is one at least, set aside, as ``kinds`` does."""
    with warehouse.session() as session:
        return kinds(session, Selection(load_ids=tuple(load_ids)))


def _limited(limit: int | None) -> str:
    return "" if limit is None else f" limit {int(limit)}"
