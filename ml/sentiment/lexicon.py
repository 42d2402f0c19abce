"""What words say by themselves, in seven languages: the cold start.

The lists in ``lexicons/`` are our own. Weights run from -3 to 3, negative ones for trouble as well
as for anger, for most people who write to a help desk tell what went wrong.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np

from ml.arrays import Floats
from ml.sentiment.tokens import Reading, is_pause

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
FEATURES = ("score", "positive", "negative", "exclaims", "asks", "shouts")

_LONGEST_PHRASE = 4
_SHORTEST_STEM = 3
_REACH = 3
_NEGATED = -0.6
_BARE_NEGATION = -0.7
_BOOSTED, _DAMPED = 1.3, 0.7
_BEFORE_BUT, _AFTER_BUT = 0.6, 1.3
_HALF = 4.0
_PRIOR = 0.5


@dataclass(frozen=True)
class Lexicon:
    """The words of one language."""

    language: str
    weights: dict[str, float]
    phrases_begin: frozenset[str]
    stems: dict[str, float]
    negators: frozenset[str]
    boosters: frozenset[str]
    dampers: frozenset[str]
    turns: frozenset[str]
    common: frozenset[str]


@lru_cache(maxsize=1 << 16)
def _weight(language: str, word: str) -> float:
    """Return a word's weight, of itself or of its longest known stem; 0 if unknown."""
    words = lexicon(language)
    for form in _forms(word):
        if form in words.weights:
            return words.weights[form]
        for length in range(len(form), _SHORTEST_STEM - 1, -1):
            if form[:length] in words.stems:
                return words.stems[form[:length]]
    return 0.0


@cache
def lexicon(language: str) -> Lexicon:
    """Return the lexicon of a language, emoji included."""
    folder = files("ml.sentiment") / "lexicons"
    words: dict[str, set[str]] = {}
    weights: dict[str, float] = {}
    stems: dict[str, float] = {}
    for name in ("emoji", language):
        for line in (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            kind, *entries = line.split()
            if kind[0] not in "+-":
                words.setdefault(kind, set()).update(entries)
                continue
            for entry in entries:
                known = stems if entry.endswith("*") else weights
                known[entry.removesuffix("*")] = float(kind)
    return Lexicon(
        language,
        weights,
        frozenset(entry.partition("_")[0] for entry in weights if "_" in entry),
        stems,
        *(frozenset(words.get(kind, ())) for kind in ("negate", "boost", "damp", "but", "common")),
    )


def usual_language(readings: Sequence[Reading]) -> str:
    """Return the language that most of the texts are in; English without any sign."""
    guesses = [_language(reading.tokens, None) for reading in readings]
    return max(LANGUAGES, key=guesses.count)


def describe(readings: Sequence[Reading], usual: str = LANGUAGES[0]) -> Floats:
    """Return what the lexicon says of each text, in the language that its common words are of.

    Parameters
    ----------
    readings : what was written
    usual : language of texts that give no sign of theirs

    Returns
    -------
    (n, 6), columns `FEATURES`: score from -1 to 1, positive and negative weights, exclamation
    marks, whether it asks, and the share of capitals
    """
    rows = []
    for text, _, tokens in readings:
        words = lexicon(_language(tokens, usual) or usual)
        rows.append((*_weigh(tokens, words), _asks(tokens), _capitals(text)))
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def _language(tokens: list[str], usual: str | None) -> str | None:
    """Guess a language: words common in several count in parts, the usual one for half a word."""
    shares = _shares()
    hits = {language: _PRIOR * (language == usual) for language in LANGUAGES}
    for token in tokens:
        for language, share in shares.get(token, ()):
            hits[language] += share
    best = max(LANGUAGES, key=hits.__getitem__)
    return best if hits[best] else None


@cache
def _shares() -> dict[str, list[tuple[str, float]]]:
    """Return the languages in which each common word stands, and its part in each."""
    found: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for word in lexicon(language).common:
            found.setdefault(word, []).append(language)
    return {word: [(one, 1 / len(ones)) for one in ones] for word, ones in found.items()}


def _weigh(tokens: list[str], words: Lexicon) -> tuple[float, float, float, float]:
    """Return score, positive weight, negative weight and exclamation marks."""
    weights = _weights(tokens, words)
    turns = [i for i, token in enumerate(tokens) if token in words.turns and i]
    if turns:
        weights = [
            weight * (_AFTER_BUT if i > turns[-1] else _BEFORE_BUT)
            for i, weight in enumerate(weights)
        ]
    exclaims = min(sum(token.count("!") for token in tokens), 3)
    total = sum(weights) * (1 + 0.1 * exclaims)
    score = total / math.sqrt(total * total + _HALF * _HALF)
    positive = sum(weight for weight in weights if weight > 0)
    return score, positive, sum(weights) - positive, float(exclaims)


def _weights(tokens: list[str], words: Lexicon) -> list[float]:
    """Return each token's weight as its neighbours change it; a phrase's stands at its start."""
    weights = [0.0] * len(tokens)
    i = 0
    while i < len(tokens):
        weight, length = _phrase(tokens, i, words)
        if weight:
            weights[i] = weight * _context(tokens, i, words, length)
        elif tokens[i] in words.negators:
            weights[i] = _BARE_NEGATION
        i += length
    return weights


def _phrase(tokens: list[str], start: int, words: Lexicon) -> tuple[float, int]:
    """Return the weight and length of the longest phrase that begins here."""
    longest = _LONGEST_PHRASE if tokens[start] in words.phrases_begin else 1
    for length in range(min(longest, len(tokens) - start), 1, -1):
        weight = words.weights.get("_".join(tokens[start : start + length]))
        if weight is not None:
            return weight, length
    return _weight(words.language, tokens[start]), 1


def _context(tokens: list[str], at: int, words: Lexicon, length: int) -> float:
    factor, negated = 1.0, False
    for before in reversed(tokens[max(at - _REACH, 0) : at]):
        if is_pause(before):
            break
        if before in words.boosters:
            factor *= _BOOSTED
        elif before in words.dampers:
            factor *= _DAMPED
        elif before in words.negators:
            negated = True
    # A phrase such as "no help" holds its negation itself.
    return factor * _NEGATED if negated and length == 1 else factor


def _asks(tokens: list[str]) -> float:
    return float(any("?" in token for token in tokens))


def _capitals(text: str) -> float:
    letters = [character for character in text if character.isalpha()]
    return sum(letter.isupper() for letter in letters) / len(letters) if letters else 0.0


def _forms(word: str) -> list[str]:
    """Return a word, and without each of its doubled letters, which may be what is drawn out."""
    doubled = [i for i in range(1, len(word)) if word[i] == word[i - 1]]
    return [word, *(word[:i] + word[i + 1 :] for i in doubled)]
