"""Texts as numbers: words, letters and what the lexicon says."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin

from ml.sentiment.lexicon import describe, lexicon, usual_language
from ml.sentiment.tokens import Texts, mark_negation, normalize, tokenize

_WORD_NGRAMS, _LETTER_NGRAMS = (1, 3), (2, 5)


class TextFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """TF-IDF of words with negation marked and of letters within words, and lexicon features.

    Parameters
    ----------
    min_count : texts in which a sequence of words or letters must stand
    lexicon_weight : scale of the lexicon's features beside TF-IDF, whose rows have length 1

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
        self.language_ = usual_language(X)
        self.words_, self.word_idf_ = _vocabulary(
            self._words(X), "word", _WORD_NGRAMS, self.min_count
        )
        self.letters_, self.letter_idf_ = _vocabulary(
            [normalize(text) for text in X], "char_wb", _LETTER_NGRAMS, self.min_count
        )
        return self

    def transform(self, X: Texts) -> Any:
        """Return a sparse matrix (n, words + letters + lexicon features)."""
        from scipy import sparse  # noqa: PLC0415 - slow to import

        letters = [normalize(text) for text in X]
        parts = [
            _tfidf(self._words(X), "word", _WORD_NGRAMS, self.words_, self.word_idf_),
            _tfidf(letters, "char_wb", _LETTER_NGRAMS, self.letters_, self.letter_idf_),
            sparse.csr_matrix(self.lexicon_weight * _scaled(describe(X, self.language_))),
        ]
        return sparse.hstack(parts, format="csr")

    def _words(self, texts: Texts) -> list[str]:
        negators = lexicon(self.language_).negators
        return [" ".join(mark_negation(tokenize(normalize(text)), negators)) for text in texts]


def _counter(analyzer: str, ngrams: tuple[int, int], **settings: Any) -> Any:
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 - slow to import

    # Texts come in words already, parted by blanks.
    pattern = r"\S+" if analyzer == "word" else None
    return CountVectorizer(
        analyzer=analyzer,
        ngram_range=ngrams,
        token_pattern=pattern,
        lowercase=False,
        dtype=np.float64,
        **settings,
    )


def _vocabulary(
    texts: list[str], analyzer: str, ngrams: tuple[int, int], min_count: int
) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.float64]]:
    """Return the sequences that stand in enough texts, and their inverse document frequencies."""
    counter = _counter(analyzer, ngrams, min_df=min(min_count, len(texts)))
    try:
        counts = counter.fit_transform(texts)
    except ValueError:
        # Nothing stands in enough texts.
        return np.empty(0, dtype=np.str_), np.empty(0)
    found = np.bincount(counts.indices, minlength=counts.shape[1])
    idf: npt.NDArray[np.float64] = np.log((1 + len(texts)) / (1 + found)) + 1
    terms: npt.NDArray[np.str_] = counter.get_feature_names_out().astype(np.str_)
    return terms, idf


def _tfidf(
    texts: list[str],
    analyzer: str,
    ngrams: tuple[int, int],
    vocabulary: npt.NDArray[np.str_],
    idf: npt.NDArray[np.float64],
) -> Any:
    """Return rows of length 1: (1 + log count) x idf."""
    from scipy import sparse  # noqa: PLC0415 - slow to import
    from sklearn.preprocessing import normalize as to_unit_length  # noqa: PLC0415 - slow to import

    if not len(vocabulary):
        return sparse.csr_matrix((len(texts), 0))
    terms = {term: column for column, term in enumerate(vocabulary.tolist())}
    counts = _counter(analyzer, ngrams, vocabulary=terms).transform(texts)
    counts.data = (1 + np.log(counts.data)) * idf[counts.indices]
    rows: Any = to_unit_length(counts, copy=False)
    return rows


def _scaled(described: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the lexicon's features within about -1 to 1."""
    scale = np.array([1.0, 6.0, 6.0, 3.0, 1.0, 1.0])
    return np.clip(described / scale, -1.5, 1.5)
