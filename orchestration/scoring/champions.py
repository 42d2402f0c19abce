"""Which version of a model scores on a day: the reigning one, or a new one that has beaten it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy.typing as npt

from ml.registry import Record, Registry, Training


@dataclass(frozen=True)
class Contest:
    """Forecasts of the same held-out rows, on which neither model was fitted.

    Attributes
    ----------
    metric : figure of merit of (actual, forecast)
    actual, champion, challenger : outcomes and both forecasts, (n,)
    lower_is_better : whether the metric is a loss
    """

    metric: Callable[[npt.ArrayLike, npt.ArrayLike], float]
    actual: npt.ArrayLike
    champion: npt.ArrayLike
    challenger: npt.ArrayLike
    lower_is_better: bool = True


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
    data_hash: str,
    *,
    why_train: Callable[[Record, Any], str | None],
    train: Callable[[Any | None], Training],
    contest: Callable[[Any, Any], Contest] | None = None,
) -> Reign:
    """Return the version that scores an organization on a day, trained where there is a reason.

    A day that is run again comes to the same result: on the same data it keeps that day's decision,
    on other data it is judged against the champion of the days before it.

    Parameters
    ----------
    data_hash
        Of the data that a training would see.
    why_train
        From the reigning version's record and estimator, why it should be trained anew; None if it
        should not.
    train
        From the reigning estimator, if any, a new training.
    contest
        From the reigning and the new estimator, how they compare on held-out time; without one, a
        new version always takes over.
    """
    decided = _decided(registry, organization_id, model, as_of, data_hash)
    if decided:
        return decided
    standing = registry.incumbent(organization_id, model, as_of=as_of)
    if standing is None:
        version = registry.add(organization_id, model, train(None))
        registry.promote(organization_id, model, version, as_of=as_of, reason="the first version")
        return _reign(registry, organization_id, model, version, "the first version")
    estimator, record = registry.load(organization_id, model, standing)
    why = why_train(record, estimator)
    if why is None:
        return Reign(standing, estimator, record, f"kept since {record.trained_as_of}")
    version = registry.add(organization_id, model, train(estimator))
    if contest is None:
        registry.promote(organization_id, model, version, as_of=as_of, reason=why)
        return _reign(registry, organization_id, model, version, why)
    challenger, challenger_record = registry.load(organization_id, model, version)
    test = contest(estimator, challenger)
    decision = registry.challenge(
        organization_id,
        model,
        version,
        as_of=as_of,
        metric=test.metric,
        actual=test.actual,
        champion=test.champion,
        challenger=test.challenger,
        lower_is_better=test.lower_is_better,
    )
    reason = f"{why}; {decision.reason}"
    if decision.champion == version:
        return Reign(version, challenger, challenger_record, reason)
    return Reign(standing, estimator, record, reason, turned_down=challenger_record)


def _decided(
    registry: Registry, organization_id: str, model: str, as_of: date, data_hash: str
) -> Reign | None:
    """Return what a day's earlier run came to, if its training saw the same data."""
    for decision in registry.decisions(organization_id, model):
        if decision.as_of != as_of or decision.action == "rolled_back":
            continue
        tried = registry.record(organization_id, model, decision.version)
        version = registry.champion(organization_id, model, as_of=as_of)
        if tried.data_hash == data_hash and version:
            return _reign(registry, organization_id, model, version, decision.reason)
    return None


def _reign(
    registry: Registry, organization_id: str, model: str, version: str, reason: str
) -> Reign:
    estimator, record = registry.load(organization_id, model, version)
    return Reign(version, estimator, record, reason)
