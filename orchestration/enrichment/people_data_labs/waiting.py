"""Requests that wait for their turn, in the groups in which they will leave."""

from collections import Counter, deque
from collections.abc import Sequence

from orchestration.enrichment.people_data_labs.endpoints import Endpoint
from orchestration.enrichment.people_data_labs.limiter import Limiter
from orchestration.enrichment.provider import Budget, Request

Group = tuple[Request, ...]


class Waiting:
    """A queue of groups; what has to be sent again comes first.

    Parameters
    ----------
    requests : in the order in which they shall leave
    endpoint : tells how many leave together, and what they cost
    tries : how often a request is sent that the provider fails at
    """

    def __init__(self, requests: Sequence[Request], endpoint: Endpoint, tries: int) -> None:
        starts = range(0, len(requests), endpoint.batch)
        self._groups = deque(tuple(requests[at : at + endpoint.batch]) for at in starts)
        self._endpoint = endpoint
        self._tries = tries
        self._failures: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return bool(self._groups)

    def taken(self, limiter: Limiter, budget: Budget) -> tuple[Group, bool]:
        """Take as much of the next group as limit and budget have room for.

        Returns
        -------
        The requests, and whether the budget had room for none.
        """
        group = self._groups.popleft()
        allowed = group[: limiter.room(len(group))]
        chosen = self._affordable(allowed, budget.room()) if allowed else ()
        self.put_back(group[len(chosen) :])
        return chosen, bool(allowed) and not chosen

    def put_back(self, group: Group) -> None:
        """Let requests be next."""
        if group:
            self._groups.appendleft(group)

    def failed(self, group: Group) -> Group:
        """Let requests that the provider failed at be next; return those that failed too often.

        They leave in halves: a call may be too large, or one of them what the provider fails at.
        """
        self._failures.update(request.hash for request in group)
        left = tuple(one for one in group if self._failures[one.hash] < self._tries)
        half = (len(left) + 1) // 2
        self.put_back(left[half:])
        self.put_back(left[:half])
        return tuple(one for one in group if self._failures[one.hash] >= self._tries)

    def _affordable(self, requests: Group, credits: int) -> Group:
        chosen: list[Request] = []
        for request in requests:
            fitting = self._endpoint.within(request, credits)
            if fitting is None:
                break
            chosen.append(fitting)
            credits -= self._endpoint.price(fitting)
        return tuple(chosen)
