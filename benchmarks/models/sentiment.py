"""Tweets to airlines: negative, neutral or positive, and what the negative ones complain of."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.sentiment.figures import accuracy, macro_f1
from ml.sentiment.lexical import CalibratedLexiconSentiment, LexiconSentiment
from ml.sentiment.linear import LinearTextClassifier
from ml.sentiment.tokens import read

_FOLDS = 5
_FEW = 300

Classifier = Callable[[], Any]


def evaluate(data: Path) -> pd.DataFrame:
    """Cross-validate in five folds; tweets of the same words stay in one fold.

    Returns
    -------
    one row per question and method: how many tweets a fold learns from, accuracy and macro-F1 over
    all tweets, mean log-loss (nats), seconds to fit and to score 1,000 tweets
    """
    tweets = pd.read_csv(data / "data" / "airline_tweets.csv")
    texts = tweets["text"].to_numpy(object)
    sentiment = tweets["airline_sentiment"].to_numpy(str)
    methods: dict[str, tuple[Classifier, int]] = {
        "always the most frequent": (_most_frequent, len(texts)),
        "TF-IDF, logistic regression": (_reference, len(texts)),
        "lexicon": (LexiconSentiment, len(texts)),
        f"calibrated lexicon, {_FEW} labels": (CalibratedLexiconSentiment, _FEW),
        f"linear text, {_FEW} labels": (LinearTextClassifier, _FEW),
        "linear text": (LinearTextClassifier, len(texts)),
    }
    rows = [
        {"question": "sentiment", "method": name, **_cross_validate(make, texts, sentiment, most)}
        for name, (make, most) in methods.items()
    ]
    has_reason = tweets["negativereason"].notna().to_numpy()
    reasons = tweets.loc[has_reason, "negativereason"].to_numpy(str)
    for name, make in (
        ("always the most frequent", _most_frequent),
        ("linear text", lambda: LinearTextClassifier(lexicon_weight=0.0)),
    ):
        found = _cross_validate(make, texts[has_reason], reasons, len(reasons))
        rows.append({"question": "reason", "method": name, **found})
    return pd.DataFrame(rows)


def _cross_validate(
    make: Classifier, texts: npt.NDArray[np.object_], labels: npt.NDArray[np.str_], most: int
) -> dict[str, float]:
    from sklearn.model_selection import StratifiedGroupKFold  # noqa: PLC0415 - slow to import

    same_words, _ = pd.factorize(
        np.array([" ".join(one.tokens) for one in read(texts)], dtype=object)
    )
    classes, number = np.unique(labels, return_inverse=True)
    probability = np.empty((len(texts), len(classes)))
    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    fit = score = 0.0
    rng = np.random.default_rng(0)
    for train, test in folds.split(number, number, same_words):
        seen = rng.permutation(train)[:most]
        started = time.perf_counter()
        model = make().fit(texts[seen], labels[seen])
        fitted = time.perf_counter()
        probability[test] = model.predict_proba(texts[test])
        fit, score = fit + fitted - started, score + time.perf_counter() - fitted
    best = probability.argmax(axis=1)
    found = np.clip(probability[np.arange(len(texts)), number], 1e-15, 1)
    return {
        "learned_from": min(most, len(texts) * (_FOLDS - 1) // _FOLDS),
        "accuracy": accuracy(number, best),
        "macro_f1": macro_f1(number, best),
        "log_loss": float(-np.log(found).mean()),
        "fit_seconds": fit / _FOLDS,
        "seconds_per_1000": 1000 * score / len(texts),
    }


def _most_frequent() -> Any:
    from sklearn.dummy import DummyClassifier  # noqa: PLC0415 - slow to import

    return DummyClassifier(strategy="prior")


def _reference() -> Any:
    """Return what most people try first."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - slow to import
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415 - slow to import

    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    return make_pipeline(words, LogisticRegression(C=4, max_iter=100))
