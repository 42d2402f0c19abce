"""Companies like the best customers, looked for at a provider: the ideal profile as a search.

A search goes on where its newest kept page ended, run after run, and begins anew when the profile
changes or it was through for long.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from orchestration.enrichment.budget import CreditBudget
from orchestration.enrichment.clock import Clock
from orchestration.enrichment.people_data_labs import company_search, next_page, records_on
from orchestration.enrichment.provider import Answer, Outcome, Provider, Reply, Request, subject
from orchestration.enrichment.selection import Lifetimes
from orchestration.enrichment.store import AnswerStore
from orchestration.warehouse import Session

SEARCH = "search"

_MOST_ON_A_PAGE = 100
_MOST_VALUES = 3

# Of the best customers' traits, those that a search can ask for, in the provider's own words.
_TRAITS = f"""
select trait_name, coalesce(provider_value, lower(trait_value)) as trait_value
from (
    select
        traits.trait_name, traits.trait_value, words.provider_value,
        row_number() over (
            partition by traits.trait_name
            order by traits.importance_score desc, traits.trait_value
        ) as place
    from marts.icp_traits as traits
    left join staging.int_provider_words as words
        on words.organization_id = traits.organization_id
        and words.attribute = traits.trait_name
        and words.own_value = traits.trait_value
        and words.is_usual_of_own
    where
        traits.organization_id = $1
        and traits.trait_name in ('industry', 'state', 'employee_count')
        and traits.lift > 1
        and traits.p_value <= 0.2
) as ranked
where place <= {_MOST_VALUES}
order by trait_name, place
"""
_READ = {("marts", "icp_traits"), ("staging", "int_provider_words")}
_FIELDS = {"industry": "industry", "state": "location.region"}


@dataclass(frozen=True)
class Search:
    """A search for the ideal profile of an organization.

    Attributes
    ----------
    query : in Elasticsearch's form
    """

    provider: str
    organization_id: str
    query: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """What its pages are kept under: another profile is another search."""
        text = json.dumps(self.query, sort_keys=True)
        return subject(SEARCH, hashlib.sha256(text.encode()).hexdigest()[:16])

    def first_page(self, size: int) -> Request:
        """Return the request for the first companies."""
        return company_search(self.provider, self.organization_id, self.subject, self.query, size)


def ideal_search(session: Session, provider: str, organization_id: str) -> Search | None:
    """Return the search for companies like the best customers; None where no trait tells them."""
    if not session.tables() >= _READ:
        return None
    traits = session.query(_TRAITS, [organization_id]).to_pylist()
    values: dict[str, list[str]] = {}
    for trait in traits:
        values.setdefault(trait["trait_name"], []).append(trait["trait_value"])
    must: list[dict[str, Any]] = [
        {"terms": {field: list(dict.fromkeys(values[name]))}}
        for name, field in _FIELDS.items()
        if name in values
    ]
    if sizes := values.get("employee_count"):
        ranges = [{"range": {"employee_count": limits(band)}} for band in sizes]
        must.append({"bool": {"should": ranges}})
    return Search(provider, organization_id, {"bool": {"must": must}}) if must else None


def limits(band: str) -> dict[str, int]:
    """Return the limits of a band of numbers as a range.

    >>> limits("under 10"), limits("50 to under 250"), limits("5,000 or more")
    ({'lt': 10}, {'gte': 50, 'lt': 250}, {'gte': 5000})
    """
    numbers = [int(number) for number in re.findall(r"\d+", band.replace(",", ""))]
    if band.startswith("under"):
        return {"lt": numbers[0]}
    return dict(zip(("gte", "lt"), numbers, strict=False))


def look_for(
    search: Search,
    provider: Provider,
    store: AnswerStore,
    budget: CreditBudget,
    *,
    known_from: date,
    most: int,
    lifetimes: Lifetimes,
    now: Clock,
) -> Iterator[Reply]:
    """Ask for the next companies of a search while the budget lasts; yield each kept reply.

    Parameters
    ----------
    most : companies at most
    """
    request = _next_request(search, store, lifetimes, now, most)
    while request and most > 0 and budget.room():
        pages: list[Answer] = []
        for reply in provider.ask([request], budget):
            store.keep(reply, known_from)
            budget.settle(reply)
            most -= sum(map(records_on, reply.answers))
            pages += reply.answers
            yield reply
        request = next_page(pages[-1], min(most, _MOST_ON_A_PAGE)) if pages else None


def _next_request(
    search: Search, store: AnswerStore, lifetimes: Lifetimes, now: Clock, most: int
) -> Request | None:
    size = min(most, _MOST_ON_A_PAGE)
    kept = store.newest(search.organization_id, search.provider, search.subject)
    if not kept:
        return search.first_page(size)
    in_doubt = kept.get(Outcome.PENDING)
    if in_doubt and now() - in_doubt["received_at"] < timedelta(days=lifetimes.pending):
        return None
    page = kept.get(Outcome.MATCHED)
    ended = kept.get(Outcome.NOT_FOUND) or kept.get(Outcome.REFUSED)
    if page and not (ended and ended["received_at"] >= page["received_at"]):
        following = next_page(_answer(search, page), size)
        if following:
            return following
        ended = page
    if ended and now() - ended["received_at"] < timedelta(days=lifetimes.not_found):
        return None
    return search.first_page(size)


def _answer(search: Search, page: Mapping[str, Any]) -> Answer:
    return Answer(
        request=search.first_page(1),
        outcome=Outcome(page["outcome"]),
        status=page["status"],
        credits=page["credits"],
        likelihood=None,
        body=page["body"],
        received_at=page["received_at"],
    )
