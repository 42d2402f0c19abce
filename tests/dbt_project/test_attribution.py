"""What channels earned, computed once more from the raw rows, on random outreach and on public data."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from ml.attribution import MarkovAttribution, ShapleyAttribution
from ml.registry import Registry
from orchestration.scoring.attribution import ATTRIBUTION
from orchestration.scoring.scoring import score_organizations
from orchestration.settings import PROJECT_ROOT
from tests.dbt_project.attribution_reference import (
    LAST,
    MIDDLE,
    Agency,
    draw_agency,
    earned_by_lead,
    journeys,
    known_on,
)
from tests.dbt_project.pipeline import Pipeline

PUBLIC = PROJECT_ROOT.parent / "shared" / "data" / "attribution_events_7896.csv"
PUBLIC_DAY = "2018-07-31"
CHANNELS = {
    "Facebook": "social",
    "Instagram": "other",
    "Online Display": "display",
    "Online Video": "video",
    "Paid Search": "paid_search",
}
PUBLIC_MAPPING = f"""exports:
  outreach_events:
    files: "events/events_{{date}}.csv"
    columns:
      event_id: "'e' || _line"
      lead_id: '"customer_id"'
      channel: >-
        case "channel" {" ".join(f"when '{name}' then '{channel}'" for name, channel in CHANNELS.items())} end
      event_type: "'click'"
      event_at: local_time("time", '%Y-%m-%dT%H:%M:%SZ')
"""
PUBLIC_DEALS = """  deals:
    files: "events/events_{date}.csv"
    columns:
      deal_id: "'d' || _line"
      lead_id: '"customer_id"'
      deal_value: money("conversion_value")
      deal_stage: "'won'"
      created_at: local_time("time", '%Y-%m-%dT%H:%M:%SZ')
      closed_at: local_time("time", '%Y-%m-%dT%H:%M:%SZ')
    keep: '"conversion" = ''1'''
