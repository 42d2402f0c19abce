"""Who is due: never asked for, or so long ago that it may be true no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
import pyarrow as pa

from orchestration.enrichment.provider import Outcome, Request
from orchestration.enrichment.questions import question

_KEY = ["subject_type", "subject_id"]


@dataclass(frozen=True)
class Lifetimes:
    """For how many days an answer does for a question.

    Attributes
    ----------
    matched : somebody was found
    not_found : nobody was, or the provider refused the very question
    pending : it may have been answered, and paid, but no answer came
    """

    matched: int
    not_found: int
    pending: int


@dataclass(frozen=True)
class Selection:
    """Whom to ask for.

    Attributes
    ----------
    due : requests to send, no two of them equal, in the order in which credits are spent
    repeated : requests equal to one that is sent or was answered: its answer does for them
    candidates : how many could be asked for, whether due or not
    unknown : how many of whom too little is known to ask
    """

    due: list[Request]
    repeated: list[Request]
    candidates: int
    unknown: int


def select(
    candidates: pa.Table,
    answered: pa.Table,
    *,
    provider: str,
    organization_id: str,
    lifetimes: Lifetimes,
    now: datetime,
) -> Selection:
    """Return who is due: never found before long ago, the dearest of each kind first.

    Parameters
    ----------
    candidates, answered : as of ``candidates.candidates`` and ``AnswerStore.answered``
    now : answers are as old as they are by this clock
    """
    if not candidates.num_rows:
        return Selection([], [], 0, 0)
    history = _History(answered.to_pandas(), lifetimes, now)
    due: dict[str, Request] = {}
    repeated, unknown = [], 0
    for row in candidates.take(_order(candidates, history)).to_pylist():
        request = question(provider, organization_id, row)
        if request is None:
            unknown += 1
        elif history.has(row["subject_type"], row["subject_id"], request.hash):
            continue
        elif request.hash in due or request.hash in history.answered:
            repeated.append(request)
        elif request.hash not in history.pending:
            due[request.hash] = request
    return Selection(list(due.values()), repeated, candidates.num_rows, unknown)


class _History:
    """What answers of not so long ago do for."""

    def __init__(self, answers: pd.DataFrame, lifetimes: Lifetimes, now: datetime) -> None:
        age = pd.Timestamp(now) - answers["received_at"]
        matched = answers["outcome"] == Outcome.MATCHED
        pending = answers["outcome"] == Outcome.PENDING
        days = pd.Series(lifetimes.not_found, answers.index)
        days = days.mask(matched, lifetimes.matched).mask(pending, lifetimes.pending)
        is_fresh = age < pd.to_timedelta(days, unit="D")
        fresh = answers[is_fresh]
        self.answered = set(answers["request_hash"][is_fresh & ~pending])
        self.pending = set(answers["request_hash"][is_fresh & pending])
        # Who was found stays found whatever the exports say by now; who was not may be by that.
        self._subjects = set(_tuples(answers[is_fresh & (matched | pending)], _KEY))
        self._questions = set(_tuples(fresh, [*_KEY, "request_hash"]))
        self.last_matched = (
            answers[matched].groupby(_KEY)["received_at"].max().dt.floor("D").rename("last_matched")
        )

    def has(self, kind: str, key: str, request_hash: str) -> bool:
        """Whether nothing needs to be asked about a subject."""
        return (kind, key) in self._subjects or (kind, key, request_hash) in self._questions


def _order(candidates: pa.Table, history: _History) -> list[int]:
    """Return the places of candidates in the order in which credits are spent.

    Kinds take turns: what members are worth is small beside what accounts are.
    """
    people = candidates.select([*_KEY, "value"]).to_pandas()
    people = people.merge(history.last_matched, how="left", left_on=_KEY, right_index=True)
    people["worth"] = -people["value"].astype(float).fillna(float("-inf"))
    people = people.sort_values(["last_matched", "worth", *_KEY], na_position="first")
    people["turn"] = people.groupby(["last_matched", "subject_type"], dropna=False).cumcount()
    people = people.sort_values(["last_matched", "turn", "subject_type"], na_position="first")
    return list(people.index)


def _tuples(frame: pd.DataFrame, columns: list[str]) -> Iterable[tuple[str, ...]]:
    return frame[columns].itertuples(index=False, name=None)
