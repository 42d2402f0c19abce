"""Searching companies, page by page: which page comes after the one that is stored."""

import json
from collections.abc import Mapping
from dataclasses import replace

from orchestration.enrichment.people_data_labs.endpoints import COMPANY_SEARCH
from orchestration.enrichment.provider import Answer, Outcome, Request


def company_search(
    provider: str, organization_id: str, subject: str, query: Mapping[str, object], size: int
) -> Request:
    """Return the request for the first ``size`` companies, 1 to 100, of an Elasticsearch query.

    ``subject`` names the search. Each record that comes costs a credit.
    """
    params = {"query": query, "size": size}
    return Request(provider, COMPANY_SEARCH, organization_id, subject, params)


def records_on(page: Answer) -> int:
    """Return how many companies stand on a page."""
    if page.outcome is not Outcome.MATCHED:
        return 0
    records = json.loads(page.body).get("data")
    return len(records) if isinstance(records, list) else 0


def next_page(page: Answer, size: int) -> Request | None:
    """Return the request for the ``size`` companies after those of ``page``, None after the last.

    It follows from the stored answer alone: a search that was broken off goes on where it was.
    """
    if not records_on(page):
        return None
    token = json.loads(page.body).get("scroll_token")
    # With the same token again the same page would come, and be paid again.
    if not token or token == page.request.params.get("scroll_token"):
        return None
    params = {**page.request.params, "size": size, "scroll_token": token}
    return replace(page.request, params=params)
