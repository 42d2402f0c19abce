import pyarrow as pa
import pytest

from orchestration.enrichment.candidates import ACCOUNT, MEMBER
from orchestration.enrichment.questions import question
from orchestration.enrichment.selection import select
from tests.orchestration.enrichment.club import LIFETIMES, Clock

NOW = Clock()()
CANDIDATES = pa.schema(
    [
        *((name, pa.string()) for name in ("subject_type", "subject_id", "name", "email")),
        *((name, pa.string()) for name in ("phone", "domain", "address", "city", "state")),
        *((name, pa.string()) for name in ("country", "zip_code")),
        ("value", pa.float64()),
    ]
)
ANSWERED = pa.schema(
    [
        *((name, pa.string()) for name in ("subject_type", "subject_id", "endpoint")),
        *((name, pa.string()) for name in ("request_hash", "outcome")),
        ("received_at", pa.timestamp("us", "UTC")),
    ]
)


def member(key, value=None, email=None):
    email = f"{key}@example.com" if email is None else email
    return {"subject_type": MEMBER, "subject_id": key, "email": email, "value": value}


def account(key, value=None):
    return {"subject_type": ACCOUNT, "subject_id": key, "domain": f"{key}.com", "value": value}


def answer(candidate, outcome, days_ago, request_hash=None):
    clock = Clock()
    clock.forward(-days_ago)
    row = pa.Table.from_pylist([candidate], CANDIDATES).to_pylist()[0]
    return {
        "subject_type": candidate["subject_type"],
        "subject_id": candidate["subject_id"],
        "request_hash": request_hash or question("labs", "club", row).hash,
        "outcome": outcome,
        "received_at": clock(),
    }


def selection(candidates, *answers):
    return select(
        pa.Table.from_pylist(candidates, CANDIDATES),
        pa.Table.from_pylist(list(answers), ANSWERED),
        provider="labs",
        organization_id="club",
        lifetimes=LIFETIMES,
        now=NOW,
    )


def due(candidates, *answers):
    return [request.subject.partition("/")[2] for request in selection(candidates, *answers).due]


def test_nobody_to_ask_for_is_nobody_due():
    assert selection([]).due == []


def test_the_dearest_are_asked_for_first_and_those_of_unknown_worth_last():
    assert due([member("a", 1), member("b"), member("c", 9), member("d", -3)]) == list("cadb")


def test_whoever_was_never_found_comes_before_whoever_was_found_long_ago():
    a, b, c = member("a", 1), member("b", 2), member("c", 3)
    answers = [answer(b, "matched", 40), answer(c, "matched", 31)]
    assert due([a, b, c], *answers) == ["a", "b", "c"]


def test_kinds_take_turns():
    people = [member("a", 5), member("b", 4), account("x", 900), account("y", 800)]
    assert due(people) == ["x", "a", "y", "b"]


@pytest.mark.parametrize(
    ("outcome", "days_that_do"),
    [("matched", 30), ("not_found", 90), ("refused", 90), ("pending", 7)],
)
def test_an_answer_does_for_its_days_and_not_for_one_more(outcome, days_that_do):
    a = member("a")
    assert due([a], answer(a, outcome, days_that_do - 0.01)) == []
    assert due([a], answer(a, outcome, days_that_do)) == ["a"]


def test_the_newest_answer_counts():
    a = member("a")
    assert due([a], answer(a, "matched", 60), answer(a, "matched", 3)) == []
    assert due([a], answer(a, "not_found", 200), answer(a, "pending", 1)) == []


def test_whoever_was_found_is_not_asked_for_again_when_the_exports_say_something_new():
    assert due([member("a", email="new@x.com")], answer(member("a"), "matched", 3)) == []


def test_whoever_was_not_found_is_asked_for_by_what_is_new():
    assert due([member("a", email="new@x.com")], answer(member("a"), "not_found", 3)) == ["a"]


def test_equal_questions_are_asked_once_and_the_others_share_the_answer():
    a, b = member("a", 2, "same@x.com"), member("b", 1, "same@x.com")
    chosen = selection([a, b])
    assert [r.subject for r in chosen.due] == ["member/a"]
    assert [r.subject for r in chosen.repeated] == ["member/b"]
    chosen = selection([a, b], answer(a, "matched", 1))
    assert (chosen.due, [r.subject for r in chosen.repeated]) == ([], ["member/b"])


def test_a_question_that_may_be_paid_is_not_put_again_for_somebody_else():
    a, b = member("a", email="same@x.com"), member("b", email="same@x.com")
    chosen = selection([a, b], answer(a, "pending", 1))
    assert (chosen.due, chosen.repeated) == ([], [])


def test_of_whom_too_little_is_known_is_counted():
    chosen = selection([member("a", email=""), {**account("x"), "domain": None}])
    assert (chosen.due, chosen.candidates, chosen.unknown) == ([], 2, 2)


def test_a_number_without_its_countrys_code_is_not_sent():
    row = pa.Table.from_pylist([{**member("a"), "phone": "555 1234"}], CANDIDATES).to_pylist()[0]
    assert dict(question("labs", "club", row).params) == {"email": "a@example.com"}
    assert question("labs", "club", {**row, "phone": "+1 555"}).params["phone"] == "+1 555"
