"""What a ticket is about: in the organization's own words where it has them, else by keywords."""

from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin

from ml.arrays import Texts
from ml.sentiment.tokens import normalize, tokenize

OTHER = "other"

_SHORTEST_STEM = 3
_LONGEST_PHRASE = 3


class KeywordCategories(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Categories by keywords in seven languages, for organizations that have none of their own.

    The category with most keywords in the text wins, of equal ones the one that stands first in
    ``lexicons/categories.txt``; without any keyword it is ``other``.

    Attributes
    ----------
    classes_ : the categories
    """

    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Read the keywords; nothing is learned."""
        self.classes_ = np.array([*_keywords()[0], OTHER])
        return self

    def predict(self, X: Texts) -> npt.NDArray[Any]:
        """Return the category of each text, (n,)."""
        return np.array([_category(text) for text in X], dtype=self.classes_.dtype)


def _category(text: str) -> str:
    names, words, stems = _keywords()
    tokens = tokenize(normalize(text))
    found: Counter[str] = Counter()
    for start, token in enumerate(tokens):
        for length in range(1, _LONGEST_PHRASE + 1):
            found.update(words.get("_".join(tokens[start : start + length]), ()))
        stem = next((s for s in _stems_of(token) if s in stems), None)
        found.update(stems.get(stem, ()) if stem else ())
    return max(names, key=lambda name: found[name]) if found else OTHER


def _stems_of(word: str) -> list[str]:
    return [word[:length] for length in range(len(word), _SHORTEST_STEM - 1, -1)]


@cache
def _keywords() -> tuple[list[str], dict[str, set[str]], dict[str, set[str]]]:
    """Return the categories, and those of each word or phrase and of each stem."""
    names: list[str] = []
    words: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    path = files("ml.sentiment") / "lexicons" / "categories.txt"
    for line in path.read_text(encoding="utf-8").splitlines():
        name, *entries = line.split()
        names.append(name)
        for entry in entries:
            known = stems if entry.endswith("*") else words
            known.setdefault(entry.removesuffix("*"), set()).add(name)
    return names, words, stems
