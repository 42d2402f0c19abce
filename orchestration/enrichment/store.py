"""Everything that providers ever said, kept whole before anything is done with it.

A call is put on record before it leaves. Its reply comes in with one transaction: answers, credits,
and the end of the record. So whatever a killed run leaves is one of two things, never a third: a
call on record that may have been answered and paid, or a reply that is kept.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from orchestration.enrichment.provider import Answer, Call, Outcome, Reply, Request
from orchestration.enrichment.tables import ANSWERED, ANSWERS, ASKS, CALLS, MADE_UP
from orchestration.warehouse import Session
from orchestration.warehouse.ddl import quoted

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time, UTC: the clock of everything that costs money."""
    return datetime.now(UTC)


def subject(kind: str, key: str) -> str:
    """Return what a request says of whom it is about: ``member/m1``, ``account/17``."""
    return f"{kind}/{key}"


class AnswerStore:
    """Answers, calls and credits in the warehouse.

    Parameters
    ----------
    session : committed after each step; opening a connection for each would take longer than asking
    table : the table in ``raw`` that keeps the answers
    now : the clock by which calls are dated
    """

    def __init__(self, session: Session, table: str = ANSWERED, *, now: Clock = utc_now) -> None:
        self._session = session
        self._table = table
        self._now = now
        # What is made up can be made up again: waiting for the disk would take most of the time.
        self._is_durable = table != MADE_UP

    def record(self, call: Call) -> None:
        """Put a call on record, durably, before it leaves."""
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
        asks = [{"call_key": call.key, **_question(one)} for one in call.requests]
        self._session.ingest("ops", "enrichment_calls", pa.Table.from_pylist([row], CALLS))
        self._session.ingest("ops", "enrichment_asks", pa.Table.from_pylist(asks, ASKS))
        self._commit()

    def keep(self, reply: Reply, known_from: date) -> None:
        """Keep a reply, and settle its call, in one transaction.

        Parameters
        ----------
        known_from : the day from which tables may know the answers
        """
        self._add(_rows(reply.call.key, reply.answers, known_from))
        self._settle([reply.call.key], str(int(reply.credits)))
        self._commit()

    def give_up_lost_calls(self, provider: str) -> int:
        """Settle calls of a provider that died with their run; return how many requests they held.

        Nobody can tell whether such a call was answered, or paid: it counts as paid, and its
        requests as pending. Call this only while no other run asks.
        """
        lost = self._session.query(
            "select asks.*, calls.asked_at from ops.enrichment_asks as asks "
            "join ops.enrichment_calls as calls on asks.call_key = calls.call_key "
            "where calls.provider = $1 and calls.credits is null",
            [provider],
        )
        if not lost.num_rows:
            return 0
        known = as_of_dates(self._session)
        rows = [
            {
                **{name: row[name] for name in ASKS.names},
                "answer_id": uuid.uuid4().hex,
                "received_at": row["asked_at"],
                "known_from": known.get(row["organization_id"]),
                "outcome": Outcome.PENDING.value,
                "credits": 0,
                "body": "",
            }
            for row in lost.to_pylist()
        ]
        self._add(rows)
        self._settle(sorted({row["call_key"] for row in rows}), "price")
        self._commit()
        return len(rows)

    def share(self, asked: Sequence[Request], provider: str, since: datetime) -> int:
        """Answer requests by what was said to equal questions about others; return how many.

        Parameters
        ----------
        asked : requests of one organization that were never sent themselves
        since : answers from before are too old
        """
        if not asked:
            return 0
        organization_id = asked[0].organization_id
        hashes = "', '".join(sorted({one.hash for one in asked}))
        standing = self._session.query(
            f"select * from {self._name} where organization_id = $1 and provider = $2 "
            f"and received_at >= $3 and request_hash in ('{hashes}') order by received_at",
            [organization_id, provider, since],
        ).to_pylist()
        by_hash = {row["request_hash"]: row for row in standing}
        known_from = as_of_dates(self._session).get(organization_id)
        rows = [
            {
                **by_hash[one.hash],
                **_question(one),
                "answer_id": uuid.uuid4().hex,
                "known_from": known_from,
                "credits": 0,
            }
            for one in asked
            if one.hash in by_hash
        ]
        self._add(rows)
        self._commit()
        return len(rows)

    def answered(self, organization_id: str, provider: str) -> pa.Table:
        """Return what is known of earlier questions.

        Returns
        -------
        One row per answer: ``subject_type``, ``subject_id``, ``endpoint``, ``request_hash``,
        ``outcome`` and ``received_at``.
        """
        return self._session.query(
            "select subject_type, subject_id, endpoint, request_hash, outcome, received_at "
            f"from {self._name} where organization_id = $1 and provider = $2",
            [organization_id, provider],
        )

    def newest(
        self, organization_id: str, provider: str, subject: str
    ) -> dict[Outcome, dict[str, Any]]:
        """Return the newest answer of each outcome about a subject, whole."""
        kind, _, key = subject.partition("/")
        found = self._session.query(
            f"select * from {self._name} where organization_id = $1 and provider = $2 "
            "and subject_type = $3 and subject_id = $4 order by received_at",
            [organization_id, provider, kind, key],
        ).to_pylist()
        return {Outcome(row["outcome"]): row for row in found}

    def spent_since(self, provider: str, since: datetime) -> int:
        """Return the credits of all calls since then; one that is not settled counts whole."""
        found = self._session.query(
            "select cast(coalesce(sum(coalesce(credits, price)), 0) as bigint) as credits "
            "from ops.enrichment_calls where provider = $1 and asked_at >= $2",
            [provider, since],
        )
        return int(found["credits"][0].as_py())

    def found_since(self, provider: str, since: datetime) -> tuple[int, int]:
        """Return how many questions have found somebody since then, and of how many."""
        found = self._session.query(
            "select count(case when outcome = 'matched' then 1 end) as matched, count(*) as judged "
            f"from {self._name} where provider = $1 and received_at >= $2 "
            "and outcome in ('matched', 'not_found')",
            [provider, since],
        )
        return int(found["matched"][0].as_py()), int(found["judged"][0].as_py())

    @property
    def _name(self) -> str:
        return quoted("raw", self._table)

    def _commit(self) -> None:
        if self._is_durable:
            self._session.commit()

    def _add(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._session.ingest("raw", self._table, pa.Table.from_pylist(rows, ANSWERS))

    def _settle(self, keys: Sequence[str], credits: str) -> None:
        for key in keys:
            self._session.execute("delete from ops.enrichment_asks where call_key = $1", [key])
            self._session.execute(
                f"update ops.enrichment_calls set credits = {credits}, settled_at = $1 "
                "where call_key = $2",
                [self._now(), key],
            )


def as_of_dates(session: Session) -> dict[str, date]:
    """Return the newest loaded export date of each organization."""
    rows = session.query(
        "select organization_id, max(export_date) as day from ops.file_loads "
        "where status = 'loaded' group by organization_id order by organization_id"
    ).to_pylist()
    return {row["organization_id"]: row["day"] for row in rows}


def _question(request: Request) -> dict[str, str]:
    kind, _, key = request.subject.partition("/")
    return {
        "organization_id": request.organization_id,
        "provider": request.provider,
        "endpoint": request.endpoint,
        "request_hash": request.hash,
        "subject_type": kind,
        "subject_id": key,
    }


def _rows(call_key: str, answers: Iterable[Answer], known_from: date) -> list[dict[str, Any]]:
    return [
        {
            **_question(answer.request),
            "answer_id": uuid.uuid4().hex,
            "call_key": call_key,
            "received_at": answer.received_at,
            "known_from": known_from,
            "status": answer.status,
            "outcome": answer.outcome.value,
            "credits": answer.credits,
            "likelihood": answer.likelihood,
            "body": answer.body,
        }
        for answer in answers
    ]
