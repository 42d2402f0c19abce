"""The Census Bureau's geocoder: where an address in the United States is, and in which tract."""

import csv
import io
import re
from itertools import zip_longest

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import requests

from orchestration.enrichment.census.connection import Connection
from orchestration.enrichment.census.tables import GEOCODE
from orchestration.enrichment.provider import ProviderError

BENCHMARK = "Public_AR_Current"
VINTAGE = "Current_Current"
MOST_ADDRESSES = 10_000
_OK = 200

MATCH = "Match"
OUTCOMES = [MATCH, "No_Match", "Tie"]
# As the geocoder lays out a line; one without a match ends after the outcome.
_FIELDS = [
    *("number", "asked", "outcome", "quality", "matched_address", "point", "line_id", "side"),
    *("state", "county", "tract", "block"),
]
_LINE = re.compile(r'^"?\d+"?,', re.MULTILINE)
_POINT = r"^\s*(?P<longitude>-?\d+(?:\.\d+)?)\s*,\s*(?P<latitude>-?\d+(?:\.\d+)?)\s*$"


def geocode(connection: Connection, addresses: pa.Table) -> pa.Table:
    """Ask where addresses are. Nothing of who lives there is sent: a row's number stands for it.

    Parameters
    ----------
    addresses
        ``address_id``, ``street``, ``city``, ``state``, ``zip_code``, at most 10,000 rows; the last
        three may be null.

    Returns
    -------
    pyarrow.Table
        Columns of ``GEOCODE``, degrees in NAD83, ``body`` the line of the answer: a row per
        address that was answered, which need not be all of them.

    Raises
    ------
    ProviderError
        When the geocoder refuses the batch.
    Unavailable
        When no answer comes.
    ValueError
        When there are too many addresses.
    """
    if addresses.num_rows > MOST_ADDRESSES:
        raise ValueError(f"The geocoder takes at most {MOST_ADDRESSES:,} addresses at a time.")
    response = connection.ask(
        "POST",
        f"{connection.servers.geocoder}/geocoder/geographies/addressbatch",
        _is_answer,
        data={"benchmark": BENCHMARK, "vintage": VINTAGE},
        files={"addressFile": ("addresses.csv", _batch(addresses), "text/csv")},
    )
    if response.status_code != _OK:
        raise ProviderError(
            f"The Census Bureau's geocoder refuses a batch of {addresses.num_rows} addresses: "
            f"status {response.status_code}; its benchmark or vintage may have changed."
        )
    return read_geocodes(response.text, addresses["address_id"])


def read_geocodes(text: str, address_ids: pa.ChunkedArray) -> pa.Table:
    """Lay out an answer: quoted, ragged, in any order, perhaps cut off or with lines missing.

    Parameters
    ----------
    text
        The answer.
    address_ids
        Of the rows that were sent, in their order.

    Returns
    -------
    pyarrow.Table
        As of ``geocode``.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    rows = [_fields(line) for line in lines]
    columns = [*zip_longest(*rows)]
    columns += [(None,) * len(lines)] * (len(_FIELDS) - len(columns))
    answers = pa.table(
        [pa.array(column, pa.string()) for column in (*columns, lines)], [*_FIELDS, "body"]
    )
    answers = _complete(answers, len(address_ids))
    point = pc.extract_regex(answers["point"], _POINT)
    derived = {
        "address_id": address_ids.take(answers["number"].cast(pa.int64())),
        "longitude": pc.struct_field(point, "longitude").cast(pa.float64()),
        "latitude": pc.struct_field(point, "latitude").cast(pa.float64()),
    }
    return pa.table(
        [derived[name] if name in derived else answers[name] for name in GEOCODE.names],
        schema=GEOCODE,
    )


def _batch(addresses: pa.Table) -> bytes:
    """Write the geocoder's CSV: no header, a number, street, city, state and ZIP code."""
    numbers = pa.array(range(addresses.num_rows), pa.int64())
    # An address is sent back on the line of its answer, which must stay one line.
    texts = [
        pc.utf8_trim_whitespace(pc.replace_substring_regex(addresses[name], r'[\s"]+', " "))
        for name in ("street", "city", "state", "zip_code")
    ]
    file = io.BytesIO()
    pa_csv.write_csv(
        pa.table([numbers, *texts], ["number", "street", "city", "state", "zip"]),
        file,
        pa_csv.WriteOptions(include_header=False),
    )
    return file.getvalue()


def _is_answer(response: requests.Response) -> bool:
    return response.status_code != _OK or bool(_LINE.search(response.text))


def _fields(line: str) -> list[str]:
    """Return the values of a line; none where it ends inside of quotes, or behind a comma."""
    try:
        fields = next(csv.reader([line], strict=True))
    except csv.Error:
        return []
    return fields[: len(_FIELDS)] if line.rstrip().endswith('"') else []


def _complete(answers: pa.Table, sent: int) -> pa.Table:
    """Return the lines that answer one of the rows sent and are whole, one for each row."""
    is_number = pc.match_substring_regex(answers["number"], r"^\d{1,5}$")
    is_outcome = pc.is_in(answers["outcome"], pa.array(OUTCOMES))
    # A match says in which block: where the last field is missing, the line was cut off.
    is_whole = pc.or_(pc.not_equal(answers["outcome"], MATCH), pc.is_valid(answers["block"]))
    answers = answers.filter(pc.and_(pc.and_(is_number, is_outcome), is_whole))
    numbers = answers["number"].cast(pa.int64())
    answers = answers.filter(pc.less(numbers, sent))
    position = pa.array(range(answers.num_rows), pa.int64())
    firsts = (
        pa.table([answers["number"], position], ["number", "position"])
        .group_by("number")
        .aggregate([("position", "min")])
    )
    return answers.take(firsts["position_min"])
