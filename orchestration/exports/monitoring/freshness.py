"""Freshness: the days on which an organization's export was due and did not come.

Which days are due, a mapping's ``expected`` says. Where it says nothing, the rhythm that the export
itself kept does: a weekday is due if a file came on at least three of its last four occurrences up
to the newest delivery. A feed that stops therefore stays due until someone says ``expected: none``.

Only what came for the judged day and earlier counts, so a day of the past is judged as it was then.
"""

from dataclasses import dataclass
from datetime import date

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


def find_gaps(arrivals: Arrivals, last_day: date) -> list[Gap]:
    """Return all gaps up to ``last_day``, by organization, export and day."""
    found = arrivals.ask(_GAPS, {"last_day": last_day})
    return [Gap(**row) for row in found.to_pylist()]
