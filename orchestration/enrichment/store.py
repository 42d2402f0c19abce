"""Everything that providers ever said, kept whole before anything is done with it.

A call is put on record before it leaves. Its reply comes in with one transaction: answers, credits,
and the end of the record. So whatever a killed run leaves is one of two things, never a third: a
call on record that may have been answered and paid, or a reply that is kept.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from orchestration.enrichment.calls import CallLog, question
from orchestration.enrichment.clock import Clock, as_of_dates, utc_now
from orchestration.enrichment.provider import Answer, Call, Outcome, Reply, Request
from orchestration.enrichment.tables import ANSWERED, ANSWERS, ASKS, MADE_UP
from orchestration.warehouse import Session
from orchestration.warehouse.ddl import quoted


class AnswerStore:
    """Answers in the warehouse, and the calls that brought them.

    Parameters
    ----------
    session : committed after each step; opening a connection for each would take longer than asking
    table : the table in ``raw`` that keeps the answers
    now : the clock by which calls are dated

    Attributes
    ----------
    calls : all calls; what is done to them is durable with the next answer
    """

    def __init__(self, session: Session, table: str = ANSWERED, *, now: Clock = utc_now) -> None:
        self._session = session
        self._table = table
        self.calls = CallLog(session, now)
        # What is made up can be made up again: waiting for the disk would take most of the time.
        self._is_durable = table != MADE_UP

    def record(self, call: Call) -> None:
        """Put a call on record, durably, before it leaves."""
        self.calls.record(call)
        self._commit()

    def keep(self, reply: Reply, known_from: date) -> None:
        """Keep a reply, and settle its call, in one transaction.

        Parameters
        ----------
        known_from : the day from which tables may know the answers
        """
        self._add(_rows(reply.call.key, reply.answers, known_from))
        self.calls.settle(reply.call.key, reply.credits)
        self._commit()

    def give_up_lost_calls(self, provider: str) -> int:
        """Settle calls of a provider that died with their run; return how many requests they held.

        Nobody can tell whether such a call was answered, or paid: it counts as paid, and its
        requests as pending. Call this only while no other run asks.
        """
        lost = self.calls.lost(provider)
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
        self.calls.settle_at_price(sorted({row["call_key"] for row in rows}))
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
                **question(one),
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


def _rows(call_key: str, answers: Iterable[Answer], known_from: date) -> list[dict[str, Any]]:
    return [
        {
            **question(answer.request),
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
