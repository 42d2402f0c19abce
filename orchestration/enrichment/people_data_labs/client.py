"""People Data Labs as a provider."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

from pydantic import SecretStr

from orchestration.enrichment.people_data_labs.asking import Asking
from orchestration.enrichment.people_data_labs.endpoints import (
    COMPANY,
    COMPANY_SEARCH,
    PERSON,
    CompanySearch,
    Endpoint,
    Enrich,
    PersonBulk,
)
from orchestration.enrichment.people_data_labs.limiter import Limiter
from orchestration.enrichment.people_data_labs.manner import Manner
from orchestration.enrichment.people_data_labs.wire import Wire
from orchestration.enrichment.provider import Budget, Reply, Request

NAME = "people_data_labs"
MOST_IN_A_BULK = 100


class PeopleDataLabs:
    """A client of People Data Labs: persons, companies, search for companies.

    Parameters
    ----------
    key : sent in a header, and written nowhere
    name : in every table, where it is not the real one that answers
    base_url : of the API, without an endpoint
    batch : persons in a call, 1 to 100; the provider advises 80 at most
    min_likelihood : matches below it count as not found, 0 to 10
    connections : calls under way at once
    tries : how often a request is sent that the provider fails at
    patience : seconds without any answer, or until the limit leaves room, after which to give up
    backoff : seconds to wait after a first failure; doubled by each further one in a row
    connect_timeout, read_timeout : seconds to wait for a connection, and for the next bytes
    clock : tells when an answer came
    """

    def __init__(
        self,
        key: SecretStr,
        *,
        name: str = NAME,
        base_url: str,
        batch: int = 80,
        min_likelihood: int = 2,
        connections: int = 4,
        tries: int = 8,
        patience: float = 600,
        backoff: float = 0.5,
        connect_timeout: float = 10,
        read_timeout: float = 60,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not 1 <= batch <= MOST_IN_A_BULK:
            raise ValueError(
                f"People Data Labs takes 1 to {MOST_IN_A_BULK} persons a call, not {batch}."
            )
        self._name = name
        self._wire = Wire(
            base_url,
            key,
            connections=connections,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
        )
        self._manner = Manner(connections, tries, patience, backoff, min_likelihood, clock)
        # A single person goes by GET only where bulks are switched off: queries end up in logs.
        person = PersonBulk(batch, min_likelihood) if batch > 1 else Enrich(PERSON, min_likelihood)
        self._endpoints: dict[str, Endpoint] = {
            PERSON: person,
            COMPANY: Enrich(COMPANY, min_likelihood),
            COMPANY_SEARCH: CompanySearch(),
        }
        # Several failures in a row, not a single wait, end the patience.
        longest = min(60, patience / 4)
        self._limiters = {endpoint: Limiter(backoff, longest) for endpoint in self._endpoints}

    @property
    def name(self) -> str:
        """Its name in every table."""
        return self._name

    def price(self, requests: Sequence[Request]) -> int:
        """Return the most credits that asking all of ``requests`` could cost."""
        return sum(self._endpoint(request.endpoint).price(request) for request in requests)

    def ask(self, requests: Sequence[Request], budget: Budget) -> Iterator[Reply]:
        """Ask what the budget allows, endpoint after endpoint, and yield replies as they come.

        Endpoints come in the order of their first requests, requests of each in the order given.

        Raises
        ------
        KeyRefused, Exhausted, Unavailable
            After yielding what was got.
        ValueError
            When an endpoint is unknown.
        """
        for name in dict.fromkeys(request.endpoint for request in requests):
            yield from Asking(
                [request for request in requests if request.endpoint == name],
                budget,
                endpoint=self._endpoint(name),
                wire=self._wire,
                limiter=self._limiters[name],
                manner=self._manner,
            ).replies()

    def close(self) -> None:
        """Close all connections."""
        self._wire.close()

    def _endpoint(self, name: str) -> Endpoint:
        try:
            return self._endpoints[name]
        except KeyError:
            known = ", ".join(self._endpoints)
            raise ValueError(
                f"People Data Labs has no endpoint {name!r} here: name one of {known}."
            ) from None
