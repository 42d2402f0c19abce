from datetime import timedelta

import pytest

from orchestration.enrichment.census.geocoding import HomesReport, geocode_homes
from orchestration.enrichment.provider import Unavailable
from tests.orchestration.enrichment.census.homes import DAY, NOON, consent, outcomes, settle

OAK, ELSEWHERE = ("oak", "12 Oak St"), ("vista", "79 Wistful Vista")


@pytest.fixture
def ask(duckdb, connection):
    """Return a function that geocodes, some days after noon."""

    def geocode_after(days: int = 0, **options: int) -> dict[str, HomesReport]:
        return geocode_homes(
            duckdb,
            connection,
            without_consents=True,
            not_found_days=90,
            **options,
            now=lambda: NOON + timedelta(days=days),
        )

    return geocode_after


def test_each_address_is_asked_for_once_whoever_lives_there(duckdb, bureau, ask):
    settle(duckdb, {"m1": OAK, "m2": OAK, "m3": ELSEWHERE})
    report = ask()["club"]
    assert outcomes(duckdb) == {"oak": "Match", "vista": "No_Match"}
    assert (report.asked, report.outcomes) == (2, {"Match": 1, "No_Match": 1})
    assert [len(batch) for batch in bureau.batches] == [2]


def test_an_answer_is_known_from_the_day_of_the_exports(duckdb, ask):
    settle(duckdb, {"m1": OAK})
    ask()
    with duckdb.session() as session:
        (row,) = session.query("select * from raw.geocodes").to_pylist()
    assert (row["known_from"], row["received_at"], row["tract"]) == (DAY, NOON, "010100")
    assert row["body"].startswith('"0","12 Oak St')


def test_a_match_is_never_asked_for_again(duckdb, bureau, ask):
    settle(duckdb, {"m1": OAK})
    ask()
    assert ask(days=5000)["club"].asked == 0
    assert len(bureau.batches) == 1


def test_what_was_not_found_is_asked_for_again_after_a_while(duckdb, bureau, ask):
    settle(duckdb, {"m1": ELSEWHERE})
    assert [ask(days)["club"].asked for days in (0, 1, 89, 91)] == [1, 0, 0, 1]
    bureau.places["79 Wistful Vista"] = bureau.places["12 Oak St"]
    ask(days=182)
    assert outcomes(duckdb) == {"vista": "Match"}


def test_an_address_that_was_not_answered_is_asked_for_by_the_next_run(duckdb, bureau, ask):
    settle(duckdb, {"m1": OAK, "m2": ELSEWHERE})
    bureau.forgotten.add("12 Oak St")
    ask()
    assert outcomes(duckdb) == {"vista": "No_Match"}
    bureau.forgotten.clear()
    assert ask()["club"].asked == 1
    assert outcomes(duckdb)["oak"] == "Match"


def test_who_has_not_consented_is_not_asked_for(duckdb, bureau, ask):
    settle(duckdb, {"m1": OAK, "m2": ELSEWHERE})
    consent(duckdb, ["m2"])
    ask()
    assert bureau.batches == [[["0", "79 Wistful Vista", "", "", "60614"]]]


def test_without_consents_nobody_is_asked_for_where_the_operator_says_so(
    duckdb, bureau, connection
):
    settle(duckdb, {"m1": OAK})
    geocode_homes(duckdb, connection, without_consents=False, not_found_days=90)
    assert bureau.batches == []


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        (
            "12  Oak St, Apt 4,\nChicago, IL 60601-1234",
            ["12 Oak St, Apt 4", "Chicago", "IL", "60601"],
        ),
        ("12 Oak St, Chicago IL, 60601", ["12 Oak St", "Chicago", "IL", "60601"]),
        ("1 Elm St, Joliet, il", ["1 Elm St", "Joliet", "il", "60614"]),
        ("1 Elm St, New York NY", ["1 Elm St", "New York", "NY", "60614"]),
        ("1 Elm St, Apt 4B", ["1 Elm St, Apt 4B", "", "", "60614"]),
        ("1 Elm St, Unit AB", ["1 Elm St, Unit AB", "", "", "60614"]),
    ],
)
def test_city_and_state_at_the_end_of_an_address_go_into_their_columns(
    duckdb, bureau, ask, address, sent
):
    settle(duckdb, {"m1": ("a", address)})
    ask()
    assert bureau.batches == [[["0", *sent]]]


def test_answers_of_earlier_batches_are_kept_when_a_later_one_fails(duckdb, bureau, ask):
    settle(duckdb, {"m1": OAK, "m2": ELSEWHERE})
    bureau.faults.extend(["", "reset", "empty", "503", "cut"])
    with pytest.raises(Unavailable, match="what came before is kept"):
        ask(batch_size=1)
    assert outcomes(duckdb) == {"oak": "Match"}
    assert ask()["club"].asked == 1


def test_organizations_do_not_answer_for_each_other(duckdb, bureau, ask):
    settle(duckdb, {"m1": OAK})
    settle(duckdb, {"m1": OAK}, organization_id="other")
    assert {name: report.asked for name, report in ask().items()} == {"club": 1, "other": 1}
    assert len(bureau.batches) == 2
