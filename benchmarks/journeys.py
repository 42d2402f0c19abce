"""Exports of journeys: random touches and deals, or a file that counts paths."""

import shutil
from pathlib import Path
from string import Template

import duckdb

from orchestration.settings import PROJECT_ROOT

_EXAMPLE = PROJECT_ROOT / "organizations" / "examples" / "conversion_paths.yml"
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
    """Deliver a file of paths as it is, with the mapping of the example."""
    for name, source in {
        "organizations/conversion_paths.yml": _EXAMPLE,
        f"landing/conversion_paths/paths_{_DAY}.csv": file,
    }.items():
        target = folder / name
        target.parent.mkdir(parents=True)
        shutil.copy(source, target)


def _write(connection: duckdb.DuckDBPyConnection, folder: Path, events: str, deals: str) -> None:
    (folder / "organizations").mkdir()
    (folder / "organizations" / "bench.yml").write_text(_ORGANIZATION)
    for export, rows in {"outreach_events": events, "deals": deals}.items():
        landing = folder / "landing" / "bench" / export
        landing.mkdir(parents=True)
        connection.execute(f"copy ({rows}) to '{landing / f'{export}_{_DAY}.csv'}' (header)")
