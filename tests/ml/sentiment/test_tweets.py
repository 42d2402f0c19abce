"""Real complaints and praises."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml.sentiment.figures import accuracy, macro_f1
from ml.sentiment.lexical import LexiconSentiment
from ml.sentiment.linear import LinearTextClassifier


@pytest.fixture(scope="module")
def tweets(shared_data: Path) -> pd.DataFrame:
    tweets = pd.read_csv(shared_data / "data" / "airline_tweets.csv").drop_duplicates("text")
    return tweets.sample(4000, random_state=0)


def test_without_any_label_nearly_three_of_four_are_read_rightly(tweets: pd.DataFrame):
    texts, labels = tweets["text"].to_numpy(object), tweets["airline_sentiment"].to_numpy(str)
    forecast = LexiconSentiment().fit(texts).predict(texts)
    assert accuracy(labels, forecast) > 0.72
    assert macro_f1(labels, forecast) > 0.66


def test_labels_make_it_better(tweets: pd.DataFrame):
    texts, labels = tweets["text"].to_numpy(object), tweets["airline_sentiment"].to_numpy(str)
    forecast = LinearTextClassifier().fit(texts[:3000], labels[:3000]).predict_proba(texts[3000:])
    best = np.array(["negative", "neutral", "positive"])[forecast.argmax(axis=1)]
    assert accuracy(labels[3000:], best) > 0.79
    assert macro_f1(labels[3000:], best) > 0.72
