import pyarrow as pa
import pytest

from orchestration.enrichment.census.connection import Connection
from orchestration.enrichment.census.geocoder import MOST_ADDRESSES, geocode, read_geocodes
from orchestration.enrichment.provider import ProviderError, Unavailable

ANSWER = """\
"1","3 Gramercy Park West, New York, NY, 10003","Match","Exact","3 GRAMERCY PARK W, NEW YORK, NY, 10003","-73.98658,40.738323","59653655","R","36","061","005000","1002"
"0","79 Wistful Vista, Wistful Vista, IL, ","No_Match"
"""
IDS = pa.chunked_array([["vista", "gramercy"]])


def addresses(*streets: str) -> pa.Table:
    none = pa.nulls(len(streets), pa.string())
    columns = [pa.array(streets), pa.array(streets), none, none, none]
    return pa.table(columns, ["address_id", "street", "city", "state", "zip_code"])


def outcomes(connection: Connection, *streets: str) -> dict[str, str]:
    answers = geocode(connection, addresses(*streets))
    return dict(
        zip(*(answers[name].to_pylist() for name in ("address_id", "outcome")), strict=True)
    )


def test_an_address_has_a_place_and_a_tract(bureau, connection):
    (place,) = geocode(connection, addresses("12 Oak St")).to_pylist()
    assert (place["longitude"], place["latitude"]) == (-87.640001, 41.910009)
    assert (place["state"], place["county"], place["tract"]) == ("17", "031", "010100")


def test_answers_find_their_addresses_in_any_order(bureau, connection):
    found = outcomes(connection, "12 Oak St", "1 Main St", "79 Wistful Vista")
    assert found == {"12 Oak St": "Match", "1 Main St": "Tie", "79 Wistful Vista": "No_Match"}


def test_nothing_but_the_address_is_sent(bureau, connection):
    known = pa.table(
        [[name] for name in ("member-7", "12 Oak St", "Chicago", "IL", "01234")],
        ["address_id", "street", "city", "state", "zip_code"],
    )
    geocode(connection, known)
    assert bureau.batches == [[["0", "12 Oak St", "Chicago", "IL", "01234"]]]


def test_addresses_keep_their_letters(bureau, connection):
    street = "1 Ca\u00f1on Dr"
    bureau.places[street] = bureau.places["12 Oak St"]
    (place,) = geocode(connection, addresses(street)).to_pylist()
    assert place["matched_address"] == street.upper()


def test_an_address_of_several_lines_stays_one_row(bureau, connection):
    assert outcomes(connection, ' 12 "Oak"\nSt ', "x") == {
        ' 12 "Oak"\nSt ': "Match",
        "x": "No_Match",
    }


@pytest.mark.parametrize("fault", ["reset", "empty", "cut", "502", "outage"])
def test_a_batch_that_failed_is_sent_again(bureau, connection, fault):
    bureau.faults.extend([fault] * 3)
    assert outcomes(connection, "12 Oak St") == {"12 Oak St": "Match"}
    assert len(bureau.batches) == 4


def test_a_geocoder_that_answers_nothing_is_told_of(bureau, connection):
    bureau.faults.extend(["empty"] * 4)
    with pytest.raises(Unavailable, match="addressbatch gave no answer in 4 attempts"):
        outcomes(connection, "12 Oak St")


def test_a_batch_that_is_refused_is_not_sent_again(bureau, connection):
    bureau.faults.append("400")
    with pytest.raises(ProviderError, match="refuses a batch of 1 addresses: status 400"):
        outcomes(connection, "12 Oak St")


def test_a_batch_of_too_many_is_not_sent(bureau, connection):
    with pytest.raises(ValueError, match="10,000"):
        outcomes(connection, *(["12 Oak St"] * (MOST_ADDRESSES + 1)))
    assert bureau.asked == []


def test_an_answer_is_read_as_documented():
    gramercy, vista = read_geocodes(ANSWER, IDS).to_pylist()
    assert gramercy == {
        "address_id": "gramercy",
        "outcome": "Match",
        "quality": "Exact",
        "matched_address": "3 GRAMERCY PARK W, NEW YORK, NY, 10003",
        "longitude": -73.98658,
        "latitude": 40.738323,
        "state": "36",
        "county": "061",
        "tract": "005000",
        "block": "1002",
        "body": ANSWER.splitlines()[0],
    }
    assert (vista["address_id"], vista["outcome"], vista["tract"]) == ("vista", "No_Match", None)


def test_a_line_that_was_cut_off_answers_nothing():
    whole, *_ = ANSWER.splitlines()
    cut_off = [read_geocodes(whole[:end], IDS).num_rows for end in range(1, len(whole))]
    assert set(cut_off) == {0}


@pytest.mark.parametrize(
    "line",
    [
        '"7","never sent","No_Match"',
        '"-1","x","No_Match"',
        '"x","y","No_Match"',
        '"0","a","Maybe"',
        '"0',
    ],
)
def test_a_line_that_answers_no_address_is_passed_over(line):
    assert read_geocodes(f"{line}\n{ANSWER}", IDS).num_rows == 2


def test_of_two_lines_for_an_address_the_first_counts():
    twice = f'"0","79 Wistful Vista","Tie"\r\n\r\n{ANSWER}'
    answers = read_geocodes(twice, IDS)
    found = dict(
        zip(answers["address_id"].to_pylist(), answers["outcome"].to_pylist(), strict=True)
    )
    assert found == {"vista": "Tie", "gramercy": "Match"}


def test_no_answer_has_no_rows():
    assert read_geocodes("", IDS).num_rows == 0
