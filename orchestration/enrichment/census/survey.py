"""The American Community Survey of five years, by tract."""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import requests

from orchestration.enrichment.census.connection import Connection
from orchestration.enrichment.census.measures import MEASURES, SENTINELS, Measure, top_coded
from orchestration.enrichment.provider import KeyRefused, ProviderError

VARIABLES = tuple(name for measure in MEASURES for name in measure.variables)
VARIABLES_PER_CALL = 50
_PLACE = ["state", "county", "tract"]
_BAD_REQUEST = 400
_OK = 200


class County(NamedTuple):
    """A county by its FIPS codes, leading zeros and all: 17, 031."""

    state: str
    county: str


def ask_survey(
    connection: Connection,
    vintage: int,
    county: County,
    variables: Sequence[str] = VARIABLES,
) -> Iterator[str]:
    """Ask for all tracts of a county and yield the answers as they came.

    Parameters
    ----------
    vintage
        Last of the five years.
    variables
        Names of variables; as many calls are made as it takes.

    Yields
    ------
    str
        JSON of one call, for ``read_survey``; ``[]`` where the survey has no such tracts.

    Raises
    ------
    KeyRefused
        When the key is missing, unknown or not yet activated.
    ProviderError
        When a variable, vintage or county is unknown.
    Unavailable
        When no answer comes.
    """
    url = f"{connection.servers.survey}/data/{vintage}/acs/acs5"
    for names in _calls(variables):
        query = {
            "get": ",".join(names),
            "for": "tract:*",
            "in": f"state:{county.state} county:{county.county}",
            "key": connection.key.get_secret_value(),
        }
        response = connection.ask("GET", url, _is_answer, params=query)
        if _is_about_the_key(response):
            raise KeyRefused(
                "The Census Bureau refuses the key in CENSUS_API_KEY; get one at "
                "https://api.census.gov/data/key_signup.html, activate it by the link in its "
                "e-mail, and set the variable."
            )
        if response.status_code >= _BAD_REQUEST:
            raise ProviderError(
                f"The Census Bureau knows no answer for the survey of {vintage} in county "
                f"{county.state}{county.county}: {' '.join(response.text.split())[:200]} "
                f"(status {response.status_code}); check vintage and variables."
            )
        yield response.text if response.status_code == _OK else "[]"


def read_survey(bodies: Sequence[str]) -> pa.Table:
    """Return the numbers of a county's tracts.

    Parameters
    ----------
    bodies
        What ``ask_survey`` yielded for one county.

    Returns
    -------
    pyarrow.Table
        ``state``, ``county``, ``tract``, ``geoid`` (the three together), ``name``, a column per
        measure (null where the survey has no number) and a flag per top code.

    Raises
    ------
    ProviderError
        When an answer lacks a variable, or holds text in place of a number.
    """
    parts = [_table(json.loads(body)) for body in bodies]
    answers = parts[0]
    for part in parts[1:]:
        answers = answers.join(part.drop_columns(["NAME"]), _PLACE) if part.num_rows else answers
    if not answers.num_rows:
        return _laid_out(pa.table({name: pa.array([], pa.string()) for name in _all_columns()}))
    missing = [name for name in _all_columns() if name not in answers.column_names]
    if missing:
        raise ProviderError(
            f"The Census Bureau's answer lacks {', '.join(missing)}; the survey has changed."
        )
    return _laid_out(answers.sort_by([(name, "ascending") for name in _PLACE]))


def _calls(variables: Sequence[str]) -> Iterator[list[str]]:
    size = VARIABLES_PER_CALL - 1
    for start in range(0, len(variables), size):
        yield ["NAME", *variables[start : start + size]]


def _is_answer(response: requests.Response) -> bool:
    """Tell answers from the page of an outage, which comes with status 200."""
    if response.status_code != _OK or _is_about_the_key(response):
        return True
    try:
        return _is_table(json.loads(response.text))
    except (ValueError, RecursionError):
        return False


def _is_table(content: object) -> bool:
    """Whether rows are as long as their header, which names columns once."""
    if not isinstance(content, list) or not all(isinstance(row, list) for row in content):
        return False
    header = content[0] if content else []
    names = {name for name in header if isinstance(name, str)}
    return len(names) == len(header) == max(map(len, content), default=0) and all(
        len(row) == len(header) for row in content
    )


def _is_about_the_key(response: requests.Response) -> bool:
    if "X-DataWebAPI-KeyError" in response.headers or response.is_redirect:
        return True
    is_page = "html" in response.headers.get("Content-Type", "")
    words = response.text.lower() if is_page else ""
    return "invalid key" in words or "missing key" in words


def _table(rows: list[list[str | None]]) -> pa.Table:
    """Lay out an answer: its first row is the header, a value is text or null."""
    if not rows:
        return pa.table({name: pa.array([], pa.string()) for name in ["NAME", *_PLACE]})
    header, *values = rows
    columns = zip(*values, strict=True) if values else [()] * len(header)
    return pa.table({name: _texts(column) for name, column in zip(header, columns, strict=True)})


def _texts(values: Sequence[object]) -> pa.Array:
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _all_columns() -> list[str]:
    return ["NAME", *_PLACE, *VARIABLES]


def _laid_out(answers: pa.Table) -> pa.Table:
    place = [answers[name].combine_chunks() for name in _PLACE]
    columns = {
        **dict(zip(_PLACE, place, strict=True)),
        "geoid": pc.binary_join_element_wise(*place, ""),
        "name": answers["NAME"],
    }
    for measure in MEASURES:
        try:
            values = _values(answers, measure)
            columns[measure.column] = values.cast(pa.int64()) if measure.is_whole else values
        except pa.ArrowInvalid as error:
            raise ProviderError(
                f"The Census Bureau sent no number for {', '.join(measure.variables)}: {error}; "
                "the survey has changed."
            ) from error
        if measure.top_code is not None:
            columns[top_coded(measure.column)] = pc.greater_equal(values, measure.top_code)
    return pa.table(columns)


def _values(answers: pa.Table, measure: Measure) -> pa.ChunkedArray:
    """Return a measure's numbers; one that is not known makes the sum unknown."""
    total = None
    for name in measure.variables:
        numbers = answers[name].cast(pa.float64())
        is_sentinel = pc.is_in(numbers, pa.array(SENTINELS, pa.float64()))
        known = pc.if_else(is_sentinel, None, numbers)
        total = known if total is None else pc.add(total, known)
    return total
