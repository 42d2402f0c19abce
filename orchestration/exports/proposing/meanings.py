"""Words that a system writes where the contract allows its own: which of them means which."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from orchestration.exports.proposing.vocabulary import Tokens, is_no_row, tokens, values_of
from orchestration.exports.sql import literal

_WORDS = 60


@dataclass(frozen=True)
class Meaning:
    """What a column's words mean.

    Attributes
    ----------
    known : word -> canonical value
    guessed : words of ``known`` that only resemble one that is listed
    unknown : words that resemble nothing
    """

    known: dict[str, str] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def read_meaning(export: str, column: str, allowed: Sequence[str], counts: Counter[str]) -> Meaning:
    """Find the canonical value of each word, the commonest first; words of no rows have none."""
    listed = values_of(export, column)
    meaning = Meaning()
    for word, _ in counts.most_common(_WORDS):
        if is_no_row(export, word):
            continue
        value, is_guess = _value(word, allowed, listed)
        if value is None:
            meaning.unknown.append(word)
        else:
            meaning.known[word] = value
            if is_guess:
                meaning.guessed.append(word)
    return meaning


def recognised(export: str, column: str, allowed: Sequence[str], counts: Counter[str]) -> float:
    """Return the share of the values whose meaning is known, 0 to 1."""
    meaning = read_meaning(export, column, allowed, counts)
    return sum(counts[word] for word in meaning.known) / counts.total() if counts else 0.0


def meaning_sql(source: str, meaning: Meaning, allowed: Sequence[str]) -> str:
    """Return SQL that turns the words into canonical values; unknown ones stay as they are.

    A word that is not known yet then breaks the contract and is named in quarantine.
    """
    if all(word == value for word, value in meaning.known.items()):
        return source
    lowered = {word.lower(): value for word, value in meaning.known.items()}
    if all(word == value for word, value in lowered.items()):
        return f"lower({source})"
    values = [value for value in allowed if value in lowered.values()]
    cases = []
    for value in values:
        words = [word for word, meant in lowered.items() if meant == value]
        listed = ", ".join(map(literal, dict.fromkeys([*words, value])))
        cases.append(f"when lower({source}) in ({listed}) then {literal(value)}")
    return f"case {' '.join(cases)} else {source} end"


def _value(
    word: str, allowed: Sequence[str], listed: dict[str, list[str]]
) -> tuple[str | None, bool]:
    words = tokens(word)
    for value in allowed:
        if words == tokens(value.replace("_", " ")):
            return value, False
    for value, terms in listed.items():
        if any(_says(words, term) for term in terms):
            return value, False
    for value, terms in listed.items():
        if any(_resembles(words, term) for term in terms):
            return value, True
    return None, True


def _says(words: Tokens, term: str) -> bool:
    wanted = tokens(term)
    if "*" in term:
        return words[: len(wanted) - 1] == wanted[:-1] and any(
            word.startswith(wanted[-1]) for word in words[len(wanted) - 1 : len(wanted)]
        )
    return words == wanted


def _resembles(words: Tokens, term: str) -> bool:
    wanted = tokens(term)
    if "*" in term:
        has_stem = any(word.startswith(wanted[-1]) for word in words)
        return has_stem and set(wanted[:-1]) <= set(words)
    return bool(wanted) and set(wanted) <= set(words)
