"""Volume: how many rows a delivery holds beside those of the same weekday in the weeks before.

The measure is a robust z-score: the distance to the median in units of the median absolute
deviation, which a few odd days (a holiday, an outage) do not move. Where days hardly differ, the
spread of a random count takes the deviation's place, so that no trifle is called unusual. A day
that is unlike its weekday as the same day of the last months was (fees fall due on the first) is
usual. Only days before the judged one count.
"""

from dataclasses import dataclass
from datetime import date

import pyarrow.compute as pc

from orchestration.exports.monitoring.arrivals import DELIVERED, Arrivals

WEEKS, LEAST_WEEKS = 8, 4
MONTHS, LEAST_MONTHS = 3, 2
LARGEST_Z_SCORE = 5.0
LARGEST_MONTHLY_FACTOR = 1.5

# 1.4826 makes the median absolute deviation of normal values their standard deviation. A random
# count varies by its square root, and one part in a hundred is nobody's concern.
_VOLUMES = f"""
with deliveries as (
    select
        files.organization_id,
        files.export,
        files.export_date,
        cast(sum(files.rows_delivered) as bigint) as rows_delivered
    from files
    semi join due using (organization_id, export)
    where files.outcome = '{DELIVERED}'
    group by all
),
weekly as (
    select
        judged.*,
        count(earlier.rows_delivered) as weeks,
        median(earlier.rows_delivered) as usual_rows,
        mad(earlier.rows_delivered) as deviation
    from deliveries as judged
    left join deliveries as earlier
        on judged.organization_id = earlier.organization_id
        and judged.export = earlier.export
        and isodow(judged.export_date) = isodow(earlier.export_date)
        and earlier.export_date >= judged.export_date - {7 * WEEKS}
        and earlier.export_date < judged.export_date
    where judged.export_date >= $first_day - to_months({MONTHS})
    and judged.export_date <= $last_day
    group by all
),
scored as (
    select
        *,
        greatest(1.4826 * deviation, sqrt(usual_rows), 0.01 * usual_rows, 1) as spread,
        (rows_delivered - usual_rows) / spread as z_score,
        weeks >= {LEAST_WEEKS} as is_judged,
        is_judged and abs(z_score) > {LARGEST_Z_SCORE} as is_unlike_its_weekday
    from weekly
),
monthly as (
    select
        judged.organization_id,
        judged.export,
        judged.export_date,
        median(earlier.rows_delivered) as monthly_rows
    from (
        select
            *,
            cast(export_date - to_months(unnest(range(1, {MONTHS + 1}))) as date) as earlier_date
        from scored
    ) as judged
    inner join scored as earlier
        on judged.organization_id = earlier.organization_id
        and judged.export = earlier.export
        and judged.earlier_date = earlier.export_date
        and sign(judged.z_score) = sign(earlier.z_score)
    where judged.is_unlike_its_weekday and earlier.is_unlike_its_weekday
    group by all
    having count(*) >= {LEAST_MONTHS}
)
select
    organization_id,
    export,
    export_date,
    rows_delivered,
    weeks,
    usual_rows,
    greatest(usual_rows - {LARGEST_Z_SCORE} * spread, 0) as lowest_usual,
    usual_rows + {LARGEST_Z_SCORE} * spread as highest_usual,
    z_score,
    is_judged,
    is_unlike_its_weekday
    and coalesce(
        rows_delivered > {LARGEST_MONTHLY_FACTOR} * monthly_rows
        or rows_delivered * {LARGEST_MONTHLY_FACTOR} < monthly_rows,
        true
    ) as is_unusual
from scored
left join monthly using (organization_id, export, export_date)
where export_date >= $first_day
order by organization_id, export, export_date
"""


@dataclass(frozen=True)
class Volume:
    """The rows of a delivery, and how many are usual.

    Attributes
    ----------
    rows_delivered : loaded or quarantined
    weeks : earlier deliveries of that weekday that it is compared with
    usual_rows : their median
    lowest_usual, highest_usual : rows
    z_score : robust; beyond five is unusual
    """

    organization_id: str
    export: str
    export_date: date
    rows_delivered: int
    weeks: int
    usual_rows: float
    lowest_usual: float
    highest_usual: float
    z_score: float

    def __str__(self) -> str:
        """Say in one line what is unusual."""
        return (
            f"{self.organization_id} {self.export} of {self.export_date:%A, %Y-%m-%d}: "
            f"{self.rows_delivered:,} rows, usual are {self.usual_range}."
        )

    @property
    def usual_range(self) -> str:
        """Rows that are not unusual, from least to most."""
        return f"{self.lowest_usual:,.0f} to {self.highest_usual:,.0f}"


@dataclass(frozen=True)
class Volumes:
    """Deliveries beside those before them.

    Attributes
    ----------
    judged : number of deliveries with enough history
    too_new : number of those without
    unusual : by organization, export and day
    """

    judged: int
    too_new: int
    unusual: tuple[Volume, ...]


def measure_volumes(arrivals: Arrivals, first_day: date, last_day: date) -> Volumes:
    """Compare the deliveries of these days, both included, with those before each of them."""
    if arrivals.is_empty:
        return Volumes(0, 0, ())
    measured = arrivals.ask(_VOLUMES, {"first_day": first_day, "last_day": last_day})
    judged = pc.sum(measured["is_judged"]).as_py() or 0
    unusual = measured.filter(measured["is_unusual"]).drop(["is_judged", "is_unusual"])
    return Volumes(
        judged, measured.num_rows - judged, tuple(Volume(**row) for row in unusual.to_pylist())
    )
