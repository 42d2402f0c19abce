"""Stored answers become typed rows, whatever the fields look like."""

import json

import pytest

from orchestration.enrichment.demo.api import answer
from orchestration.enrichment.people_data_labs import companies, companies_found, persons


def test_a_person_is_read_with_job_and_place() -> None:
    data = {
        "full_name": "ann bee",
        "birth_year": "1980",
        "job_title": "attorney",
        "job_title_levels": ["senior"],
        "job_company_name": "lake",
        "job_company_size": "51-200",
        "job_company_location_locality": "chicago",
        "location_geo": "41.88,-87.62",
    }
    body = json.dumps({"status": 200, "likelihood": 8, "data": data})
    (row,) = persons([body]).to_pylist()
    assert {name: value for name, value in row.items() if value is not None} == {
        "likelihood": 8,
        "full_name": "ann bee",
        "birth_year": 1980,
        "job_title": "attorney",
        "job_title_levels": '["senior"]',
        "company_name": "lake",
        "company_size": "51-200",
        "company_employees_from": 51,
        "company_employees_to": 200,
        "company_location_locality": "chicago",
        "latitude": 41.88,
        "longitude": -87.62,
    }


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "[1]",
        "null",
        '{"data": null}',
        '{"data": true}',
        '{"data": {"full_name": true, "birth_year": true, "location_geo": true}}',
        '{"likelihood": [], "data": {"full_name": " ", "birth_year": "unknown"}}',
        '{"data": {"birth_year": {}, "job_company_size": 50, "location_geo": "here"}}',
        '{"data": {"personal_emails": false, "full_name": 7, "birth_year": 1e300}}',
    ],
)
def test_what_is_not_as_documented_is_null(body: str) -> None:
    good = '{"data": {"full_name": "ann"}}'
    first, odd, last = persons([good, body, good]).to_pylist()
    assert first == last
    assert first["full_name"] == "ann"
    assert set(odd.values()) == {None}


def test_the_highest_band_has_no_upper_end() -> None:
    (row,) = persons(['{"data": {"job_company_size": "10001+"}}']).to_pylist()
    assert (row["company_employees_from"], row["company_employees_to"]) == (10_001, None)


def test_a_zero_byte_is_left_out() -> None:
    (row,) = persons(['{"data": {"full_name": "a\\u0000b"}}']).to_pylist()
    assert row["full_name"] == "ab"


def test_a_flat_company_is_read_with_place_and_industry_code() -> None:
    body = {
        "name": "lake",
        "size": "11-50",
        "employee_count": "23",
        "naics": [{"naics_code": "541110"}],
        "location": {"locality": "chicago", "geo": "41.88,-87.62"},
        "likelihood": 6,
    }
    (row,) = companies([json.dumps(body)]).to_pylist()
    assert (row["likelihood"], row["name"], row["employee_count"]) == (6, "lake", 23)
    assert (row["employees_from"], row["employees_to"], row["naics"]) == (11, 50, "541110")
    assert (row["location_locality"], row["latitude"]) == ("chicago", 41.88)


def test_pages_of_a_search_are_read_in_order_with_their_page() -> None:
    pages = [
        json.dumps(answer("POST", "/company/search", {}, {"size": 2, "scroll_token": at}).content)
        for at in ("0", "2")
    ]
    found = companies_found([pages[0], '{"data": true}', pages[1], '{"data": [1, {"name": "x"}]}'])
    assert found["page"].to_pylist() == [0, 0, 2, 2, 3]
    assert found["name"].to_pylist()[-1] == "x"
    assert found["website"].null_count == 1


@pytest.mark.parametrize("read", [persons, companies, companies_found])
def test_nothing_to_read_gives_a_table_of_the_same_columns(read: type) -> None:
    empty, full = read([]), read(['{"data": [{}]}'])
    assert (empty.num_rows, full.num_rows) == (0, 1)
    assert empty.schema == full.schema
