"""How a model of sentiment is held against tickets that came after it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.sentiment import TicketSentiment
from orchestration.scoring.tone_watch import findings, since_training, why_train

TRAINED = date(2024, 1, 31)
KIND, ANGRY, PLAIN = "Thank you, excellent!", "Awful, terrible service.", "Which court is open?"


def tickets(texts: list[str], csat: list[int], day: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ticket_id": [f"{day}-{number}" for number in range(len(texts))],
            "opened_date": pd.Timestamp(day).date(),
            "subject": None,
            "body": texts,
            "category": None,
            "csat_score": csat,
            "nps_score": None,
        }
    )


@pytest.fixture(scope="module")
def before() -> pd.DataFrame:
    return tickets([KIND, ANGRY, PLAIN] * 50, [5, 1, 3] * 50, "2024-01-10")


@pytest.fixture(scope="module")
def model(before: pd.DataFrame) -> TicketSentiment:
    return TicketSentiment("lexicon").fit(before)


def test_a_model_that_tells_unhappy_tickets_is_kept(
    model: TicketSentiment, before: pd.DataFrame
) -> None:
    fresh = tickets([KIND, ANGRY, PLAIN] * 50, [5, 1, 4] * 50, "2024-02-10")
    since = since_training(model, pd.concat([before, fresh]), TRAINED)
    assert (since.figures["tickets"], since.figures["auc"]) == (150, 1)
    assert since.moved["score"] == 0
    assert why_train(since) is None
    assert all(finding.passed for finding in findings(since))


def test_a_model_that_takes_anger_for_praise_is_trained_anew(
    model: TicketSentiment, before: pd.DataFrame
) -> None:
    fresh = tickets([KIND, ANGRY, PLAIN] * 50, [1, 5, 4] * 50, "2024-02-10")
    since = since_training(model, pd.concat([before, fresh]), TRAINED)
    assert since.figures["auc"] == 0
    assert why_train(since) == "unhappy tickets since its training were told with an AUC of 0.00"
    assert not findings(since)[0].passed


def test_another_tone_calls_for_a_training(model: TicketSentiment, before: pd.DataFrame) -> None:
    fresh = tickets([ANGRY] * 150, [1] * 150, "2024-02-10")
    since = since_training(model, pd.concat([before, fresh]), TRAINED)
    assert since.figures == {}
    assert str(why_train(since)).startswith("scores have moved")


@pytest.mark.parametrize("rated", [np.nan, 1])
def test_few_tickets_tell_nothing(
    model: TicketSentiment, before: pd.DataFrame, rated: float
) -> None:
    fresh = tickets([ANGRY] * 99, [1] * 99, "2024-02-10").assign(csat_score=rated)
    since = since_training(model, pd.concat([before, fresh]), TRAINED)
    assert (since.figures, since.moved, why_train(since)) == ({}, {}, None)
