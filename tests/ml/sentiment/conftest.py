"""Tickets of a help desk whose truth is known."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

DAY = date(2024, 3, 31)

_TOPICS = {
    "billing": ("the invoice", "my card payment", "the monthly fee", "a double charge"),
    "courts": ("court 3", "the lighting", "the locker room", "the squash floor"),
}
# None of these words stands in a lexicon: what they mean has to be learned.
_SAID = {
    "negative": ("went zorp", "is a blarg", "made us quib", "was all snerf"),
    "neutral": ("has a number", "is on Tuesday", "was written down", "comes in March"),
    "positive": ("went florp", "is a plim", "made us woob", "was all tande"),
}
_STARS = {"negative": 1, "neutral": 3, "positive": 5}


def help_desk(n: int, *, scored: float = 1.0, seed: int = 0, **columns: Any) -> pd.DataFrame:
    """Return tickets of a year before `DAY`, oldest first, a share of them with a score."""
    rng = np.random.default_rng(seed)
    said = rng.choice(list(_SAID), n)
    category = rng.choice(list(_TOPICS), n)
    body = [
        f"{rng.choice(_TOPICS[about])} {rng.choice(_SAID[how])}, case {word}"
        for about, how, word in zip(category, said, rng.integers(0, 10**6, n), strict=True)
    ]
    days = pd.Timestamp(DAY) - pd.to_timedelta(np.sort(rng.integers(0, 365, n))[::-1], "D")
    stars = pd.Series(said).map(_STARS).where(rng.random(n) < scored).astype("Int64")
    tickets = {
        "ticket_id": [f"T{number:05d}" for number in range(n)],
        "opened_at": days.tz_localize("UTC"),
        "opened_date": days.date,
        "subject": None,
        "body": body,
        "category": category,
        "csat_score": stars,
        "nps_score": pd.array([None] * n, "Int64"),
        "said": said,
        "about": category,
    }
    return pd.DataFrame(tickets | columns)


@pytest.fixture(scope="session")
def tickets() -> pd.DataFrame:
    """Return 800 tickets, seven of ten with a score."""
    return help_desk(800, scored=0.7)
