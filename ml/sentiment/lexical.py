"""Sentiment by the lexicon, as it is or calibrated on a few labelled texts."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin

from ml.arrays import Floats, Texts
from ml.sentiment.labels import LABELS
from ml.sentiment.lexicon import describe, usual_language
from ml.sentiment.tokens import read

_NEGATIVE_BELOW, _POSITIVE_ABOVE, _SPREAD = -0.15, 0.4, 0.25


class LexiconSentiment(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The cold start: needs no label.

    A text is the more surely negative or positive the further its score lies beyond a bound; the
    positive one is further off, for most complaints are polite.

    Attributes
    ----------
    classes_ : negative, neutral, positive
    language_ : of texts that give no sign of theirs
    """

    def fit(self, X: Texts, y: Any = None) -> Self:
        """Find the language of most texts; labels are not used."""
        self.classes_ = np.array(LABELS)
        self.language_ = usual_language(read(X))
        return self

    def predict_proba(self, X: Texts) -> Floats:
        """Return the probability of negative, neutral and positive, (n, 3)."""
        from scipy.special import expit  # noqa: PLC0415 - slow to import

        score = describe(read(X), self.language_)[:, 0]
        negative = expit((_NEGATIVE_BELOW - score) / _SPREAD)
        positive = expit((score - _POSITIVE_ABOVE) / _SPREAD)
        probability: Floats = np.column_stack([negative, 1 - negative - positive, positive])
        return probability

    def predict(self, X: Texts) -> npt.NDArray[Any]:
        """Return the most probable label of each text, (n,)."""
        best: npt.NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return best


class CalibratedLexiconSentiment(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A logistic regression on the lexicon's features, for organizations with few labels.

    Parameters
    ----------
    C : inverse strength of regularisation

    Attributes
    ----------
    classes_ : labels, sorted
    language_ : of texts that give no sign of theirs
    scale_ : standard deviation of each lexicon feature
    regression_ : the fitted regression
    """

    def __init__(self, C: float = 1.0) -> None:
        self.C = C

    def fit(self, X: Texts, y: npt.ArrayLike) -> Self:
        """Learn from labelled texts, X and y both (n,).

        Raises
        ------
        ValueError
            If there is one label only.
        """
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - slow to import

        readings = read(X)
        self.language_ = usual_language(readings)
        described = describe(readings, self.language_)
        spread = described.std(axis=0)
        self.scale_ = np.where(spread > 0, spread, 1.0)
        self.regression_ = LogisticRegression(C=self.C, max_iter=500).fit(
            described / self.scale_, np.asarray(y)
        )
        self.classes_ = self.regression_.classes_
        return self

    def predict_proba(self, X: Texts) -> Floats:
        """Return the probability of each label, (n, labels)."""
        described = describe(read(X), self.language_) / self.scale_
        probability: Floats = self.regression_.predict_proba(described)
        return probability

    def predict(self, X: Texts) -> npt.NDArray[Any]:
        """Return the most probable label of each text, (n,)."""
        best: npt.NDArray[Any] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return best
