"""Drift: columns of a file that are new, missing, renamed or of another kind than before.

Names are compared with the delivery before, without regard to order or case. A column has another
kind if all values of its file's beginning have it, and the last deliveries agreed on one that is
different: a column that is now number, now text was text all along. Refused files are looked at,
since a changed layout is often why; what they hold is never what later files are compared with.
"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from orchestration.exports.monitoring.arrivals import DELIVERED, Arrivals

DELIVERIES_THAT_AGREE = 5
# A short file of codes may happen to hold digits alone.
LEAST_ROWS_TO_LEAVE_TEXT = 30

_DRIFT = f"""
with seen as (
    select
        files.organization_id,
        files.export,
        files.export_date,
        files.file,
        files.outcome = '{DELIVERED}' as is_delivered,
        files.rows_delivered,
        unnest(from_json(files.columns, '["varchar"]')) as name,
        unnest(from_json(files.column_kinds, '["varchar"]')) as kind,
        generate_subscripts(from_json(files.columns, '["varchar"]'), 1) as position
    from files
    semi join due using (organization_id, export)
    where files.columns is not null
),
numbered as (
    select
        organization_id,
        export,
        export_date,
        row_number() over (partition by organization_id, export order by export_date) as number
    from seen
    where is_delivered
    group by organization_id, export, export_date
),
judged as (
    select days.*, numbered.number as number_before, numbered.export_date as date_before
    from (
        select organization_id, export, export_date, min(file) as file
        from seen
        where export_date between $first_day and $last_day
        group by all
    ) as days
    asof join numbered
        on days.organization_id = numbered.organization_id
        and days.export = numbered.export
        and days.export_date > numbered.export_date
),
now as (
    select judged.number_before, seen.*
    from judged
    inner join seen using (organization_id, export, export_date)
),
before as (
    select
        judged.organization_id,
        judged.export,
        judged.export_date,
        judged.file,
        seen.name,
        seen.position
    from judged
    inner join seen
        on judged.organization_id = seen.organization_id
        and judged.export = seen.export
        and judged.date_before = seen.export_date
        and seen.is_delivered
),
come as (
    select
        now.organization_id,
        now.export,
        now.export_date,
        now.name,
        min(now.file) as file,
        min(now.position) as position
    from now
    anti join before
        on now.organization_id = before.organization_id
        and now.export = before.export
        and now.export_date = before.export_date
        and lower(now.name) = lower(before.name)
    group by all
),
gone as (
    select
        before.organization_id,
        before.export,
        before.export_date,
        before.name,
        before.file,
        min(before.position) as position
    from before
    anti join now
        on before.organization_id = now.organization_id
        and before.export = now.export
        and before.export_date = now.export_date
        and lower(before.name) = lower(now.name)
    group by all
),
names as (
    select
        organization_id,
        export,
        export_date,
        coalesce(come.file, gone.file) as file,
        gone.name as name_before,
        come.name as name_now,
        position
    from come
    full join gone using (organization_id, export, export_date, position)
),
kinds as (
    select
        now.organization_id,
        now.export,
        now.export_date,
        now.file,
        now.name,
        now.position,
        now.kind as kind_now,
        now.rows_delivered,
        min(earlier.kind) as kind_before
    from now
    inner join numbered
        on now.organization_id = numbered.organization_id
        and now.export = numbered.export
        and numbered.number > now.number_before - {DELIVERIES_THAT_AGREE}
        and numbered.number <= now.number_before
    inner join seen as earlier
        on numbered.organization_id = earlier.organization_id
        and numbered.export = earlier.export
        and numbered.export_date = earlier.export_date
        and earlier.is_delivered
        and lower(now.name) = lower(earlier.name)
    group by all
    having min(earlier.kind) = max(earlier.kind) and min(earlier.kind) <> now.kind
)
select
    organization_id, export, export_date, file, position, name_before, name_now,
    null as kind_before, null as kind_now
from names
union all
select
    organization_id, export, export_date, file, position, name, name, kind_before, kind_now
from kinds
where kind_before <> 'text' or rows_delivered >= {LEAST_ROWS_TO_LEAVE_TEXT}
order by organization_id, export, export_date, file, position
"""


@dataclass(frozen=True)
class Change:
    """One column of a file that is not as it was.

    Attributes
    ----------
    position : of the column in its file, from 1
    name_before, name_now : None where the column is new or missing
    kind_before, kind_now : kinds of values, where these changed
    """

    organization_id: str
    export: str
    export_date: date
    file: str
    position: int
    name_before: str | None
    name_now: str | None
    kind_before: str | None
    kind_now: str | None

    def __str__(self) -> str:
        """Say what changed, without the file."""
        if self.kind_now:
            return f"{self.name_now} was {self.kind_before}, is {self.kind_now}"
        if self.name_before is None:
            return f"{self.name_now} is new"
        if self.name_now is None:
            return f"{self.name_before} is missing"
        return f"{self.name_now} stands in the place of {self.name_before}"


@dataclass(frozen=True)
class Drift:
    """All that changed in the columns of one file."""

    organization_id: str
    export: str
    export_date: date
    file: str
    changes: tuple[Change, ...]

    def listed(self) -> str:
        """Name the changes, in the order of the columns."""
        return ", ".join(map(str, self.changes))

    def __str__(self) -> str:
        """Say in one line which file changed and how."""
        return f"{self.file}: {self.listed()}."


def find_drift(arrivals: Arrivals, first_day: date, last_day: date) -> list[Drift]:
    """Return these days' files (both included) whose columns changed, by day and name."""
    if arrivals.is_empty:
        return []
    found = arrivals.ask(_DRIFT, {"first_day": first_day, "last_day": last_day})
    by_file = groupby((Change(**row) for row in found.to_pylist()), key=_file)
    return [Drift(*file, tuple(changes)) for file, changes in by_file]


def _file(change: Change) -> tuple[str, str, date, str]:
    return change.organization_id, change.export, change.export_date, change.file
