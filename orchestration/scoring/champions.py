"""Which version of a model scores on a day: the reigning one, or a new one that takes its place."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ml.registry import Decision, Record, Registry, Training
from orchestration.scoring.triggers import MAX_AGE_DAYS


@dataclass(frozen=True)
class Trained:
    """A new training, and how it is judged once it is in the registry.

    Attributes
    ----------
    training : what the registry keeps
    judge : from the name of its version, the decision about it, entered into the registry
    """

    training: Training
    judge: Callable[[str], Decision]


@dataclass(frozen=True)
class Reign:
    """The version that scores, and the challenger that it turned down, if there was one."""

    version: str
    estimator: Any
    record: Record
    reason: str
    turned_down: Record | None = None


def reign(
    registry: Registry,
    organization_id: str,
    model: str,
    as_of: date,
    *,
    data_hash: Callable[[], str],
    why_train: Callable[[Record, Any], str | None],
    train: Callable[[Any | None], Trained],
    insists: bool = False,
) -> Reign:
    """Return the version that scores an organization on a day, trained where there is a reason.

    A day that is run again comes to the same result: on the same data it keeps that day's decision,
    on other data it is judged against the champion of the days before it.

    Parameters
    ----------
    data_hash
        Tells the hash of the data that a training would see; called where it is needed.
    why_train
        From the reigning version's record and estimator, why it should be trained anew; None if it
        should not.
    train
        From the reigning estimator, if any, a new training.
    insists
        Whether to train although a challenger was turned down lately: without it there is a month
        between one and the next.
    """
    decision = _decided(registry, organization_id, model, as_of, data_hash)
    if decision:
        return _reign(registry, organization_id, model, as_of, decision)
    standing = registry.incumbent(organization_id, model, as_of=as_of)
    estimator, why = None, "the first version"
    if standing:
        estimator, record = registry.load(organization_id, model, standing)
        waits = not insists and _turned_down_lately(registry, organization_id, model, as_of)
        reason = None if waits else why_train(record, estimator)
        if reason is None:
            return Reign(standing, estimator, record, f"kept since {record.trained_as_of}")
        why = reason
    trained = train(estimator)
    training = replace(trained.training, data_hash=data_hash())
    version = registry.add(organization_id, model, training)
    return _reign(registry, organization_id, model, as_of, trained.judge(version), why=why)


def _turned_down_lately(registry: Registry, organization_id: str, model: str, as_of: date) -> bool:
    return any(
        decision.action == "kept" and 0 < (as_of - decision.as_of).days <= MAX_AGE_DAYS
        for decision in registry.decisions(organization_id, model)
    )


def _decided(
    registry: Registry,
    organization_id: str,
    model: str,
    as_of: date,
    data_hash: Callable[[], str],
) -> Decision | None:
    """Return what a day's earlier run decided, if its training saw the same data."""
    for decision in registry.decisions(organization_id, model):
        if decision.as_of == as_of and decision.action != "rolled_back":
            tried = registry.record(organization_id, model, decision.version)
            return decision if tried.data_hash == data_hash() else None
    return None


def _reign(
    registry: Registry,
    organization_id: str,
    model: str,
    as_of: date,
    decision: Decision,
    *,
    why: str = "",
) -> Reign:
    # A rollback of the same day comes after the decision.
    version = registry.champion(organization_id, model, as_of=as_of) or decision.champion
    estimator, record = registry.load(organization_id, model, version)
    tried = decision.version
    return Reign(
        version,
        estimator,
        record,
        reason="; ".join(dict.fromkeys(part for part in (why, decision.reason) if part)),
        turned_down=(None if tried == version else registry.record(organization_id, model, tried)),
    )
