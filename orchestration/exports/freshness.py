"""Freshness: the days on which an organization's export was due and did not come.

Which days are due, a mapping's ``expected`` says. Where it says nothing, the rhythm that the export
itself kept does: a weekday is due if a file came on at least three of its last four occurrences up
to the newest delivery. A feed that stops therefore stays due until someone says ``expected: none``.

Only the ledger up to the judged day counts, so a day of the past is judged as it was on that day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from orchestration.exports.organizations import Organization
from orchestration.exports.results import FileResult
from orchestration.exports.rhythms import weekdays
from orchestration.exports.sql import values
from orchestration.warehouse import Session

_OUTCOMES = ("no file", "refused", "postponed")

_GAPS = """
with due as ({due}),
postponed as ({postponed}),
arrivals as (
    select organization_id, export, day, max(outcome) as outcome
    from (
        select
            organization_id,
            export,
            export_date as day,
            case when status = 'refused' then 1 else 3 end as outcome
        from ops.file_loads
        where export_date <= $2
        union all
        select organization_id, export, cast(day as date) as day, 2 as outcome
        from postponed
    ) as files
    group by organization_id, export, day
),
organizations as (
    select organization_id, min(day) as first_day
    from arrivals
    where outcome = 3
    group by organization_id
),
started as (
    select due.organization_id, due.export, due.due_on, min(arrivals.day) as first_day
    from due
    left join arrivals
        on arrivals.organization_id = due.organization_id
        and arrivals.export = due.export
        and arrivals.outcome = 3
    group by due.organization_id, due.export, due.due_on
),
calendar as (
    select cast(day as date) as day
    from generate_series(cast($1 as timestamp), cast($2 as timestamp), interval '1 day')
        as days (day)
),
days as (
    select
        started.organization_id,
        started.export,
        started.due_on,
        calendar.day,
        cast(extract(isodow from calendar.day) as integer) as weekday,
        coalesce(arrivals.outcome, 0) as outcome,
        case when arrivals.outcome = 3 then calendar.day end as delivery
    from started
    inner join organizations on organizations.organization_id = started.organization_id
    -- What must come and never did is missed from the day on which anything came.
    inner join calendar
        on calendar.day >= coalesce(
            started.first_day,
            case when started.due_on is not null then organizations.first_day end
        )
    left join arrivals
        on arrivals.organization_id = started.organization_id
        and arrivals.export = started.export
        and arrivals.day = calendar.day
),
placed as (
    select
        *,
        max(delivery) over (
            partition by organization_id, export
            order by day rows between unbounded preceding and 1 preceding
        ) as delivered_before,
        max(delivery) over (partition by organization_id, export) as newest_delivery
    from days
),
missing as (
    select
        placed.organization_id,
        placed.export,
        placed.due_on,
        placed.day,
        placed.weekday,
        placed.outcome,
        placed.delivered_before,
        placed.newest_delivery,
        count(earlier.day) as usual_times
    from placed
    left join days as earlier
        on placed.due_on is null
        and earlier.outcome = 3
        and earlier.organization_id = placed.organization_id
        and earlier.export = placed.export
        and earlier.weekday = placed.weekday
        and earlier.day > placed.delivered_before - 28
        and earlier.day <= placed.delivered_before
    where placed.outcome < 3
    group by
        placed.organization_id, placed.export, placed.due_on, placed.day, placed.weekday,
        placed.outcome, placed.delivered_before, placed.newest_delivery
)
select
    organization_id,
    export,
    outcome,
    delivered_before,
    newest_delivery,
    min(day) as first_day,
    max(day) as last_day,
    count(*) as days
from missing
where
    (due_on is null and usual_times >= 3)
    or position(cast(weekday as varchar) in due_on) > 0
group by organization_id, export, outcome, delivered_before, newest_delivery
order by organization_id, export, first_day, outcome
"""


@dataclass(frozen=True)
class Gap:
    """Due days without a delivery, between one delivery and the next.

    Attributes
    ----------
    days : due days without a delivery, from ``first_day`` to ``last_day``
    outcome : ``no file``, or what became of the files that came: ``refused`` or ``postponed``
    newest_delivery : export date of the newest delivery up to the judged day, None if there is none
    is_open : whether no delivery has come since
    """

    organization_id: str
    export: str
    first_day: date
    last_day: date
    days: int
    outcome: str
    newest_delivery: date | None
    is_open: bool

    def __str__(self) -> str:
        """Say which days, and what became of their files where some came."""
        span = f"{self.first_day}"
        if self.days > 1:
            span += f" to {self.last_day} ({self.days:,} days)"
        return span if self.outcome == _OUTCOMES[0] else f"{span} {self.outcome}"


def find_gaps(
    session: Session,
    organizations: Iterable[Organization],
    exports: Iterable[str],
    last_day: date,
    postponed: Iterable[FileResult] = (),
) -> list[Gap]:
    """Return all gaps of these exports up to ``last_day``, by organization, export and day.

    Parameters
    ----------
    organizations
        Say which exports they deliver, and on which days.
    last_day
        The day as of which is judged; the ledger's later days are not looked at.
    postponed
        Files of this run that came but could not be loaded yet, of which the ledger knows nothing.
    """
    wanted = set(exports)
    due = [
        (organization.organization_id, export, _due_on(mapping.expected))
        for organization in organizations
        for export, mapping in organization.exports.items()
        if export in wanted
    ]
    first_day = session.query("select min(export_date) as day from ops.file_loads")["day"][0]
    if not first_day.is_valid:
        return []
    waiting = [(file.organization_id, file.export, str(file.export_date)) for file in postponed]
    query = _GAPS.format(
        due=values(("organization_id", "export", "due_on"), due),
        postponed=values(("organization_id", "export", "day"), waiting),
    )
    found = session.query(query, [first_day.as_py(), last_day]).to_pylist()
    return [
        Gap(
            organization_id=row["organization_id"],
            export=row["export"],
            first_day=row["first_day"],
            last_day=row["last_day"],
            days=row["days"],
            outcome=_OUTCOMES[row["outcome"]],
            newest_delivery=row["newest_delivery"],
            is_open=row["delivered_before"] == row["newest_delivery"],
        )
        for row in found
    ]


def _due_on(expected: str | None) -> str | None:
    """Write the weekdays as SQL looks for them: their digits in a row."""
    return None if expected is None else "".join(map(str, weekdays(expected)))
