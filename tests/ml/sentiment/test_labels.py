"""What a score says of a ticket."""

import pandas as pd
import pytest

from ml.sentiment.labels import label_of, text_of


@pytest.mark.parametrize(
    ("csat", "nps", "label"),
    [
        (1, None, "negative"),
        (2, 10, "negative"),
        (3, 0, "neutral"),
        (4, None, "positive"),
        (5, 0, "positive"),
        (None, 6, "negative"),
        (None, 7, "neutral"),
        (None, 8, "neutral"),
        (None, 9, "positive"),
        (None, None, None),
    ],
)
def test_satisfaction_goes_before_recommendation(csat, nps, label):
    tickets = pd.DataFrame({"csat_score": pd.array([csat], "Int64"), "nps_score": [nps]})
    assert label_of(tickets)[0] == label


def test_headline_and_text_are_read_as_one():
    tickets = pd.DataFrame(
        {"subject": ["Court 3", None, "Court 3", None], "body": ["It is dark.", "Dark", None, None]}
    )
    assert text_of(tickets).tolist() == ["Court 3. It is dark", "Dark", "Court 3", ""]
