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


def next_page(page: Answer, size: int) -> Request | None:
    """Return the request for the ``size`` companies after those of ``page``, None after the last.

    It follows from the stored answer alone: a search that was broken off goes on where it was.
    """
    if page.outcome is not Outcome.MATCHED:
        return None
    content = json.loads(page.body)
    token, records = content.get("scroll_token"), content.get("data")
    if not token or not records:
        return None
    params = {**page.request.params, "size": size, "scroll_token": token}
    return replace(page.request, params=params)
