"""Texts as words."""

import pytest

from ml.sentiment.tokens import mark_negation, normalize, tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I loooove it!!!", ["i", "loove", "it", "!!!"]),
        ("Tom &amp; Ann", ["tom", "ann"]),
        ("see https://x.example/a?b=1 now", ["see", "now"]),
        ("mail me@club.example please", ["mail", "please"]),
        ("@Club #NeverAgain #fail", ["club", "never", "again", "fail"]),
        ("'=SUM of 1250 and 7", ["sum", "of", "0000", "and", "0"]),
        ("it\u2019s fine :) \U0001f600 <3", ["it's", "fine", ":)", "\U0001f600", "<3"]),
        ("Größe, où, señor", ["größe", ",", "où", ",", "señor"]),
        ("", []),
    ],
)
def test_what_people_write_becomes_words(text: str, tokens: list[str]):
    assert tokenize(normalize(text)) == tokens


def test_a_negation_reaches_to_the_next_pause():
    tokens = tokenize("not a good day, but good now")
    assert mark_negation(tokens, frozenset({"not"})) == [
        "not", "not_a", "not_good", "not_day", ",", "but", "good", "now",
    ]  # fmt: skip
