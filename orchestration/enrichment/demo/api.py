"""Made-up answers to the questions that People Data Labs takes, without a network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.enrichment.demo.companies import FOUND_BY_A_SEARCH, company, employer, found
from orchestration.enrichment.demo.persons import person

OK = 200


@dataclass(frozen=True)
class Said:
    """An answer: HTTP status, what is written as JSON, and the credits that it costs."""

    status: int
    content: object
    credits: int = 0


def answer(method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any]) -> Said:
    """Return the answer to one HTTP request.

    Parameters
    ----------
    method, path : such as ``POST`` and ``/person/bulk``
    query : parameters in the URL
    body : the JSON object that was sent, empty if none was
    """
    match method, path:
        case "POST", "/person/bulk":
            slots = [_slot(item) for item in body.get("requests", [])]
            return Said(200, slots, sum(slot["status"] == OK for slot in slots))
        case "GET", "/person/enrich":
            slot = _slot({"params": query})
            return Said(slot["status"], slot, int(slot["status"] == OK))
        case "GET", "/company/enrich":
            return _company(query)
        case "POST", "/company/search":
            return _search(body)
    return Said(404, error(404, "not_found", f"There is no {method} {path}."))


def error(status: int, kind: str, message: str) -> dict[str, object]:
    """Return an error as it is written."""
    return {"status": status, "error": {"type": kind, "message": message}}


def _slot(item: Mapping[str, Any]) -> dict[str, Any]:
    metadata = {"metadata": item["metadata"]} if "metadata" in item else {}
    known = person(item["params"])
    if known is None:
        return {**error(404, "not_found", "No person found."), **metadata}
    record, likelihood = known
    return {"status": 200, "likelihood": likelihood, "data": record, **metadata}


def _company(query: Mapping[str, str]) -> Said:
    website = query.get("website") or employer(query.get("name", ""))
    record = company(website.lower())
    if record is None:
        return Said(404, error(404, "not_found", "No company found."))
    if "name" in query:
        record |= {"name": query["name"].lower(), "display_name": query["name"]}
    return Said(200, {"status": 200, **record, "likelihood": 6}, 1)


def _search(body: Mapping[str, Any]) -> Said:
    first = int(body.get("scroll_token") or 0)
    records = found(body.get("query"), first, int(body.get("size") or 1))
    if not records:
        return Said(404, error(404, "not_found", "No companies found."))
    page = {"status": 200, "data": records, "total": FOUND_BY_A_SEARCH}
    return Said(200, {**page, "scroll_token": str(first + len(records))}, len(records))
