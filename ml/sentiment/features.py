"""Texts as numbers: words, letters and what the lexicon says."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin

from ml.arrays import Floats, Texts
from ml.sentiment.lexicon import describe, lexicon, usual_language
from ml.sentiment.tokens import Reading, mark_negation, read

# Texts come in words already, parted by blanks.
_WORDS: dict[str, Any] = {"analyzer": "word", "ngram_range": (1, 3), "token_pattern": r"\S+"}
_LETTERS: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (2, 5)}
_SCALE = np.array([1.0, 6.0, 6.0, 3.0, 1.0, 1.0])
"""Usual size of each lexicon feature."""


class TextFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """TF-IDF of words with negation marked and of letters within words, and lexicon features.

    Parameters
    ----------
    min_count : texts in which a sequence of words or letters must stand
    lexicon_weight : scale of the lexicon's features beside TF-IDF, whose rows have length 1; 0 for
        none

    Attributes
    ----------
    language_ : the language of most texts
    words_, letters_ : known sequences, in the order of their columns
    word_idf_, letter_idf_ : their inverse document frequencies
    """

    def __init__(self, min_count: int = 2, lexicon_weight: float = 1.0) -> None:
        self.min_count = min_count
        self.lexicon_weight = lexicon_weight

    def fit(self, X: Texts, y: Any = None) -> Self:
        """Learn which sequences of words and letters there are.

        Parameters
        ----------
        X : texts, (n,)
        y : not used
        """
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Texts, y: Any = None) -> Any:
        """Learn from texts and return what `transform` would, in half the time."""
        readings = read(X)
        self.language_ = usual_language(readings)
        words, self.words_, self.word_idf_ = _learn(self._words(readings), _WORDS, self.min_count)
        letters, self.letters_, self.letter_idf_ = _learn(
            [reading.normalized for reading in readings], _LETTERS, self.min_count
        )
        return self._beside(words, letters, readings)

    def transform(self, X: Texts) -> Any:
        """Return a sparse matrix (n, words + letters + any lexicon features)."""
        readings = read(X)
        words = _count(self._words(readings), _WORDS, self.words_)
        letters = _count([one.normalized for one in readings], _LETTERS, self.letters_)
        return self._beside(words, letters, readings)

    def _beside(self, words: Any, letters: Any, readings: Sequence[Reading]) -> Any:
        from scipy import sparse  # noqa: PLC0415 - slow to import

        parts = [_tfidf(words, self.word_idf_), _tfidf(letters, self.letter_idf_)]
        if self.lexicon_weight:
            described = describe(readings, self.language_) / _SCALE
            parts.append(sparse.csr_matrix(self.lexicon_weight * np.clip(described, -1.5, 1.5)))
        return sparse.hstack(parts, format="csr")

    def _words(self, readings: Sequence[Reading]) -> list[str]:
        negators = lexicon(self.language_).negators
        return [" ".join(mark_negation(one.tokens, negators)) for one in readings]


def _learn(
    texts: list[str], kind: dict[str, Any], min_count: int
) -> tuple[Any, npt.NDArray[np.str_], Floats]:
    """Return counts of the sequences that stand in enough texts, those, and how rare they are."""
    counter = _counter(kind, min_df=min(min_count, len(texts)))
    try:
        counts = counter.fit_transform(texts)
    except ValueError:
        # Nothing stands in enough texts.
        nothing: npt.NDArray[np.str_] = np.empty(0, dtype=np.str_)
        return _count(texts, kind, nothing), nothing, np.empty(0)
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    idf: Floats = np.log((1 + len(texts)) / (1 + found)) + 1
    return counts, counter.get_feature_names_out().astype(np.str_), idf


def _count(texts: list[str], kind: dict[str, Any], vocabulary: npt.NDArray[np.str_]) -> Any:
    """Return how often each sequence of a vocabulary stands in each text, sparse."""
    from scipy import sparse  # noqa: PLC0415 - slow to import

    if not len(vocabulary):
        return sparse.csr_matrix((len(texts), 0))
    columns = {term: column for column, term in enumerate(vocabulary.tolist())}
    return _counter(kind, vocabulary=columns).transform(texts)


def _counter(kind: dict[str, Any], **settings: Any) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 - slow to import

    return CountVectorizer(lowercase=False, dtype=np.float64, **kind, **settings)


def _tfidf(counts: Any, idf: Floats) -> Any:
    """Return rows of length 1: (1 + log count) x idf."""
    from sklearn.preprocessing import normalize as to_unit_length  # noqa: PLC0415 - slow to import

    if not len(idf):
        return counts
    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    return to_unit_length(counts, copy=False)
