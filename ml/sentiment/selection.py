"""Which algorithms suit an organization: judged on its latest tickets, fitted on those before."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from ml.arrays import Floats, Integers, Texts
from ml.sentiment.figures import accuracy, label_losses, label_results
from ml.sentiment.labels import LABELS, label_of, text_of
from ml.sentiment.linear import LinearTextClassifier, different_texts
from ml.sentiment.model import TicketSentiment

_HELD_OUT = 0.2
_LEAST = {"calibrated_lexicon": (50, 5), "linear_text": (200, 20)}
"""Different labelled texts that an algorithm needs to be tried, and of each label that occurs."""

_TWO = 2


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How the algorithms fared on tickets that none of them was fitted on.

    Attributes
    ----------
    sentiment : the algorithm with the lowest log-loss, the lexicon where none could be judged
    categories : learned where that is right more often than the most frequent category, or keywords
    tickets : the held-out tickets, none where there were too few
    labels : their labels, (n,)
    probabilities : of negative, neutral and positive by algorithm, (n, 3)
    category_accuracy : share of right categories by rule
    """

    sentiment: str
    categories: str
    tickets: pd.DataFrame
    labels: Texts
    probabilities: Mapping[str, Floats] = field(default_factory=dict)
    category_accuracy: Mapping[str, float] = field(default_factory=dict)

    def results(self, seed: int = 0) -> pd.DataFrame:
        """Return the figures of all algorithms; empty where nothing was held out."""
        return (
            label_results(self.labels, self.probabilities, seed)
            if len(self.labels)
            else (pd.DataFrame())
        )

    def after(self, day: date) -> "Comparison":
        """Return the comparison on tickets opened after a day."""
        later = (pd.to_datetime(self.tickets["opened_date"]) > pd.Timestamp(day)).to_numpy()
        return replace(
            self,
            tickets=self.tickets[later],
            labels=self.labels[later],
            probabilities={name: found[later] for name, found in self.probabilities.items()},
        )


def compare_algorithms(tickets: pd.DataFrame, seed: int = 0, transformer: str = "") -> Comparison:
    """Judge the algorithms for which there are tickets enough.

    Parameters
    ----------
    tickets : oldest first, as `TicketSentiment` takes them, with opened_date
    seed : of everything random
    transformer : folder of a transformer model; it is then taken whatever the others reach
    """
    texts, labels = text_of(tickets), label_of(tickets)
    past, later = _parts(np.flatnonzero((texts != "") & ~pd.isna(labels)))
    shares = np.array([(labels[past] == label).mean() for label in LABELS]) if len(past) else 0
    names = _candidates(texts[past], labels[past])
    if len(names) == 1 and not transformer:
        later = later[:0]
    fitted = {
        name: TicketSentiment(name, transformer=transformer, random_state=seed).fit(
            tickets.iloc[past]
        )
        for name in (*names, *(["transformer"] if transformer else []))
        if len(later)
    }
    held_out = tickets.iloc[later]
    probabilities = {name: model.predict_proba(held_out) for name, model in fitted.items()}
    losses = {
        name: float(label_losses(labels[later], found).mean())
        for name, found in probabilities.items()
    }
    best = min(losses, key=losses.__getitem__) if losses else names[0]
    usual = {"the shares of labels": np.tile(shares, (len(later), 1))} if len(later) else {}
    found = _category_accuracy(tickets, seed)
    is_learned = bool(found) and found["learned"] > found["the most frequent"]
    return Comparison(
        sentiment="transformer" if transformer else best,
        categories="learned" if is_learned else "keywords",
        tickets=held_out,
        labels=labels[later],
        probabilities=probabilities | usual,
        category_accuracy=found,
    )


def _parts(rows: Integers) -> tuple[Integers, Integers]:
    cut = len(rows) - int(_HELD_OUT * len(rows))
    return rows[:cut], rows[cut:]


def _candidates(texts: Texts, labels: Texts) -> list[str]:
    """Return the algorithms for which there are labelled texts enough, the simplest first."""
    counts = different_texts(texts, labels.astype(str))["label"].value_counts()
    enough = [
        name
        for name, (least, least_of_each) in _LEAST.items()
        if counts.sum() >= least and len(counts) >= _TWO and counts.min() >= least_of_each
    ]
    return ["lexicon", *enough]


def _category_accuracy(tickets: pd.DataFrame, seed: int) -> dict[str, float]:
    """Return how often a learned category is right on the latest tickets, and a constant one."""
    rows, names = TicketSentiment().learnable(tickets)
    past, later = _parts(np.arange(len(rows)))
    texts = text_of(tickets)[rows]
    counts = different_texts(texts[past], names[past])["label"].value_counts()
    learner = LinearTextClassifier(lexicon_weight=0.0, random_state=seed)
    if len(counts) < _TWO or counts.min() < learner.folds or not len(later):
        return {}
    learner.fit(texts[past], names[past])
    usual = np.full(len(later), pd.Series(names[past]).mode()[0])
    return {
        "learned": accuracy(names[later], learner.predict(texts[later])),
        "the most frequent": accuracy(names[later], usual),
    }
