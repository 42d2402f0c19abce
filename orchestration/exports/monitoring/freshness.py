"""Freshness: the days on which an organization's export was due and did not come.

Which days are due, a mapping's ``expected`` says. Where it says nothing, the rhythm that the export
itself kept does: a weekday is due if a file came on at least three of its last four occurrences up
to the newest delivery. A feed that stops therefore stays due until someone says ``expected: none``.

Only what came for the judged day and earlier counts, so a day of the past is judged as it was then.
"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from orchestration.exports.monitoring.arrivals import DELIVERED, POSTPONED, Arrivals

_NO_FILE = "no file"

_GAPS = f"""
with days as (
    select
        organization_id,
        export,
        export_date as day,
        max_by(
            outcome, case outcome when '{DELIVERED}' then 3 when '{POSTPONED}' then 2 else 1 end
        ) as outcome
    from files
    group by all
),
deliveries as (
    select * from days where outcome = '{DELIVERED}'
),
spans as (
    select organization_id, export, min(day) as first_delivery, max(day) as newest_delivery
    from deliveries
    group by all
),
calendar as (
    select
        due.organization_id,
        due.export,
        due.weekdays,
        spans.newest_delivery,
        -- What must come and never did is missed from the day on which anything came.
        coalesce(
            spans.first_delivery,
            case when due.weekdays is not null then due.organization_began end
        ) as first_day,
        cast(unnest(generate_series(first_day, $last_day, interval 1 day)) as date) as day
    from due
    left join spans using (organization_id, export)
),
missing as (
    select calendar.*, coalesce(days.outcome, '{_NO_FILE}') as outcome
    from calendar
    left join days using (organization_id, export, day)
    where days.outcome is distinct from '{DELIVERED}'
),
placed as (
    select missing.*, deliveries.day as delivered_before
    from missing
    asof left join deliveries
        on missing.organization_id = deliveries.organization_id
        and missing.export = deliveries.export
        and missing.day > deliveries.day
),
counted as (
    select placed.*, count(deliveries.day) as usual_times
    from placed
    left join deliveries
        on placed.organization_id = deliveries.organization_id
        and placed.export = deliveries.export
        and isodow(placed.day) = isodow(deliveries.day)
        and deliveries.day > placed.delivered_before - 28
        and deliveries.day <= placed.delivered_before
    group by all
)
select
    organization_id,
    export,
    min(day) as first_day,
    max(day) as last_day,
    count(*) as days,
    outcome,
    newest_delivery,
    delivered_before is not distinct from newest_delivery as is_open
from counted
where coalesce(list_contains(weekdays, isodow(day)), usual_times >= 3)
group by organization_id, export, outcome, newest_delivery, delivered_before
order by organization_id, export, min(day), outcome
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
        return span if self.outcome == _NO_FILE else f"{span} {self.outcome}"


@dataclass(frozen=True)
class Lateness:
    """An organization's export with due days that bring nothing.

    Attributes
    ----------
    gaps : all of them since the first delivery, oldest first
    days_late : from the oldest due day since the newest delivery to the judged day, both included;
        0 where the newest due day was delivered
    """

    organization_id: str
    export: str
    newest_delivery: date | None
    gaps: tuple[Gap, ...]
    days_late: int

    @property
    def days_missing(self) -> int:
        """Due days without a delivery since the first one."""
        return sum(gap.days for gap in self.gaps)

    def listed(self, count: int) -> str:
        """Name the newest gaps."""
        older = len(self.gaps) - count
        names = [*([f"{older:,} older"] if older > 0 else []), *map(str, self.gaps[-count:])]
        return ", ".join(names)

    def __str__(self) -> str:
        """Say in one line what is missing and since when."""
        newest = f"the newest is of {self.newest_delivery}" if self.newest_delivery else "none came"
        late = f", {self.days_late:,} days late" if self.days_late else ""
        return (
            f"{self.organization_id} {self.export}: no delivery for {self.listed(3)}{late}; "
            f"{newest}. Deliver it, or correct exports.{self.export}.expected."
        )


def find_lateness(arrivals: Arrivals, first_day: date, last_day: date) -> list[Lateness]:
    """Return the exports with a due day among these (both included) that brought nothing.

    So are those whose newest due day before them brought nothing, since that is still awaited.
    """
    if arrivals.is_empty:
        return []
    found = [Gap(**row) for row in arrivals.ask(_GAPS, {"last_day": last_day}).to_pylist()]
    by_export = groupby(found, key=lambda gap: (gap.organization_id, gap.export))
    late = []
    for (organization_id, export), group in by_export:
        gaps = tuple(group)
        if any(gap.is_open or gap.last_day >= first_day for gap in gaps):
            awaited = [gap.first_day for gap in gaps if gap.is_open]
            days_late = (last_day - min(awaited)).days + 1 if awaited else 0
            newest = gaps[0].newest_delivery
            late.append(Lateness(organization_id, export, newest, gaps, days_late))
    return late
