import random

import pytest

from orchestration.exports.landing.survey import Survey, ends_lines_by_returns

TEXTS = [
    b"",
    b"\n\n",
    b"a,b\r\n1,2\r\n\r\n",
    b"a\n\xc2\xa0b\t\n \n",
    "Größe,€\n1,2".encode(),
    b"a,b\n1,\r2\n",
    b"a\x00b\n",
    b"a\xff\n",
]


def is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("text", TEXTS)
def test_a_survey_does_not_depend_on_where_the_chunks_end(text: bytes) -> None:
    draws = random.Random(7)
    for _ in range(50):
        cuts = sorted(draws.choices(range(len(text) + 1), k=3))
        survey = Survey()
        for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
            survey.add(text[start:end])
        content = text.rstrip(b" \t\r\n")
        assert survey.lines() == (content.count(b"\n") + 1 if content else 0)
        lone_returns = text.replace(b"\r\n", b"").count(b"\r")
        assert survey.is_clean() == (is_utf8(text) and b"\0" not in text and not lone_returns)
        assert survey.has_tabs == (b"\t" in text)


def test_a_line_over_many_chunks_is_measured() -> None:
    survey = Survey()
    for chunk in (b"a\nb", b"c" * 10, b"d" * 10, b"e\nf\n"):
        survey.add(chunk)
    assert survey.longest_line == 22


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"a,b\r1,2\r", True),
        (b'"a\nb",c\r1,2\r', True),
        (b"a,b\r\n1,2\r\n", False),
        (b"a,b\n1,\r2\n", False),
        (b'"a\rb",c\n1,2\n', False),
        (b"a,b", False),
        (b"a,b\r", False),
        (b'"never closed\r1,2\r', False),
        (b'"' * 100_001 + b"\r1", False),
    ],
)
def test_old_macs_end_lines_by_returns(head: bytes, expected: bool) -> None:
    assert ends_lines_by_returns(head) is expected
