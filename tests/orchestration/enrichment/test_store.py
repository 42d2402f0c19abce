from datetime import date

import pytest

from orchestration.enrichment.budget import CreditBudget, month_of
from orchestration.enrichment.people_data_labs import NAME, person
from orchestration.enrichment.provider import Answer, Call, Outcome, OverBudget, Reply, subject
from orchestration.enrichment.store import AnswerStore
from orchestration.enrichment.tables import prepare
from tests.orchestration.enrichment.club import DAY, Clock, load, members, rows


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(warehouse, clock):
    load(warehouse, "members", members(1))
    prepare(warehouse)
    with warehouse.session() as session:
        yield AnswerStore(session, now=clock)


def request(key, email=None, organization_id="club"):
    known = {"email": email or f"{key}@example.com"}
    return person(NAME, organization_id, subject("member", key), known)


def call(*keys):
    requests = tuple(request(key) for key in keys)
    return Call(NAME, requests[0].endpoint, requests, len(requests))


def reply(made, outcome=Outcome.MATCHED, credits=None):
    answers = tuple(
        Answer(one, outcome, 200, 1, 8, '{"status": 200}', Clock()()) for one in made.requests
    )
    return Reply(made, answers, made.price if credits is None else credits)


def test_a_subject_keeps_every_character_of_its_id(store):
    made = call("a/b/c")
    store.record(made)
    store.keep(reply(made), DAY)
    (kept,) = store.answered("club", NAME).to_pylist()
    assert (kept["subject_type"], kept["subject_id"]) == ("member", "a/b/c")


def test_an_answer_is_kept_whole_with_the_day_that_may_know_it(warehouse, store):
    made = call("m1")
    store.record(made)
    store.keep(reply(made), date(2024, 3, 1))
    (kept,) = rows(warehouse, "select * from raw.enrichment_answers")
    assert kept | {"answer_id": "", "call_key": ""} == {
        "answer_id": "",
        "call_key": "",
        "organization_id": "club",
        "provider": NAME,
        "endpoint": "person/enrich",
        "request_hash": request("m1").hash,
        "subject_type": "member",
        "subject_id": "m1",
        "received_at": Clock()(),
        "known_from": date(2024, 3, 1),
        "status": 200,
        "outcome": "matched",
        "credits": 1,
        "likelihood": 8,
        "body": '{"status": 200}',
    }


def test_a_call_is_on_record_for_everybody_before_it_leaves(warehouse, store):
    store.record(call("m1", "m2"))
    asked = rows(warehouse, "select subject_id from ops.enrichment_asks order by 1")
    assert [row["subject_id"] for row in asked] == ["m1", "m2"]
    assert rows(warehouse, "select price, credits from ops.enrichment_calls") == [
        {"price": 2, "credits": None}
    ]


def test_a_call_without_a_reply_counts_as_paid_and_its_questions_as_pending(store, clock):
    store.record(call("m1", "m2"))
    clock.forward(1)
    assert store.give_up_lost_calls(NAME) == 2
    outcomes = {
        row["subject_id"]: row["outcome"] for row in store.answered("club", NAME).to_pylist()
    }
    assert outcomes == {"m1": "pending", "m2": "pending"}
    assert store.calls.spent_since(NAME, month_of(clock())) == 2
    assert store.give_up_lost_calls(NAME) == 0


def test_calls_of_other_providers_are_not_given_up(store):
    store.record(call("m1"))
    assert store.give_up_lost_calls("somebody else") == 0


def test_credits_are_those_of_replies_and_the_prices_of_calls_without_one(store, clock):
    first, second = call("m1", "m2", "m3"), call("m4", "m5")
    store.record(first)
    store.record(second)
    assert store.calls.spent_since(NAME, month_of(clock())) == 5
    store.keep(reply(first, credits=1), DAY)
    assert store.calls.spent_since(NAME, month_of(clock())) == 3


def test_credits_of_the_month_before_are_not_this_months(store, clock):
    store.record(call("m1"))
    clock.forward(31)
    assert store.calls.spent_since(NAME, month_of(clock())) == 0


def test_equal_questions_share_an_answer_and_pay_it_once(store, clock):
    made = call("m1")
    store.record(made)
    store.keep(reply(made), DAY)
    twin = request("m2", email="m1@example.com")
    assert store.share([twin, request("m3")], NAME, month_of(clock())) == 1
    assert {row["subject_id"] for row in store.answered("club", NAME).to_pylist()} == {"m1", "m2"}
    assert store.calls.spent_since(NAME, month_of(clock())) == 1


def test_answers_never_pass_to_another_organization(store, clock):
    made = call("m1")
    store.record(made)
    store.keep(reply(made), DAY)
    twin = request("m1", organization_id="other")
    assert store.share([twin], NAME, month_of(clock())) == 0


def test_found_are_counted_among_those_who_were_found_or_not(store, clock):
    for outcome in (Outcome.MATCHED, Outcome.NOT_FOUND, Outcome.REFUSED, Outcome.PENDING):
        made = call(f"m-{outcome}")
        store.record(made)
        store.keep(reply(made, outcome), DAY)
    assert store.found_since(NAME, month_of(clock())) == (1, 2)


def budget(store, **limits):
    return CreditBudget(store, **({"per_run": 10, "per_month": 10, "spent_this_month": 0} | limits))


def test_a_call_takes_its_price_and_gives_back_what_it_did_not_cost(store):
    credits = budget(store)
    made = call("m1", "m2", "m3")
    credits.reserve(made)
    assert credits.room() == 7
    credits.settle(reply(made, credits=1))
    assert credits.room() == 9


@pytest.mark.parametrize(
    ("limits", "room"),
    [
        ({"per_run": 2}, 2),
        ({"per_month": 2}, 2),
        ({"spent_this_month": 9}, 1),
        ({"spent_this_month": 99}, 0),
        ({"per_run": 0}, 0),
    ],
)
def test_the_smaller_of_run_and_month_is_the_limit(store, limits, room):
    assert budget(store, **limits).room() == room


def test_a_call_that_might_cost_more_than_is_left_does_not_leave(warehouse, store):
    with pytest.raises(OverBudget, match="2 credits"):
        budget(store, per_run=1).reserve(call("m1", "m2"))
    assert rows(warehouse, "select * from ops.enrichment_calls") == []


def test_organizations_have_equal_parts_of_what_is_left(store):
    credits = budget(store)
    credits.share_out(3)
    assert credits.room() == 3
    made = call("m1")
    credits.reserve(made)
    credits.settle(reply(made, credits=1))
    credits.share_out(2)
    assert credits.room() == 4
    credits.share_out(1)
    assert credits.room() == 9
