"""Texts as words: what people write in a hurry, in one form."""

import html
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Texts = Sequence[str] | npt.NDArray[np.object_]

_URL = re.compile(r"https?://\S+|www\.\S+")
_EMAIL = re.compile(r"\S+@\S+\.\w+")
_HASHTAG = re.compile(r"#(\w+)")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MENTION = re.compile(r"@(\w+)")
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_TOKEN = re.compile(
    r"""
    <3 | >?[:;=x8][-o*']?[)\](\[dp/:|\\](?!\w) | [)(\]\[][-o*']?[:;=](?!\w)   # emoticons
    | [^\W\d_]+(?:'[^\W\d_]+)*'?                                             # words
    | \d+ | [!?]+ | \.{2,} | [.,;:]
    | [\U0001F000-\U0001FAFF\u2600-\u27BF\u2B50\u2764]                        # emoji
    """,
    re.VERBOSE,
)
_PAUSES = frozenset(".,;:!?")
_LONGEST_NUMBER = 4


class Reading(NamedTuple):
    """A text, its normal form and that form's tokens."""

    text: str
    normalized: str
    tokens: list[str]


def read(texts: Texts) -> list[Reading]:
    """Normalize and tokenize texts."""
    normalized = [normalize(text) for text in texts]
    return [
        Reading(text, normal, tokenize(normal))
        for text, normal in zip(texts, normalized, strict=True)
    ]


def normalize(text: str) -> str:
    """Return a text in lower case, without markup and links, words drawn out cut to two letters.

    A mark that a spreadsheet or its guard put in front (``=``, ``'``) goes; capitals inside a
    hashtag part its words.
    """
    text = html.unescape(text).lstrip("='").replace("\u2019", "'").replace("\ufe0f", "")
    text = _EMAIL.sub(" ", _URL.sub(" ", text))
    text = _HASHTAG.sub(lambda found: f" {_HUMP.sub(' ', found[1])} ", text)
    return _ELONGATED.sub(r"\1\1", _MENTION.sub(r" \1 ", text).lower())


def tokenize(normalized: str) -> list[str]:
    """Return words, emoticons, emoji and punctuation; digits of a number become zeros."""
    return [
        "0" * min(len(token), _LONGEST_NUMBER) if token.isdigit() else token
        for token in _TOKEN.findall(normalized)
    ]


def is_pause(token: str) -> bool:
    """Tell whether a negation's scope ends here."""
    return token[0] in _PAUSES and token[-1] in _PAUSES


def mark_negation(tokens: list[str], negators: frozenset[str]) -> list[str]:
    """Put ``not_`` in front of each word between a negator and the next pause.

    Source: Das and Chen, "Yahoo! for Amazon", Management Science 53 (2007).
    """
    marked, negated = [], False
    for token in tokens:
        if is_pause(token):
            negated = False
        marked.append(f"not_{token}" if negated and token[0].isalpha() else token)
        negated = negated or token in negators
    return marked
