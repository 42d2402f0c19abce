"""The survey tool: why members joined, and every month how likely they are to recommend."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER, Floats, Integers, numbers
from orchestration.sample.lives import draw_day_after, scatter
from orchestration.sample.service.wording import compose
from orchestration.sample.timetable import Timetable, changes

PULSES_PER_DAY = 0.0025
"""Answers to the pulse survey per day of a member who has not dropped out."""

ONBOARDING_SHARE = 0.5
COMMENT_SHARE = 0.4
NO_ANSWER_SHARE = 0.03

NPS_QUESTION = "NPS: how likely are you to recommend the club to a friend, from 0 to 10?"
MOTIVATION_QUESTION = "motivation"
COMMENT_QUESTION = "What should we know?"

MOTIVATIONS = ("social", "fitness", "competition", "networking", "family")
_SHARES = {
    "corporate": (0.12, 0.13, 0.10, 0.60, 0.05),
    "other": (0.30, 0.32, 0.18, 0.05, 0.15),
}
_TOPICS = np.array(["booking", "courts", "staff", "billing"])


def draw_surveys(
    rng: np.random.Generator, customers: pd.DataFrame, plans: pd.Series, timetable: Timetable
) -> pd.DataFrame:
    """Draw the monthly export of survey responses in canonical columns.

    Parameters
    ----------
    rng
        Source of randomness.
    customers
        As ``draw_customers`` gives them.
    plans
        Membership type of each member.
    timetable
        The days of the sample.
    """
    members = customers[customers["customer_type"] == "member"]
    answers = pd.concat(
        [_draw_onboarding(rng, members, plans, timetable), _draw_pulse(rng, members, timetable)],
        ignore_index=True,
    )
    answers = answers.sort_values(["day", "member"], kind="stable", ignore_index=True)
    day = answers["day"].to_numpy()
    responses = pd.DataFrame(
        {
            "response_id": numbers("R", len(answers)),
            "member_id": members["customer_id"].to_numpy()[answers["member"]],
            "survey_name": answers["survey_name"],
            "question": answers["question"],
            "response": answers["response"].where(rng.random(len(answers)) >= NO_ANSWER_SHARE),
            "responded_at": timetable.time(day, rng.integers(8 * 60, 22 * 60, len(answers))),
        }
    )
    return changes(timetable.monthly, ["response_id"], (responses, day))


def _draw_onboarding(
    rng: np.random.Generator, members: pd.DataFrame, plans: pd.Series, timetable: Timetable
) -> pd.DataFrame:
    corporate = (plans == "corporate").to_numpy()
    motivation = np.where(
        corporate,
        rng.choice(MOTIVATIONS, len(members), p=_SHARES["corporate"]),
        rng.choice(MOTIVATIONS, len(members), p=_SHARES["other"]),
    )
    day = draw_day_after(rng, members["acquired"].to_numpy(), ONBOARDING_SHARE, 2, 15)
    asked = np.flatnonzero(day <= timetable.last)
    return pd.DataFrame(
        {
            "member": asked,
            "day": day[asked],
            "survey_name": _quarterly("onboarding", day[asked], timetable),
            "question": MOTIVATION_QUESTION,
            "response": motivation[asked],
        }
    )


def _draw_pulse(
    rng: np.random.Generator, members: pd.DataFrame, timetable: Timetable
) -> pd.DataFrame:
    first, last = members["acquired"].to_numpy(), members["last_active"].to_numpy()
    member, day = scatter(rng, first, last, PULSES_PER_DAY)
    content = members["contentment"].to_numpy()[member]
    restless = day >= members["unrest_from"].to_numpy()[member]
    mood: Floats = content - 1.0 * restless + rng.normal(0, 0.6, len(member))
    score = np.clip(np.rint(8.0 + 1.5 * mood), 0, 10).astype(np.int64)
    tone: Integers = np.digitize(mood, (-0.8, 0.6)) - 1
    _, text = compose(rng, _TOPICS[rng.integers(0, len(_TOPICS), len(member))], tone)
    pulse = pd.DataFrame(
        {
            "member": member,
            "day": day,
            "survey_name": _quarterly("nps", day, timetable),
            "question": NPS_QUESTION,
            "response": score.astype(str),
        }
    )
    comments = pulse.assign(question=COMMENT_QUESTION, response=text)
    return pd.concat([pulse, comments[rng.random(len(comments)) < COMMENT_SHARE]])


def _quarterly(name: str, day: Integers, timetable: Timetable) -> np.ndarray:
    """Name each day's survey after its quarter, such as ``nps_2024_q3``."""
    month = timetable.day(np.minimum(day, NEVER - 1)).astype("datetime64[M]").astype(np.int64)
    quarter = (month % 12 // 3 + 1).astype(str)
    year = (1970 + month // 12).astype(str)
    return np.strings.add(np.strings.add(f"{name}_", year), np.strings.add("_q", quarter))
