"""Campaign marts over files as they come: a public file of touches, and the generated sample's exports."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.sample import generate_sample
from tests.dbt_project.pipeline import Pipeline

DAY = "2018-07-31"
MAPPING = """
time_zone: UTC
exports:
  outreach_events:
    columns:
      event_id: "'line-' || _line"
      lead_id: '"customer_id"'
      campaign_id: "'july'"
      channel: >
        case when "channel" in ('Facebook', 'Instagram') then 'social'
        else replace(replace(lower("channel"), ' ', '_'), 'online_', '') end
      event_type: case "interaction" when 'conversion' then 'converted' else "interaction" end
      event_at: '"time"'
  deals:
    columns:
      deal_id: "'line-' || _line"
      lead_id: '"customer_id"'
      campaign_id: "'july'"
      deal_value: '"conversion_value"'
      deal_stage: "'won'"
      created_at: '"time"'
      closed_at: '"time"'
    keep: '"conversion" = ''1'''
"""
CLUB = "riverside_club"
OUTREACH = ["campaigns", "leads", "outreach_events", "channel_costs", "deals"]


@pytest.fixture(scope="module")
def built(
    open_pipeline: Callable[[str], AbstractContextManager[Pipeline]], shared_data: Path
) -> Iterator[Pipeline]:
    """Build the public file, mapped, and the exports of a small sample."""
    with open_pipeline("duckdb") as pipeline:
        generate_sample(
            pipeline.folder, customers=200, seed=3, first_day=date(2024, 1, 1), days=150
        )
        for folder in pipeline.landing.glob("*/*"):
            if folder.parent.name != CLUB or folder.name not in OUTREACH:
                shutil.rmtree(folder)
        pipeline.add_organization("touches", MAPPING)
        for export in ("outreach_events", "deals"):
            folder = pipeline.landing / "touches" / export
            folder.mkdir(parents=True)
            shutil.copy(
                shared_data / "data" / "attribution_events_7896.csv",
                folder / f"{export}_{DAY}.csv",
            )
        pipeline.load()
        marts = ["campaign_metrics", "roi_tracker", "campaign_roi"]
        pipeline.dbt("run", "--select", "+dim_date", *(f"+{mart}" for mart in marts))
        pipeline.dbt("test", "--select", "campaign_metrics_reconcile_to_the_star")
        yield pipeline


@pytest.fixture(scope="module")
def touches(shared_data: Path) -> pd.DataFrame:
    frame = pd.read_csv(shared_data / "data" / "attribution_events_7896.csv")
    return frame.assign(day=pd.to_datetime(frame["time"]).dt.date)


def test_people_come_in_with_their_first_touch_and_convert_once(
    built: Pipeline, touches: pd.DataFrame
) -> None:
    first = touches.groupby("customer_id")["day"].min().value_counts().sort_index().cumsum()
    converted = touches[touches["conversion"] == 1]
    once = converted.groupby("customer_id")["day"].min().value_counts().sort_index().cumsum()
    won = converted.groupby("day")["conversion_value"].sum().sort_index().cumsum()
    days = built.rows(
        "select calendar_date, total_leads, converted_leads, total_revenue, roi from marts.campaign_metrics "
        "where organization_id = 'touches' and campaign_id = 'july' order by 1"
    )
    assert days == [
        (day, first[:day].iloc[-1], once[:day].iloc[-1], won[:day].iloc[-1], None)
        for day in sorted(set(touches["day"]))
    ]
    assert days[-1][1:4] == (
        7896,
        touches[touches["conversion"] == 1]["customer_id"].nunique(),
        11423.5,
    )


def test_each_lead_of_the_file_is_worth_what_it_converted_for(
    built: Pipeline, touches: pd.DataFrame
) -> None:
    value = touches.groupby("customer_id")["conversion_value"].sum()
    tracked = dict(
        built.rows(
            "select lead_id, won_value from marts.roi_tracker where organization_id = 'touches'"
        )
    )
    assert tracked == value.to_dict()


def test_the_sample_costs_what_its_files_say_in_every_campaign(built: Pipeline) -> None:
    """Ads cost by the day, messages by the piece: the sample's channels tell one or the other."""

    def newest(export: str, key: str) -> str:
        files = f"{built.landing}/{CLUB}/{export}/*.csv"
        ranked = f"row_number() over (partition by {key} order by filename desc) as version"
        return (
            f"(select * from (select *, {ranked} from read_csv('{files}', filename = true, "
            "all_varchar = true, union_by_name = true)) where version = 1)"
        )

    costs = newest("channel_costs", "campaign_id, channel, cost_date")
    events = newest("outreach_events", "event_id")
    deals = newest("deals", "deal_id")
    expected = duckdb.sql(
        f"""
        with spend as (
            select campaign_id, cost::decimal(18, 2) as cost from {costs}
            union all
            select campaign_id, cost::decimal(18, 2) from {events} where cost::decimal(18, 2) > 0  -- a broken row costs less
        ), spent as (
            select campaign_id, sum(cost) as cost from spend group by 1
        ), won as (
            select campaign_id, sum(deal_value::decimal(18, 2)) as revenue
            from {deals} where deal_stage = 'won' group by 1
        )
        select campaign_id, cost, coalesce(revenue, 0)::decimal(18, 2)
        from spent left join won using (campaign_id) order by 1
        """
    ).fetchall()
    assert len(expected) >= 3
    assert sum(revenue for *_, revenue in expected) > 0
    rows = built.rows(
        f"select campaign_id, spend, revenue from marts.campaign_roi where organization_id = '{CLUB}' order by 1"
    )
    assert rows == expected
