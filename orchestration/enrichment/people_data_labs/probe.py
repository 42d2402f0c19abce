"""Asking for headers alone, which is free: what is left on the account."""

import time

from orchestration.enrichment.people_data_labs.headers import read_headers
from orchestration.enrichment.people_data_labs.wire import Route, Wire

_TRIES = 6
_DOWN = (None, 429, 500, 502, 503, 504)


class Probe:
    """A question that may be put again and again; true as long as it may be answered.

    Parameters
    ----------
    route : what to send; None where the endpoint has no such question
    backoff : seconds to wait after a first failure; doubled by each further one in a row
    """

    def __init__(self, route: Route | None, wire: Wire, backoff: float) -> None:
        self._route = route
        self._wire = wire
        self._backoff = backoff
        self._tries = _TRIES if route else 0

    def __bool__(self) -> bool:
        return self._tries > 0

    def account_left(self) -> int | None:
        """Return the credits left on the account, None where that is not told (yet)."""
        if not self._route or not self._tries:
            return None
        delivery = self._wire.send(self._route)
        left = read_headers(delivery.headers).account_left
        if left is not None:
            self._tries = _TRIES
        elif delivery.status not in _DOWN:
            self._tries = 0
        else:
            time.sleep(self._backoff * 2 ** (_TRIES - self._tries))
            self._tries -= 1
        return left
