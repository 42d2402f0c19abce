"""What outreach did to whom: messages and ads, and how leads answered."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER, NOTHING, Flags, Floats, Integers, numbered, numbers
from orchestration.sample.outreach.campaigns import AD_CHANNELS
from orchestration.sample.outreach.leads import CHANNELS
from orchestration.sample.timetable import Timetable, changes

COST_PER_MESSAGE = {"email": 0.10, "linkedin": 0.60, "contact_form": 0.25, "phone": 4.50}
DELIVERED = {"email": 0.95, "linkedin": 0.99, "contact_form": 0.90, "phone": 0.70}
OPENED = {"email": 0.45, "linkedin": 0.60, "contact_form": 0.0, "phone": 0.0}
CLICKED = {"paid_search": 0.35, "display": 0.03, "video": 0.05, "social": 0.08}
REPLIED, REPLIED_BY_CONVERTS = 0.05, 0.30
"""Share of delivered messages that are answered, by leads who do not convert and who do."""

TOUCH_DAYS = 45
"""For so many days a lead is touched, or until it converts."""

_CONVERTED_AT = 23 * 60 + 10


def draw_touches(
    rng: np.random.Generator, leads: pd.DataFrame, timetable: Timetable
) -> pd.DataFrame:
    """Draw outreach events within the sample's days.

    Returns
    -------
    pandas.DataFrame
        ``lead`` (index), ``day``, ``minute``, ``channel``, ``event_type``, ``cost`` and
        ``message`` (number of the touch, -1 for none), in order of time.
    """
    reached = leads[[f"reached_by_{channel}" for channel in CHANNELS]].to_numpy(dtype=bool)
    lead, channel = np.nonzero(reached)
    repeat = 1 + rng.poisson(0.8, len(lead))
    lead, channel = np.repeat(lead, repeat), np.repeat(channel, repeat)
    created, converted = leads["created"].to_numpy(), leads["converted"].to_numpy()
    end = np.minimum(converted, created + TOUCH_DAYS)[lead]
    day = created[lead] + np.floor(rng.random(len(lead)) * (end - created[lead] + 1))
    touches = pd.DataFrame(
        {
            "lead": lead,
            "day": day.astype(np.int64),
            # Whoever converts does so at night, and leads come in before noon.
            "minute": rng.integers(12 * 60 + 5, 20 * 60, len(lead)),
            "channel": np.array(CHANNELS)[channel],
            "message": np.arange(len(lead)),
        }
    )
    events = pd.concat(
        [
            _messages(rng, touches, (converted < NEVER)[lead]),
            _ads(rng, touches),
            _conversions(touches, converted),
        ],
        ignore_index=True,
    )
    events = events[events["day"] <= timetable.last]
    return events.sort_values(
        ["day", "minute", "lead", "message"], kind="stable", ignore_index=True
    )


def _messages(rng: np.random.Generator, touches: pd.DataFrame, converts: Flags) -> pd.DataFrame:
    outbound = ~touches["channel"].isin(AD_CHANNELS).to_numpy()
    sent, converts = touches[outbound], converts[outbound]
    arrived = rng.random(len(sent)) < _of(sent, DELIVERED)
    opened = arrived & (rng.random(len(sent)) < _of(sent, OPENED))
    chance = np.where(converts, REPLIED_BY_CONVERTS, REPLIED)
    replied = arrived & (rng.random(len(sent)) < chance)
    cost = _of(sent, COST_PER_MESSAGE)
    return pd.concat(
        [
            sent.assign(event_type="sent", cost=cost),
            _later(sent[arrived], "delivered", 1),
            _later(sent[~arrived], "bounced", 1),
            _later(sent[opened], "opened", rng.integers(2, 90, opened.sum())),
            _later(sent[replied], "replied", rng.integers(90, 180, replied.sum())),
        ]
    )


def _ads(rng: np.random.Generator, touches: pd.DataFrame) -> pd.DataFrame:
    shown = touches[touches["channel"].isin(AD_CHANNELS)]
    clicked = rng.random(len(shown)) < _of(shown, CLICKED)
    return pd.concat([_later(shown, "impression", 0), _later(shown[clicked], "click", 1)])


def _of(touches: pd.DataFrame, figures: dict[str, float]) -> Floats:
    """Give each touch the figure of its channel."""
    return np.asarray(touches["channel"].map(figures), dtype=np.float64)


def _later(touches: pd.DataFrame, event_type: str, minutes: int | Integers) -> pd.DataFrame:
    return touches.assign(event_type=event_type, minute=touches["minute"] + minutes, cost=np.nan)


def _conversions(touches: pd.DataFrame, converted: Integers) -> pd.DataFrame:
    """Credit conversions to the channel of the last touch, to none where there was no touch."""
    last = touches.sort_values(["day", "minute"], kind="stable").groupby("lead")["channel"].last()
    lead = np.flatnonzero(converted < NEVER)
    return pd.DataFrame(
        {
            "lead": lead,
            "day": converted[lead],
            "minute": _CONVERTED_AT,
            "channel": last.reindex(lead).fillna("direct").to_numpy(),
            "message": -1,
            "event_type": "converted",
            "cost": np.nan,
        }
    )


def first_day(events: pd.DataFrame, leads: int, *event_types: str) -> Integers:
    """Give the day of each lead's first event of these types, `NEVER` where there is none."""
    found = events[events["event_type"].isin(event_types)].groupby("lead")["day"].min()
    days: Integers = found.reindex(range(leads), fill_value=NEVER).to_numpy(dtype=np.int64)
    return days


def list_touches(events: pd.DataFrame, leads: pd.DataFrame, timetable: Timetable) -> pd.DataFrame:
    """Lay out the weekly export of outreach events in canonical columns."""
    message = numbered("MSG", events["message"].to_numpy() + 1).astype(object)
    template = np.strings.add(
        np.strings.add(events["channel"].to_numpy(dtype=str), "-"),
        (events["message"] % 3 + 1).to_numpy().astype(str),
    )
    sent = (events["message"] >= 0).to_numpy()
    day = events["day"].to_numpy()
    rows = pd.DataFrame(
        {
            "event_id": numbers("OE", len(events)),
            "lead_id": leads["lead_id"].to_numpy()[events["lead"]],
            "campaign_id": leads["campaign_id"].to_numpy()[events["lead"]],
            "channel": events["channel"],
            "event_type": events["event_type"],
            "event_at": timetable.time(day, events["minute"].to_numpy()),
            "cost": events["cost"],
            "message_id": np.where(sent, message, NOTHING),
            "template_id": np.where(sent, template.astype(object), NOTHING),
        }
    )
    return changes(timetable.weekly, ["event_id"], (rows, day))
