"""The model of an organization's tickets: how they are meant and what they are about."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator

from ml.arrays import Flags, Floats, Integers, Texts
from ml.sentiment.categories import KeywordCategories
from ml.sentiment.labels import LABELS, label_of, text_of
from ml.sentiment.lexical import CalibratedLexiconSentiment, LexiconSentiment
from ml.sentiment.linear import LinearTextClassifier, different_texts
from ml.sentiment.transformer import TransformerSentiment

_AT_ONCE = 10_000


class TicketSentiment(BaseEstimator):  # type: ignore[misc]
    """Sentiment and category of tickets.

    Which algorithms suit an organization `compare_algorithms` finds out.

    Parameters
    ----------
    sentiment : lexicon, calibrated_lexicon, linear_text or transformer
    categories : keywords, or learned from the tickets that have one
    least_per_category : tickets of a category that can be learned
    most_tickets : newest labelled tickets to learn from, for the sake of time
    transformer : folder of the transformer model
    random_state : seed

    Attributes
    ----------
    sentiment_, categories_ : the fitted estimators
    """

    def __init__(
        self,
        sentiment: str = "lexicon",
        *,
        categories: str = "keywords",
        least_per_category: int = 30,
        most_tickets: int = 10_000,
        transformer: str = "",
        random_state: int = 0,
    ) -> None:
        self.sentiment = sentiment
        self.categories = categories
        self.least_per_category = least_per_category
        self.most_tickets = most_tickets
        self.transformer = transformer
        self.random_state = random_state

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Learn from tickets, oldest first.

        Parameters
        ----------
        X : tickets of one organization with subject, body, category, csat_score and nps_score
        y : not used, the labels are the tickets' scores

        Raises
        ------
        ValueError
            If an algorithm is unknown, or there are too few labelled tickets for it.
        """
        texts, labels = text_of(X), label_of(X)
        needs_labels = self.sentiment in {"calibrated_lexicon", "linear_text"}
        rows = np.flatnonzero((texts != "") & (~pd.isna(labels) if needs_labels else True))
        rows = rows[-self.most_tickets :]
        self.sentiment_ = self._sentiment().fit(texts[rows], labels[rows].astype(str))
        if self.categories == "learned":
            rows, names = self.learnable(X)
            learner = LinearTextClassifier(lexicon_weight=0.0, random_state=self.random_state)
            self.categories_ = learner.fit(texts[rows], names)
        else:
            self.categories_ = KeywordCategories().fit()
        return self

    def predict_proba(self, X: pd.DataFrame) -> Floats:
        """Return the probability of negative, neutral and positive, (n, 3); nan without a text."""
        texts = text_of(X)
        is_text = texts != ""
        probability = np.full((len(texts), len(LABELS)), np.nan)
        if is_text.any():
            probability[is_text] = _each_once(texts[is_text], self._probability)
        return probability

    def predict(self, X: pd.DataFrame) -> pd.DataFrame:
        """Score tickets.

        Parameters
        ----------
        X : tickets with subject, body and category

        Returns
        -------
        one row per ticket, in the same order and index: sentiment_score (-1 to 1, probability of
        positive minus that of negative), sentiment_label, confidence (the label's probability),
        category and category_source (given, learned or keywords). A ticket without text has no
        sentiment, and no category but a given one.
        """
        probability = self.predict_proba(X)
        is_text = ~np.isnan(probability[:, 0])
        best = np.where(is_text, probability.argmax(axis=1), len(LABELS))
        category, source = self._categorize(X, is_text)
        return pd.DataFrame(
            {
                "sentiment_score": probability[:, 2] - probability[:, 0],
                "sentiment_label": np.array([*LABELS, None], dtype=object)[best],
                "confidence": probability.max(axis=1),
                "category": category,
                "category_source": source,
            },
            index=X.index,
        )

    def learnable(self, X: pd.DataFrame) -> tuple[Integers, npt.NDArray[Any]]:
        """Return the newest tickets whose categories are frequent enough, and the categories."""
        texts, given = text_of(X), X["category"].to_numpy(object)
        rows = np.flatnonzero((texts != "") & ~pd.isna(given))
        names = given[rows].astype(str)
        counts = different_texts(texts[rows], names)["label"].value_counts()
        is_frequent = np.isin(names, counts.index[counts >= self.least_per_category])
        newest = slice(-self.most_tickets, None)
        return rows[is_frequent][newest], names[is_frequent][newest]

    def _sentiment(self) -> Any:
        known: dict[str, Callable[[], Any]] = {
            "lexicon": LexiconSentiment,
            "calibrated_lexicon": CalibratedLexiconSentiment,
            "linear_text": lambda: LinearTextClassifier(random_state=self.random_state),
            "transformer": lambda: TransformerSentiment(self.transformer),
        }
        if self.sentiment not in known:
            raise ValueError(f"sentiment is {self.sentiment!r}: use one of {', '.join(known)}")
        return known[self.sentiment]()

    def _probability(self, texts: Texts) -> Floats:
        """Return the probability of each label, 0 for one that was never seen."""
        probability = np.zeros((len(texts), len(LABELS)))
        columns = np.searchsorted(LABELS, self.sentiment_.classes_)
        probability[:, columns] = self.sentiment_.predict_proba(texts)
        return probability

    def _categorize(self, X: pd.DataFrame, is_text: Flags) -> tuple[Texts, Texts]:
        """Return the category of each ticket and where it comes from."""
        category = X["category"].to_numpy(object, copy=True)
        asks = is_text & pd.isna(category)
        source = np.full(len(X), "given", dtype=object)
        source[asks] = self.categories
        if asks.any():
            category[asks] = _each_once(text_of(X)[asks], self.categories_.predict)
        category[pd.isna(category)] = None
        source[pd.isna(category)] = None
        return category, source


def _each_once(texts: Texts, predict: Callable[[Texts], Any]) -> npt.NDArray[Any]:
    """Return what is predicted of each text, asking once for texts that occur often.

    They are asked for part by part: their words take a hundred times the room of the answer.
    """
    codes, different = pd.factorize(texts)
    parts = range(0, len(different), _AT_ONCE)
    found = [np.asarray(predict(different[start : start + _AT_ONCE])) for start in parts]
    answers: npt.NDArray[Any] = np.concatenate(found)[codes]
    return answers
