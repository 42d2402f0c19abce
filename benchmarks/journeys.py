"""Exports of journeys: random touches and deals, or those that a file of paths counts."""

from pathlib import Path
from string import Template

import duckdb

_DAY = "2024-06-30"
_ORGANIZATION = "organization_id: bench\nname: Benchmark\ntime_zone: UTC\ncurrency: EUR\n"

# Leads are touched ten times on average over 100 days, more of them seldom.
_TOUCHES = """
create table touches as
select
    'l' || (hash(i) % $journeys) as lead_id,
    ['email', 'linkedin', 'phone', 'paid_search', 'display', 'video', 'social', 'direct'][
        1 + cast(floor(power(hash(i * 3) / 18446744073709551616.0, 1.5) * 8) as integer)
    ] as channel,
    timestamp '2024-03-01' + to_seconds(cast(hash(i * 7) % (86400 * 100) as integer)) as event_at,
    i
from range($touches) as touches (i);
create table journeys as
select
    lead_id,
    max(event_at) + interval '1 hour' as closed_at,
    (hash(lead_id) % 1000000) / 100 as deal_value
from touches
group by lead_id
having hash(lead_id) % 100 < $won_percent;
"""
# A path is a campaign's name for each touch: campaigns may be called as one likes.
_PATHS = """
create table journeys as
select
    'p' || line || '-' || number as lead_id,
    number < conversions as is_won,
    -- what a path brought, in cents, as evenly as cents allow
    case when number < conversions then
        ((cents * (number + 1)) // conversions - (cents * number) // conversions) / 100
    end as deal_value,
    path
from (
    select
        row_number() over () as line,
        path,
        cast(total_conversions as bigint) as conversions,
        cast(round(coalesce(total_conversion_value, 0) * 100) as hugeint) as cents,
        unnest(range(cast(total_conversions + coalesce(total_null, 0) as bigint))) as number
    from paths
);
create table touches as
select lead_id, trim(name) as campaign_id, minute
from (
    select
        lead_id,
        unnest(string_split(path, '>')) as name,
        generate_subscripts(string_split(path, '>'), 1) as minute
    from journeys
);
"""


def deliver_touches(folder: Path, touches: int, journeys: int, won_percent: int) -> None:
    """Write exports of random touches and of the deals that they led to."""
    with duckdb.connect() as connection:
        for statement in _TOUCHES.strip().split(";\n"):
            sql = Template(statement).substitute(
                touches=touches, journeys=journeys, won_percent=won_percent
            )
            connection.execute(sql.strip(";"))
        _write(
            connection,
            folder,
            "select 'e' || i as event_id, lead_id, channel, 'click' as event_type, "
            "strftime(event_at, '%Y-%m-%dT%H:%M:%SZ') as event_at from touches",
            "select 'd' || lead_id as deal_id, lead_id, deal_value, 'won' as deal_stage, "
            "strftime(closed_at, '%Y-%m-%dT%H:%M:%SZ') as created_at, created_at as closed_at "
            "from journeys",
        )


def deliver_paths(folder: Path, file: Path) -> None:
    """Write exports of every journey that a file of paths counts, each channel as a campaign.

    Raises
    ------
    ValueError
        If the file lacks the path or the number of conversions.
    """
    with duckdb.connect() as connection:
        connection.execute(
            "create table paths as select * from read_csv($file, header = true)",
            {"file": str(file)},
        )
        known = {row[0] for row in connection.execute("describe paths").fetchall()}
        if missing := {"path", "total_conversions"} - known:
            raise ValueError(f"{file} has no column {', '.join(sorted(missing))}.")
        for column in {"total_conversion_value", "total_null"} - known:
            connection.execute(f"alter table paths add column {column} double")
        connection.execute(_PATHS)
        _write(
            connection,
            folder,
            "select lead_id || '-' || minute as event_id, lead_id, campaign_id, "
            "'other' as channel, 'click' as event_type, strftime("
            "timestamp '2024-06-01' + to_minutes(minute), '%Y-%m-%dT%H:%M:%SZ') as event_at "
            "from touches",
            "select lead_id as deal_id, lead_id, deal_value, 'won' as deal_stage, "
            "'2024-06-30T00:00:00Z' as created_at, created_at as closed_at "
            "from journeys where is_won",
        )


def _write(connection: duckdb.DuckDBPyConnection, folder: Path, events: str, deals: str) -> None:
    (folder / "organizations").mkdir()
    (folder / "organizations" / "bench.yml").write_text(_ORGANIZATION)
    for export, rows in {"outreach_events": events, "deals": deals}.items():
        landing = folder / "landing" / "bench" / export
        landing.mkdir(parents=True)
        connection.execute(f"copy ({rows}) to '{landing / f'{export}_{_DAY}.csv'}' (header)")