"""
REPORTED = "case \"interaction\" when 'conversion' then 'converted' else 'impression' end"
MODELS = ["+channel_attribution", "+int_attribution_paths", "+dim_date", "dim_channel"]
TESTED = [
    *("int_attribution_touches", "int_attribution_conversions", "int_attribution_journeys"),
    *("int_attribution_paths", "lead_attribution"),
    *("channel_attribution_scores", "channel_attribution"),
]


@pytest.fixture(scope="module")
def agency() -> Agency:
    return draw_agency()


@pytest.fixture(scope="module")
def built(
    engine: str,
    open_pipeline: Callable[[str], AbstractContextManager[Pipeline]],
    agency: Agency,
) -> Iterator[Pipeline]:
    """Build and score an agency, one that sells nothing, a shop without outreach, and public data."""
    with open_pipeline(engine) as pipeline:
        pipeline.add_organization("agency")
        for day in (MIDDLE, LAST):
            deliver(pipeline, known_on(agency, day), day)
        pipeline.add_organization("idle")
        pipeline.deliver("idle", "deals", LAST, "deal_id,lead_id,deal_value,deal_stage,created_at")
        event = (
            "event_id,lead_id,channel,event_type,event_at\ne,l,email,converted,2024-06-01T00:00:00Z"
        )
        pipeline.deliver(
            "idle", "outreach_events", LAST, f"{event}\nf,l,phone,click,2024-06-02T00:00:00Z"
        )
        pipeline.add_organization("shop")
        pipeline.deliver("shop", "accounts", LAST, "customer_id,customer_name\na1,Acme")
        if PUBLIC.exists():
            deliver_public(pipeline, "booked", PUBLIC_MAPPING + PUBLIC_DEALS)
            deliver_public(
                pipeline,
                "reported",
                PUBLIC_MAPPING.replace("\"'click'\"", f">-\n        {REPORTED}"),
            )
        deliver_paths(pipeline)
        pipeline.load()
        run(pipeline)
        pipeline.dbt("test", "--exclude-resource-type", "unit_test", "--select", *TESTED)
        yield pipeline


def deliver(pipeline: Pipeline, agency: Agency, day: str) -> None:
    exports = {
        "leads": agency.leads,
        "outreach_events": agency.events,
        "deals": agency.deals,
        "orders": agency.orders.assign(currency="EUR"),
    }
    for export, rows in exports.items():
        times = {name: rows[name] + ":00Z" for name in rows if str(name).endswith("_at")}
        pipeline.deliver("agency", export, day, rows.assign(**times).to_csv(index=False))


def deliver_public(pipeline: Pipeline, organization_id: str, mapping: str) -> None:
    pipeline.add_organization(organization_id, mapping)
    folder = pipeline.landing / organization_id / "events"
    folder.mkdir(parents=True)
    shutil.copy(PUBLIC, folder / f"events_{PUBLIC_DAY}.csv")


def counted_paths() -> pd.DataFrame:
    """Draw 60 paths of up to six touches, and how many journeys went each way to which end."""
    draw = np.random.default_rng(3)
    names = ["email", "phone", "display", "social", "video"]
    drawn = [" > ".join(draw.choice(names, draw.integers(1, 7))) for _ in range(60)]
    paths = pd.DataFrame({"path": list(dict.fromkeys(drawn))})
    paths["total_conversions"] = draw.integers(0, 5, len(paths))
    paths["total_conversion_value"] = np.round(
        paths["total_conversions"] * draw.gamma(2, 40, len(paths)), 2
    )
    paths["total_null"] = draw.integers(0, 7, len(paths))
    return paths


def deliver_paths(pipeline: Pipeline) -> None:
    """Deliver counted paths as the example maps them, but for channels by which all are known."""
    example = PROJECT_ROOT / "organizations" / "examples" / "conversion_paths.yml"
    exports = yaml.safe_load(example.read_text())["exports"]
    touches = exports["outreach_events"]["columns"]
    touches["channel"] = touches.pop("campaign_id")
    pipeline.add_organization("counted", yaml.safe_dump({"exports": exports}))
    folder = pipeline.landing / "counted"
    folder.mkdir(parents=True)
    counted_paths().to_csv(folder / f"paths_{LAST}.csv", index=False)


def run(pipeline: Pipeline) -> None:
    pipeline.dbt("run", "--select", *MODELS)
    for _ in score_organizations(ATTRIBUTION, pipeline.warehouse, Registry(pipeline.folder)):
        pass
    pipeline.dbt("run", "--select", "channel_attribution_scores", "channel_attribution")


def credits_of(pipeline: Pipeline) -> dict[tuple[object, ...], float]:
    rows = pipeline.rows(
        "select lead_id, conversion_id, model, channel, cast(credit as double precision) as credit "
        "from marts.lead_attribution where organization_id = 'agency'"
    )
    return {row[:4]: float(str(row[4])) for row in rows}


def table(pipeline: Pipeline, organization_id: str) -> pd.DataFrame:
    """Return what each channel earned by all purchases, by model and channel."""
    rows = pipeline.table("marts.channel_attribution")
    rows = rows[(rows["organization_id"] == organization_id) & (rows["purchase_type"] == "all")]
    figures = rows[["conversions", "revenue"]].astype(float)
    return rows[["model", "channel"]].join(figures).set_index(["model", "channel"]).sort_index()


def test_each_lead_credits_channels_as_told_lead_by_lead(built: Pipeline, agency: Agency) -> None:
    expected = earned_by_lead(agency)
    assert len(expected) > 300
    assert credits_of(built) == pytest.approx(expected, abs=1e-9)


def test_purchases_after_the_first_are_repeats(built: Pipeline, agency: Agency) -> None:
    expected = {
        (lead, conversion.number): "repeat" if conversion.is_repeat else "first"
        for lead, conversion, _ in journeys(agency)
        if conversion
    }
    rows = built.rows(
        "select distinct lead_id, conversion_id, purchase_type from marts.lead_attribution "
        "where organization_id = 'agency'"
    )
    assert {row[:2]: row[2] for row in rows} == expected
    assert min(Counter(expected.values()).values()) > 5


def test_models_learn_from_every_path_those_that_led_nowhere_too(
    built: Pipeline, agency: Agency
) -> None:
    paths: dict[str, list[float]] = defaultdict(lambda: [0, 0, 0])
    for _, conversion, path in journeys(agency):
        counted = paths[" > ".join(channel for channel, _ in path)]
        counted[0 if conversion else 2] += 1
        counted[1] += conversion.revenue if conversion else 0
    counts = list(zip(*paths.values(), strict=True))
    models = {"markov": MarkovAttribution(), "shapley": ShapleyAttribution()}
    for name, model in models.items():
        expected = model.fit(list(paths), *counts).credits_.set_index("channel")
        earned = table(built, "agency").loc[name]
        assert earned["conversions"].to_dict() == pytest.approx(
            expected["conversions"].to_dict(), abs=1e-6
        )
        assert earned["revenue"].to_dict() == pytest.approx(
            expected["revenue"].to_dict(), abs=0.011
        )


def test_who_sells_nothing_gets_no_credit_from_what_a_platform_reports(built: Pipeline) -> None:
    assert (
        built.rows(
            "select distinct organization_id from marts.channel_attribution "
            "where organization_id in ('idle', 'shop')"
        )
        == []
    )
    assert built.rows(
        "select path, conversion_count, null_count from staging.int_attribution_paths "
        "where organization_id = 'idle'"
    ) == [("phone", 0, 1)]


def test_every_score_says_which_model_made_it(built: Pipeline) -> None:
    rows = built.rows(
        "select distinct model, model_name, conversions_standard_error, trained_as_of = scored_as_of as is_fresh "
        "from scores.channel_attribution_scores where is_current order by 1"
    )
    assert rows == [
        ("markov", "markov_order_1", 0.0, True),
        ("shapley", "shapley_observed", 0.0, True),
    ]


def test_public_journeys_earn_what_pandas_says(built: Pipeline, shared_data: Path) -> None:
    events = pd.read_csv(shared_data / "data" / PUBLIC.name).sort_values(["customer_id", "time"])
    events["channel"] = events["channel"].map(CHANNELS)
    person = events.groupby("customer_id")["conversion"]
    events["journey"] = person.cumsum() - events["conversion"]
    journey = events.groupby(["customer_id", "journey"])
    events["value"] = journey["conversion_value"].transform("sum")
    events["converted"] = journey["conversion"].transform("max")
    events["share"] = 1 / journey["channel"].transform("size")
    ways = events[events["converted"] == 1].groupby(["customer_id", "journey"])
    assert len(ways) == 1838
    earned = table(built, "booked")
    for model, touches in {"first_touch": ways.head(1), "last_touch": ways.tail(1)}.items():
        of_channel = touches.groupby("channel")["value"].agg(["size", "sum"])
        assert earned.loc[model, "conversions"].to_dict() == of_channel["size"].to_dict()
        assert earned.loc[model, "revenue"].to_dict() == of_channel["sum"].to_dict()
    shared = events[events["converted"] == 1].assign(
        revenue=lambda rows: rows["share"] * rows["value"]
    )
    linear = shared.groupby("channel")[["share", "revenue"]].sum()
    for column, expected in {"conversions": linear["share"], "revenue": linear["revenue"]}.items():
        assert earned.loc["linear", column].to_dict() == pytest.approx(expected.to_dict(), abs=0.01)


def test_counted_paths_earn_what_they_tell_directly(built: Pipeline) -> None:
    paths = counted_paths()
    touches = paths.assign(channel=paths["path"].str.split(" > ")).explode("channel")
    path = touches.groupby(level=0)["channel"]
    touches["linear"] = 1 / path.transform("size")
    touches["first_touch"] = 1.0 * ~touches.index.duplicated()
    touches["last_touch"] = 1.0 * ~touches.index.duplicated(keep="last")
    outcomes = {"conversions": "total_conversions", "revenue": "total_conversion_value"}
    earned = table(built, "counted")
    for outcome, counted in outcomes.items():
        for model in ("first_touch", "last_touch", "linear"):
            expected = (touches[model] * touches[counted]).groupby(touches["channel"]).sum()
            assert earned.loc[model, outcome].to_dict() == pytest.approx(
                expected.to_dict(), abs=0.011 if outcome == "revenue" else 2e-6
            )
    assert path.size().max() > 4
    assert (paths["total_conversions"] + paths["total_null"] == 0).any()


def test_counted_paths_lose_what_their_chain_loses_without_a_channel(built: Pipeline) -> None:
    """The chain's end is found by walking it until nobody is left on the way."""
    paths = counted_paths()
    ways = [way.split(" > ") for way in paths["path"]]
    channels = sorted({channel for way in ways for channel in way})
    moves: Counter[tuple[str, str]] = Counter()
    for way, won, lost in zip(ways, paths["total_conversions"], paths["total_null"], strict=True):
        for step in [("start", way[0]), *pairwise(way)]:
            moves[step] += int(won + lost)
        moves[way[-1], "won"] += int(won)
        moves[way[-1], "lost"] += int(lost)
    visits = Counter[str]()
    for (state, _), times in moves.items():
        visits[state] += times

    def converted(without: str) -> float:
        on_the_way, won = {"start": 1.0}, 0.0
        for _ in range(200):
            arrived: dict[str, float] = defaultdict(float)
            for (state, onward), times in moves.items():
                if state != without and times:
                    arrived[onward] += on_the_way.get(state, 0.0) * times / visits[state]
            won += arrived.pop("won", 0.0)
            on_the_way = arrived
        return won

    lost = {channel: 1 - converted(channel) / converted("") for channel in channels}
    rows = built.rows(
        "select channel, removal_effect from scores.channel_attribution_scores "
        "where organization_id = 'counted' and purchase_type = 'all' and model = 'markov'"
    )
    assert dict(rows) == pytest.approx(lost, abs=1e-9)


def test_what_a_platform_reports_counts_where_nothing_is_sold(
    built: Pipeline, shared_data: Path
) -> None:
    assert shared_data.is_dir()
    booked, reported = table(built, "booked"), table(built, "reported")
    assert reported["conversions"].to_dict() == booked["conversions"].to_dict()
    assert reported["revenue"].isna().all()


def test_a_past_day_is_told_as_it_was(built: Pipeline, agency: Agency) -> None:
    built.dbt("run", "--select", "+lead_attribution", as_of=MIDDLE)
    expected = earned_by_lead(known_on(agency, MIDDLE))
    assert 100 < len(expected) < len(earned_by_lead(agency))
    assert credits_of(built) == pytest.approx(expected, abs=1e-9)
