"""Calls on record: what was sent, whether anybody has heard of it since, and what it cost."""

from collections.abc import Sequence
from datetime import datetime

import pyarrow as pa

from orchestration.enrichment.clock import Clock
from orchestration.enrichment.provider import Call, Request
from orchestration.enrichment.tables import ASKS, CALLS
from orchestration.warehouse import Session


class CallLog:
    """The calls of all runs. Whoever holds the session commits.

    Parameters
    ----------
    now : the clock by which calls are dated
    """

    def __init__(self, session: Session, now: Clock) -> None:
        self._session = session
        self._now = now

    def record(self, call: Call) -> None:
        """Put a call on record."""
        first = call.requests[0]
        row = {
            "call_key": call.key,
            "organization_id": first.organization_id,
            "provider": call.provider,
            "endpoint": call.endpoint,
            "requests": len(call.requests),
            "price": call.price,
            "asked_at": self._now(),
        }
        asks = [{"call_key": call.key, **question(one)} for one in call.requests]
        self._session.ingest("ops", "enrichment_calls", pa.Table.from_pylist([row], CALLS))
        self._session.ingest("ops", "enrichment_asks", pa.Table.from_pylist(asks, ASKS))

    def settle(self, key: str, credits: int) -> None:
        """Note what a call has cost."""
        self._end([key], str(int(credits)))

    def settle_at_price(self, keys: Sequence[str]) -> None:
        """Note that calls have cost as much as they could."""
        self._end(keys, "price")

    def lost(self, provider: str) -> pa.Table:
        """Return the requests of calls that are not settled: columns ``ASKS`` and ``asked_at``."""
        return self._session.query(
            "select asks.*, calls.asked_at from ops.enrichment_asks as asks "
            "join ops.enrichment_calls as calls on asks.call_key = calls.call_key "
            "where calls.provider = $1 and calls.credits is null",
            [provider],
        )

    def spent_since(self, provider: str, since: datetime) -> int:
        """Return the credits of all calls since then; one that is not settled counts whole."""
        found = self._session.query(
            "select cast(coalesce(sum(coalesce(credits, price)), 0) as bigint) as credits "
            "from ops.enrichment_calls where provider = $1 and asked_at >= $2",
            [provider, since],
        )
        return int(found["credits"][0].as_py())

    def _end(self, keys: Sequence[str], credits: str) -> None:
        for key in keys:
            self._session.execute("delete from ops.enrichment_asks where call_key = $1", [key])
            self._session.execute(
                f"update ops.enrichment_calls set credits = {credits}, settled_at = $1 "
                "where call_key = $2",
                [self._now(), key],
            )


def question(request: Request) -> dict[str, str]:
    """Return what a request says of itself, as tables have it."""
    kind, _, key = request.subject.partition("/")
    return {
        "organization_id": request.organization_id,
        "provider": request.provider,
        "endpoint": request.endpoint,
        "request_hash": request.hash,
        "subject_type": kind,
        "subject_id": key,
    }
