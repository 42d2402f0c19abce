"""Campaign marts over many outreach events, beside plain statements over the same star.

``python -m benchmarks.campaigns --events 1000000`` prints the seconds of the history's build and of
one day more, and ratios, which alone can be compared between machines.
"""

import argparse
import tempfile
from datetime import date, timedelta
from math import isclose
from pathlib import Path
from string import Template

import duckdb
from rich.console import Console

from benchmarks.building import build, load
from benchmarks.by_hand import make_room
from benchmarks.pipeline import warehouses
from benchmarks.reporting import report_figures
from orchestration.warehouse import Warehouse

_FIRST, _DAYS = date(2023, 1, 1), 730
_LAST = _FIRST + timedelta(days=_DAYS - 1)
_BY_HAND = ["channel_metrics", "campaign_leads", "campaign_metrics", "roi_tracker"]
_ROOM = "campaigns"
_SELECTED = [
    "+campaign_metrics_weekly",
    "+campaign_metrics_monthly",
    "+campaign_trends",
    "+campaign_anomalies",
]
_SELECTED += [
    "+channel_metrics_weekly",
    "+channel_metrics_monthly",
    "+campaign_roi",
    "+lead_metrics",
    "+dim_date",
]
_TOLERANCE = 1e-6

# Campaigns of a quarter, ten events to a lead; ads cost by the day, messages by the piece.
_DRAW = """
create table events as
select
    i,
    i // 10 as lead,
    ['email', 'phone', 'paid_search', 'social'][1 + cast(hash(i) % 4 as integer)] as channel,
    ['sent', 'delivered', 'opened', 'replied'][1 + cast(hash(i * 3) % 4 as integer)] as message,
    ['impression', 'click'][1 + cast(hash(i * 3) % 2 as integer)] as ad,
    timestamp '$first' + to_seconds(cast(
        (i // 10) * 86400.0 * ($days - 40) / ($events / 10) + hash(i * 7) % (86400 * 40) as bigint
    )) as moment
from range($events) as range (i);
create table leads as
select
    lead,
    min(moment) as moment,
    'k' || (cast(min(moment) as date) - date '$first') // 91 || '-' || lead % 8 as campaign
from events
group by lead;
"""
_EXPORTS = {
    "outreach_events": """
        select
            'e' || i as event_id, 'l' || lead as lead_id, campaign as campaign_id, channel,
            case when channel in ('email', 'phone') then message else ad end as event_type,
            strftime(events.moment, '%Y-%m-%dT%H:%M:%SZ') as event_at,
            case when channel in ('email', 'phone') and message = 'sent' then 0.25 end as cost,
            cast(events.moment as date) as day
        from events join leads using (lead)
    """,
    "deals": """
        select
            'd' || lead as deal_id, 'l' || lead as lead_id, campaign as campaign_id,
            hash(lead) % 100000 / 100 as deal_value,
            ['won', 'lost', 'pipeline'][1 + cast(hash(lead * 3) % 3 as integer)] as deal_stage,
            0.4 as close_probability,
            strftime(moment, '%Y-%m-%dT%H:%M:%SZ') as created_at,
            case when hash(lead * 3) % 3 < 2 then created_at end as closed_at,
            cast(moment as date) as day
        from leads where lead % 10 = 0
    """,
    "channel_costs": """
        select distinct
            campaign as campaign_id, unnest(['paid_search', 'social']) as channel,
            cast(moment as date) as cost_date, cost_date as day,
            20 + hash(campaign || cost_date) % 1000 / 100 as cost
        from leads
    """,
    "leads": """
        select
            'l' || lead as lead_id, campaign as campaign_id,
            strftime(moment, '%Y-%m-%dT%H:%M:%SZ') as created_at, 'new' as status,
            unnest([date '$last' - 1, date '$last']) as day
        from leads
    """,
}


def deliver(folder: Path, events: int) -> None:
    """Write two years of daily exports; leads are listed on the last two days."""
    (folder / "organizations").mkdir()
    (folder / "organizations" / "bench.yml").write_text(
        "organization_id: bench\nname: Benchmark\ntime_zone: UTC\ncurrency: EUR\nexports:\n"
        + "".join(f"  {export}: {{files: '{export}/day={{date}}/*.csv'}}\n" for export in _EXPORTS)
    )
    values = {"first": _FIRST, "last": _LAST, "days": _DAYS, "events": events}
    with duckdb.connect() as connection:
        for statement in _DRAW.strip().split(";\n"):
            connection.execute(Template(statement).substitute(values).strip(";"))
        for export, sql in _EXPORTS.items():
            target = folder / "landing" / "bench" / export
            target.mkdir(parents=True)
            rows = f"select * from ({Template(sql).substitute(values)}) where day <= date '{_LAST}'"
            connection.execute(
                f"copy ({rows}) to '{target}' (format csv, header, partition_by (day))"
            )


def load_days(warehouse: Warehouse, folder: Path, first: date, last: date) -> None:
    """Load the days' files through the contracts."""
    load(warehouse, folder / "organizations", folder / "landing", first, last)


def build_marts(warehouse: Warehouse, folder: Path) -> float:
    """Bring the campaign marts up to date; return the seconds of their own models."""
    return build(warehouse, folder / f"target_{warehouse.engine}", _SELECTED)[_ROOM]


def compare(warehouse: Warehouse) -> None:
    """Hold the marts' sums against those made by hand.

    Raises
    ------
    RuntimeError
        where a sum is another one
    """
    for table, columns in {
        "channel_metrics": ["sent", "replied", "cost"],
        "campaign_metrics": ["new_leads", "newly_engaged_leads", "spend", "revenue"],
        "roi_tracker": ["expected_revenue"],
    }.items():
        sums = ", ".join(
            f"cast(sum({column}) as double precision) as {column}" for column in columns
        )
        with warehouse.session() as session:
            [ours] = session.query(f"select {sums} from marts.{table}").to_pylist()
            [theirs] = session.query(f"select {sums} from by_hand.{table}").to_pylist()
        for column in columns:
            if not isclose(ours[column], theirs[column], rel_tol=_TOLERANCE):
                raise RuntimeError(f"{table}.{column}: {ours[column]}, by hand {theirs[column]}")


def measure(warehouse: Warehouse, folder: Path) -> dict[str, float]:
    """Measure every step on one engine; return seconds, and ratios of them."""
    load_days(warehouse, folder, _FIRST, _LAST - timedelta(days=1))
    seconds = {"build": build_marts(warehouse, folder)}
    seconds["by hand"] = make_room(warehouse, _ROOM, _BY_HAND)
    compare(warehouse)
    load_days(warehouse, folder, _LAST, _LAST)
    seconds["build a day"] = build_marts(warehouse, folder)
    seconds["build / by hand"] = seconds["build"] / seconds["by hand"]
    seconds["build a day / build"] = seconds["build a day"] / seconds["build"]
    return seconds


def main() -> None:
    """Run the benchmark on each engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="outreach events (1000000)")
    parser.add_argument("--engines", nargs="+", default=["duckdb", "postgres"])
    options = parser.parse_args()
    # Not below a home folder: root's Postgres runs as a user of its own.
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        deliver(folder, options.events)
        with warehouses(folder, options.engines) as opened:
            for warehouse in opened:
                Console().print(report_figures(warehouse.engine, measure(warehouse, folder)))


if __name__ == "__main__":
    main()
