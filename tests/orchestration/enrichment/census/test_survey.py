import logging

import pytest

from orchestration.enrichment.census.connection import Connection
from orchestration.enrichment.census.survey import County, ask_survey, read_survey
from orchestration.enrichment.provider import KeyRefused, ProviderError, Unavailable
from tests.orchestration.enrichment.census.bureau import KEY
from tests.orchestration.enrichment.census.conftest import (
    COOK,
    LAKE_VIEW,
    NEAR_NORTH,
    connect,
    tract,
)


def asked(connection: Connection, **options: object) -> list[str]:
    return list(ask_survey(connection, 2024, County(*COOK), **options))


def numbers(connection: Connection) -> dict[str, dict[str, object]]:
    rows = read_survey(asked(connection)).to_pylist()
    return {row["tract"]: row for row in rows}


def test_codes_keep_their_leading_zeros(bureau, connection):
    found = numbers(connection)["010100"]
    assert (found["state"], found["county"], found["geoid"]) == ("17", "031", "17031010100")


def test_numbers_have_their_types(bureau, connection):
    found = numbers(connection)["010100"]
    assert (found["population"], found["median_age"]) == (100, 35.6)


def test_degrees_are_added_up(bureau, connection):
    assert numbers(connection)["010100"]["adults_with_degree"] == 400


def test_names_keep_their_letters(bureau, connection):
    bureau.tracts[NEAR_NORTH]["NAME"] = "Census Tract 1; Do\u00f1a Ana County; New Mexico"
    assert "Do\u00f1a Ana" in numbers(connection)["010100"]["name"]


def test_a_sentinel_is_no_number(bureau, connection):
    found = numbers(connection)["010201"]
    assert found["median_household_income"] is None
    assert found["median_household_income_margin"] is None
    assert found["is_median_household_income_top_coded"] is None


def test_null_is_no_number(bureau, connection):
    assert numbers(connection)["010201"]["median_home_value"] is None


def test_a_sum_of_which_a_part_is_unknown_is_unknown(bureau, connection):
    bureau.tracts[NEAR_NORTH]["B15003_023E"] = "-888888888"
    assert numbers(connection)["010100"]["adults_with_degree"] is None


def test_a_top_code_is_kept_with_a_flag(bureau, connection):
    bureau.tracts[LAKE_VIEW]["B19013_001E"] = "250000"
    found = numbers(connection)
    assert found["010100"]["median_household_income"] == 250_001
    assert found["010100"]["is_median_household_income_top_coded"]
    assert not found["010201"]["is_median_household_income_top_coded"]


def test_more_variables_than_a_call_takes_are_asked_for_in_several(bureau, connection):
    many = [f"B99999_{number:03}E" for number in range(98)] + list(tract())[1:]
    bureau.tracts = {place: dict.fromkeys(["NAME", *many], "7") for place in bureau.tracts}
    bodies = asked(connection, variables=many)
    assert len(bodies) == 3
    assert [row["households"] for row in read_survey(bodies).to_pylist()] == [7, 7]


def test_a_county_without_tracts_has_no_rows(bureau, connection):
    bodies = list(ask_survey(connection, 2024, County("72", "999")))
    assert read_survey(bodies).num_rows == 0


@pytest.mark.parametrize("key", ["", "wrong"])
def test_a_key_that_is_refused_says_where_to_get_one(bureau, key):
    with pytest.raises(KeyRefused, match=r"CENSUS_API_KEY.*key_signup"):
        asked(connect(bureau, key))


def test_the_page_about_the_key_is_not_asked_for(bureau, connection):
    with pytest.raises(KeyRefused):
        asked(connect(bureau, "wrong"))
    assert len(bureau.asked) == 1


def test_an_unknown_variable_is_named(bureau, connection):
    with pytest.raises(ProviderError, match=r"unknown variable 'B00000_001E'.*check"):
        asked(connection, variables=["B00000_001E"])
    assert len(bureau.asked) == 1


@pytest.mark.parametrize("fault", ["reset", "empty", "cut", "outage", "503", "429"])
def test_what_passes_is_asked_again(bureau, connection, fault):
    bureau.faults.extend([fault] * 3)
    assert len(numbers(connection)) == 2
    assert len(bureau.asked) == 4


def test_what_does_not_pass_is_told_after_four_attempts(bureau, connection):
    bureau.faults.extend(["outage"] * 9)
    with pytest.raises(Unavailable, match=r"4 attempts.*error while running your query"):
        asked(connection)
    assert len(bureau.asked) == 4


@pytest.mark.parametrize("fault", ["reset", "503", "400"])
def test_the_key_stands_in_no_message_and_no_log(bureau, connection, caplog, fault):
    caplog.set_level(logging.DEBUG)
    bureau.faults.extend([fault] * 4)
    with pytest.raises(ProviderError) as raised:
        asked(connection)
    assert KEY not in str(raised.value)
    assert raised.value.__cause__ is None
    assert KEY not in caplog.text
    assert KEY in bureau.asked[0]


def test_numbers_in_place_of_texts_are_read(bureau, connection):
    bureau.tracts[NEAR_NORTH] |= {"B01003_001E": 7, "B01002_001E": 35.6}
    assert numbers(connection)["010100"]["population"] == 7


def test_rows_that_do_not_fit_their_header_are_no_answer(bureau, connection):
    bureau.tracts[*COOK, "0102", "01"] = bureau.tracts[LAKE_VIEW]
    with pytest.raises(Unavailable, match="4 attempts"):
        asked(connection)


def test_an_answer_without_a_variable_is_refused(bureau, connection):
    bodies = asked(connection, variables=["B01003_001E"])
    with pytest.raises(ProviderError, match=r"lacks B01002_001E"):
        read_survey(bodies)


@pytest.mark.parametrize("odd", ["many", "nan", "1e300", "0.5"])
def test_text_in_place_of_a_number_is_refused(bureau, connection, odd):
    bureau.tracts[NEAR_NORTH]["B01003_001E"] = odd
    with pytest.raises(ProviderError, match=r"no number for B01003_001E"):
        numbers(connection)
