"""The model card of the sentiment model."""

import numpy as np
import pandas as pd

from ml.evaluation.classification import calibration
from ml.evaluation.drift import population_stability_index
from ml.evaluation.plots import calibration_plot
from ml.registry import Card
from ml.sentiment.labels import LABELS, label_of, text_of
from ml.sentiment.lexicon import describe
from ml.sentiment.linear import LinearTextClassifier
from ml.sentiment.model import TicketSentiment
from ml.sentiment.selection import Comparison
from ml.sentiment.tokens import read

_PURPOSE = (
    "How a ticket is meant, from -1 (negative) to 1 (positive), and what it is about. For finding "
    "unhappy customers and what makes them so; not for judging employees or single customers."
)
_LIMITS = (
    "A label is the customer's score, which speaks of the whole matter, not of the words alone.",
    "Customers who give a score are not like all others.",
    "Irony, quoted texts and languages other than English, German, French, Spanish, Italian, "
    "Portuguese and Dutch are often misread.",
)
_MOST_WORDS = 15
_MOST_READ = 5_000


def write_card(
    model: TicketSentiment, known: pd.DataFrame, comparison: Comparison, results: pd.DataFrame
) -> Card:
    """Return what the registry's card tells of a training."""
    is_text, labels = text_of(known) != "", label_of(known)
    days = comparison.tickets["opened_date"]
    return Card(
        purpose=_PURPOSE,
        samples={
            "tickets": len(known),
            "with a score and a text": int((is_text & ~pd.isna(labels)).sum()),
            **{f"of these {name}": int((is_text & (labels == name)).sum()) for name in LABELS},
            "held out": len(days),
        },
        exclusions={"without a text": int((~is_text).sum())},
        held_out=f"Scored tickets opened from {days.min()} to {days.max()}; each algorithm was "
        "fitted on those before, then the best one on all. In brackets 95 % intervals."
        if len(days)
        else "Too few tickets with a score to hold any out: how good it is here is not known.",
        results=results,
        tables=_tables(model, known, comparison),
        plots=_plots(model, comparison),
        limits=_LIMITS,
    )


def _plots(model: TicketSentiment, comparison: Comparison) -> dict[str, bytes]:
    if not len(comparison.labels):
        return {}
    negative = comparison.probabilities[model.sentiment][:, 0]
    title = "Calibration plot of negative"
    return {title: calibration_plot(comparison.labels == LABELS[0], negative, title)}


def _tables(
    model: TicketSentiment, known: pd.DataFrame, comparison: Comparison
) -> dict[str, pd.DataFrame]:
    tables: dict[str, pd.DataFrame] = {}
    if len(comparison.labels):
        negative = comparison.probabilities[model.sentiment][:, 0]
        tables["Calibration of negative"] = calibration(comparison.labels == LABELS[0], negative)
        is_earlier = known["opened_at"] < comparison.tickets["opened_at"].min()
        tables["Drift at training"] = _drift(known[is_earlier], comparison.tickets)
    if comparison.category_accuracy:
        tables["Categories on the latest tickets"] = pd.DataFrame(
            comparison.category_accuracy.items(), columns=["rule", "accuracy"]
        )
    if isinstance(model.sentiment_, LinearTextClassifier):
        tables["Words that tell most"] = _telling_words(model.sentiment_)
    return tables


def _drift(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """Return how far the held-out tickets' texts lie from those before them."""
    old, new = (_measures(some.tail(_MOST_READ)) for some in (earlier, later))
    return pd.DataFrame(
        {
            "what": old.columns,
            "population stability index": [
                population_stability_index(old[name], new[name]) for name in old
            ],
        }
    )


def _measures(tickets: pd.DataFrame) -> pd.DataFrame:
    readings = read(text_of(tickets))
    return pd.DataFrame(
        {
            "words in a text": [float(len(reading.tokens)) for reading in readings],
            "score by the lexicon": describe(readings)[:, 0],
        }
    )


def _telling_words(classifier: LinearTextClassifier) -> pd.DataFrame:
    """Return the words and phrases with the highest weights for each class, one column each."""
    words = classifier.features_.words_
    weights = classifier.machine_.coef_[:, : len(words)]
    if len(weights) == 1:
        weights = np.vstack([-weights, weights])
    top = np.argsort(-weights, axis=1, kind="stable")[:, :_MOST_WORDS]
    return pd.DataFrame(
        {name: words[rows] for name, rows in zip(classifier.classes_, top, strict=True)}
    )
