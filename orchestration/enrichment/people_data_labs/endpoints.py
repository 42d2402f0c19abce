"""The endpoints: how a call is written, what it may cost, and which answers stand in what came."""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestration.enrichment.people_data_labs.headers import whole_number
from orchestration.enrichment.people_data_labs.wire import Delivery, Route
from orchestration.enrichment.provider import Request

PERSON = "person/enrich"
COMPANY = "company/enrich"
COMPANY_SEARCH = "company/search"

OK = 200

_LISTS = ("email", "phone", "profile")
"""Parameters of which a bulk may give several values."""


@dataclass(frozen=True)
class Part:
    """What stands in an answer about one request, as it came."""

    request: Request
    status: int
    text: str
    content: dict[str, object]

    @property
    def likelihood(self) -> int | None:
        """How sure the match is, 1 to 10."""
        return whole_number(self.content.get("likelihood"))


class Endpoint(ABC):
    """One kind of call.

    Attributes
    ----------
    batch : most requests that leave together
    probe : what to send to be told headers alone, which is free; None where there is no such thing
    """

    batch = 1
    probe: Route | None = None

    def price(self, request: Request) -> int:
        """Return the most credits that one request could cost."""
        return 1

    def within(self, request: Request, credits: int) -> Request | None:
        """Return the request if it fits into ``credits``, else a smaller one, or None."""
        return request if self.price(request) <= credits else None

    @abstractmethod
    def route(self, requests: Sequence[Request]) -> Route:
        """Return what to send."""

    def read(
        self, requests: Sequence[Request], delivery: Delivery
    ) -> tuple[list[Part], int | None]:
        """Return the parts of a 200 that can be read, and what they cost by the price list.

        The cost is null where some of it is missing, so that nobody knows what it said.
        """
        content = _object(delivery.text)
        if content is None:
            return [], 0 if _is_foreign(delivery) else None
        # Some say with a 200 what became of the question.
        status = whole_number(content.get("status")) or OK
        worth = self.worth(content) if status == OK else 0
        return [Part(requests[0], status, delivery.text, content)], worth

    def worth(self, content: dict[str, object]) -> int:
        """Return the credits that a match costs, where the provider does not say."""
        return 1


class PersonBulk(Endpoint):
    """Many persons in one call, told apart by their metadata."""

    def __init__(self, batch: int, min_likelihood: int) -> None:
        self.batch = batch
        self.probe = Route("HEAD", f"/{PERSON}")
        self._min_likelihood = min_likelihood

    def route(self, requests: Sequence[Request]) -> Route:
        """Return the bulk; rows are numbers, so that no id of a customer leaves."""
        questions = [
            {"metadata": {"row": str(row)}, "params": self._params(request)}
            for row, request in enumerate(requests)
        ]
        return Route("POST", "/person/bulk", body={"requests": questions})

    def _params(self, request: Request) -> dict[str, object]:
        given = {
            name: [value] if name in _LISTS and isinstance(value, str) else value
            for name, value in request.params.items()
        }
        return {**given, "min_likelihood": self._min_likelihood}

    def read(
        self, requests: Sequence[Request], delivery: Delivery
    ) -> tuple[list[Part], int | None]:
        """Return what can be read, even of an answer that broke off."""
        parts: dict[str, Part] = {}
        worth = 0
        asked = {str(row): request for row, request in enumerate(requests)}
        slots, is_complete = _slots(delivery.text)
        for text, content in slots:
            row, status = _row(content), _status(content)
            worth += status == OK
            if row in asked and row not in parts and status is not None:
                parts[row] = Part(asked[row], status, text, content)
        is_known = is_complete and parts.keys() == asked.keys()
        return list(parts.values()), worth if is_known or _is_foreign(delivery) else None


class Enrich(Endpoint):
    """One person or company in the query of a GET."""

    def __init__(self, endpoint: str, min_likelihood: int) -> None:
        self._path = f"/{endpoint}"
        self.probe = Route("HEAD", self._path)
        self._min_likelihood = min_likelihood

    def route(self, requests: Sequence[Request]) -> Route:
        """Return the query; the first of several values of a parameter is sent."""
        query = {name: _first(value) for name, value in requests[0].params.items()}
        query["min_likelihood"] = str(self._min_likelihood)
        return Route("GET", self._path, query=query)


class CompanySearch(Endpoint):
    """One page of companies, paid by the record."""

    def price(self, request: Request) -> int:
        """Return how many records the page may have."""
        return whole_number(request.params.get("size")) or 1

    def within(self, request: Request, credits: int) -> Request | None:
        """Return the request with as many records as ``credits`` pay."""
        if self.price(request) <= credits:
            return request
        return replace(request, params={**request.params, "size": credits}) if credits > 0 else None

    def route(self, requests: Sequence[Request]) -> Route:
        """Return the query as it is."""
        return Route("POST", "/company/search", body=requests[0].params)

    def worth(self, content: dict[str, object]) -> int:
        """Return the number of records."""
        records = content.get("data")
        return len(records) if isinstance(records, list) else 0


def _slots(text: str) -> tuple[list[tuple[str, dict[str, object]]], bool]:
    """Return the objects of a JSON list, each with its text, and whether that is all of them."""
    at = _past(" \t\r\n", text, 0)
    if not text[at:].startswith("["):
        return [], False
    decoder = json.JSONDecoder()
    slots: list[tuple[str, dict[str, object]]] = []
    at = _past(" \t\r\n", text, at + 1)
    while at < len(text) and text[at] != "]":
        try:
            content, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return slots, False
        if isinstance(content, dict):
            slots.append((text[at:end], content))
        at = _past(" \t\r\n,", text, end)
    return slots, at < len(text)


def _past(characters: str, text: str, at: int) -> int:
    while at < len(text) and text[at] in characters:
        at += 1
    return at


def _object(text: str) -> dict[str, object] | None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _is_foreign(delivery: Delivery) -> bool:
    """Whether an answer is a page of somebody else, such as a proxy."""
    return delivery.whole and delivery.text.lstrip().startswith("<")


def _status(content: dict[str, object]) -> int | None:
    status = whole_number(content.get("status"))
    # Whoever tells of somebody has found, and charges for, them.
    return OK if status is None and isinstance(content.get("data"), dict) else status


def _row(content: dict[str, object]) -> str | None:
    metadata = content.get("metadata")
    return str(metadata.get("row")) if isinstance(metadata, dict) else None


def _first(value: object) -> str:
    return str(value[0] if isinstance(value, list | tuple) and value else value)
