"""What words say by themselves."""

from collections import Counter
from importlib.resources import files

import pytest

from ml.sentiment.lexicon import LANGUAGES, describe, lexicon, usual_language
from ml.sentiment.tokens import read


def _score(text: str, usual: str = "en") -> float:
    return float(describe(read([text]), usual)[0, 0])


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("The coach was friendly.", "The coach was not friendly."),
        ("The coach was not rude.", "The coach was rude."),
        ("The coach was very friendly.", "The coach was friendly."),
        ("The coach was friendly.", "The coach was somewhat friendly."),
        ("It was slow, but the food was good.", "The food was good, but it was slow."),
        ("Great!!!", "Great"),
        ("Fine 😀", "Fine 😡"),
        ("See you :)", "See you :("),
        ("There was no problem.", "There was a problem."),
        ("I am sooooo happyyyy", "I am here"),
    ],
)
def test_context_changes_what_a_word_says(better: str, worse: str):
    assert _score(better) > _score(worse)


@pytest.mark.parametrize(
    ("language", "good", "bad"),
    [
        ("en", "The team was wonderful and it works", "The team was awful and it is broken"),
        ("de", "Das Team war sehr freundlich", "Das ist kaputt und niemand antwortet"),
        ("fr", "Le personnel est très aimable", "Le service est nul et c'est cher"),
        ("es", "El personal es muy amable, gracias", "El servicio es pésimo y no funciona"),
        ("it", "Il personale è molto gentile", "Il servizio è pessimo e non funziona"),
        ("pt", "O atendimento é ótimo, obrigado", "O produto chegou quebrado e não funciona"),
        ("nl", "De mensen zijn heel vriendelijk", "Het is kapot en de service is slecht"),
    ],
)
def test_each_language_tells_praise_from_complaint(language: str, good: str, bad: str):
    assert _score(good) > 0.3
    assert _score(bad) < -0.3
    assert usual_language(read([good, bad])) == language


def test_a_text_says_the_same_whatever_stands_beside_it():
    texts = ["Gift", "The room was cold and nobody came", "Das war wirklich gut"]
    together = describe(read(texts))
    assert [describe(read([text]))[0].tolist() for text in texts] == together.tolist()


def test_a_text_without_known_words_says_nothing():
    assert describe(read(["", "42", "zorp"]))[:, :3].tolist() == [[0.0, 0.0, 0.0]] * 3


@pytest.mark.parametrize("language", [*LANGUAGES, "emoji"])
def test_no_entry_has_two_weights(language: str):
    text = (files("ml.sentiment") / "lexicons" / f"{language}.txt").read_text(encoding="utf-8")
    weighed = {}
    for line in text.splitlines():
        if line[0] in "+-":
            weight, *entries = line.split()
            for entry in entries:
                weighed.setdefault(entry, set()).add(weight)
    assert {entry: found for entry, found in weighed.items() if len(found) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_of_every_kind(language: str):
    words = lexicon(language)
    signs = Counter(weight > 0 for weight in (*words.weights.values(), *words.stems.values()))
    assert min(signs[True], signs[False]) > 100
    for kind in (words.negators, words.boosters, words.dampers, words.turns, words.common):
        assert len(kind) > 4
