"""How the systems of the field call things, and how near a file's name comes to that."""

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

import yaml

from orchestration.exports.contracts import Contract

_FOLDER = Path(__file__).parent
_SIGNS = {"#": " number ", "%": " percent ", "&": " and ", "@": " at "}
_SAME = {"no": "number", "nr": "number", "num": "number", "nbr": "number", "numero": "number"}
# Kundennr. and Kundennummer, of whatever the number is.
_NUMBER_OF = re.compile(r"(?<=[a-z]{3})(nummer|nr)$")
_FILLERS = {"the", "of", "de", "du", "des", "del", "der", "do", "da", "di", "la", "le"}
_WORTH_OF_A_RANK = 0.0015

Tokens = tuple[str, ...]


@lru_cache(maxsize=20_000)
def tokens(name: str) -> Tokens:
    """Split a name into plain words: ``OrderDate`` and ``Order date`` both give order, date."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    for sign, word in _SIGNS.items():
        spaced = spaced.replace(sign, word)
    plain = unicodedata.normalize("NFKD", spaced.replace("ß", "ss")).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain_words = (_NUMBER_OF.sub("number", word) for word in re.findall(r"[^\W_]+", plain))
    words = [_SAME.get(word, _singular(word)) for word in plain_words]
    return tuple(word for word in words if word not in _FILLERS) or tuple(words)


def _singular(word: str) -> str:
    is_plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))  # noqa: PLR2004
    return word[:-1] if is_plural else word


class Vocabulary:
    """The names that the columns of one contract go by."""

    def __init__(self, contract: Contract) -> None:
        known = _read("synonyms.yml")
        own = known["exports"].get(contract.export, {})
        self._terms: dict[str, list[Tokens]] = {}
        for column in contract.columns:
            names = [column.replace("_", " "), *own.get(column, ())]
            names += [name for name in known["columns"].get(column, ()) if name not in names]
            self._terms[column] = [tokens(name) for name in names]
        self.parts = tuple(known["parts"])
        self._terms |= {part: [tokens(n) for n in names] for part, names in known["parts"].items()}
        self._heads = {word for head in known["heads"] for word in tokens(head)}
        self.stands_in: dict[str, list[str]] = known["stands_in"]
        self.empty_stands_for: dict[str, str] = known["empty_stands_for"].get(contract.export, {})

    def likeness(self, name: str, target: str) -> float:
        """Return how well a file's name fits a canonical column or part, 0 to 1."""
        bare = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", name)
        best = self._likeness(tokens(name), target)
        if bare.strip() and bare != name:
            best = max(best, self._likeness(tokens(bare), target) - 0.01)
        return best

    def is_known(self, name: str) -> bool:
        """Whether the name is exactly one of those that columns go by."""
        words = tokens(name)
        return any(words in terms for terms in self._terms.values())

    def _likeness(self, words: Tokens, target: str) -> float:
        terms = self._terms[target]
        return max(
            (
                self._nearness(words, term) - rank * _WORTH_OF_A_RANK
                for rank, term in enumerate(terms)
            ),
            default=0.0,
        )

    def _nearness(self, words: Tokens, term: Tokens) -> float:
        own, wanted = set(words), set(term)
        if not own or not wanted:
            return 0.0
        if own == wanted or "".join(words) == "".join(term):
            return 1.0 if words == term else 0.96
        if wanted < own:
            if (own - wanted) & self._heads or wanted <= self._heads:
                return 0.25
            return 0.5 + 0.35 * len(wanted) / len(own)
        if own < wanted:
            return 0.3 + 0.3 * len(own) / len(wanted)
        return 0.0


def values_of(export: str, column: str) -> dict[str, list[str]]:
    """Return what systems write for each canonical value of the column, if anything is known."""
    known = _read("values.yml")
    values: dict[str, list[str]] = known.get(f"{export}.{column}") or known.get(f"any.{column}", {})
    return values


def is_no_row(export: str, word: str) -> bool:
    """Whether a line in this state is something else than the export's rows, such as an offer."""
    return tokens(word) in {
        tokens(state) for state in _read("synonyms.yml")["no_rows"].get(export, ())
    }


@cache
def _read(name: str) -> dict:  # type: ignore[type-arg]
    # The base loader leaves every word a text: "yes" and "no" are names here, not flags.
    text = (_FOLDER / name).read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=yaml.BaseLoader))  # noqa: S506 - yields texts alone
