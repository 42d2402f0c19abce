from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor

from ml.evaluation.regression import mae
from ml.registry import Decision, Record, Registry, Training
from orchestration.scoring.champions import Reign, Trained, reign
from orchestration.scoring.triggers import too_old

FIRST = date(2024, 1, 1)
ACTUAL = np.linspace(9, 11, 200)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path)


class Trainings:
    """Trains constants, and counts how often."""

    def __init__(self, registry: Registry) -> None:
        self.registry, self.constant, self.count, self.data = registry, 5.0, 0, "first data"

    def on(self, day: date, why: str | None = None, *, insists: bool = False) -> Reign:
        def train(_: Any) -> Trained:
            self.count += 1
            model = DummyRegressor(strategy="constant", constant=self.constant).fit([[0]], [0])
            training = Training(
                estimator=model,
                model_name="constant",
                trained_as_of=day,
                window=(FIRST, day),
                data_hash="",
                parameters={"constant": self.constant},
            )
            return Trained(training, judge)

        def judge(version: str) -> Decision:
            standing = self.registry.incumbent("club", "value", as_of=day)
            if standing is None:
                return self.registry.promote("club", "value", version, as_of=day, reason="first")
            champion, _ = self.registry.load("club", "value", standing)
            return self.registry.challenge(
                *("club", "value", version),
                as_of=day,
                metric=mae,
                actual=ACTUAL,
                champion=champion.predict(np.zeros((200, 1))),
                challenger=np.full(200, self.constant),
            )

        def why_train(record: Record, _: Any) -> str | None:
            return why or too_old(record, day)

        hashed: Callable[[], str] = lambda: self.data  # noqa: E731 - a hash that the test sets
        return reign(
            *(self.registry, "club", "value", day),
            data_hash=hashed,
            why_train=why_train,
            train=train,
            insists=insists,
        )


@pytest.fixture
def trainings(registry: Registry) -> Trainings:
    return Trainings(registry)


def test_the_first_day_trains_and_the_next_ones_go_on_with_it(trainings: Trainings) -> None:
    first = trainings.on(FIRST)
    later = trainings.on(FIRST + timedelta(days=30))
    assert (later.version, trainings.count) == (first.version, 1)
    assert later.reason == "kept since 2024-01-01"


def test_an_old_version_gives_way_to_a_better_one(trainings: Trainings) -> None:
    trainings.on(FIRST)
    trainings.constant = 10.0
    later = trainings.on(FIRST + timedelta(days=31))
    assert later.record.parameters["constant"] == 10
    assert later.reason.startswith("trained 31 days ago; mae of the challenger differs by -")
    assert later.turned_down is None


def test_a_worse_one_is_turned_down_and_stays_on_record(trainings: Trainings) -> None:
    first = trainings.on(FIRST)
    trainings.constant = 4.0
    later = trainings.on(FIRST + timedelta(days=31))
    assert later.version == first.version
    assert later.turned_down is not None
    assert later.turned_down.parameters["constant"] == 4


def test_after_one_was_turned_down_a_month_passes_to_the_next_unless_asked_for(
    trainings: Trainings,
) -> None:
    trainings.on(FIRST)
    trainings.constant = 4.0
    lost = FIRST + timedelta(days=31)
    trainings.on(lost)
    trainings.on(lost + timedelta(days=30))
    assert trainings.count == 2
    trainings.on(lost + timedelta(days=30), why="asked for", insists=True)
    assert trainings.count == 3
    trainings.on(lost + timedelta(days=61))
    assert trainings.count == 4


def test_a_day_that_is_run_again_on_the_same_data_trains_nothing(trainings: Trainings) -> None:
    first = trainings.on(FIRST)
    again = trainings.on(FIRST, why="asked for")
    assert (again.version, trainings.count) == (first.version, 1)


def test_a_day_that_is_run_again_on_other_data_is_judged_anew(trainings: Trainings) -> None:
    trainings.on(FIRST)
    trainings.data, trainings.constant = "corrected data", 6.0
    again = trainings.on(FIRST)
    assert (again.record.parameters["constant"], trainings.count) == (6, 2)


def test_a_past_day_is_scored_by_the_version_of_that_day(trainings: Trainings) -> None:
    first = trainings.on(FIRST)
    trainings.constant = 10.0
    trainings.on(FIRST + timedelta(days=40))
    assert trainings.on(FIRST + timedelta(days=20)).version == first.version


def test_a_day_before_any_version_is_trained_as_of_that_day(trainings: Trainings) -> None:
    later = trainings.on(FIRST + timedelta(days=40))
    past = trainings.on(FIRST)
    assert past.record.trained_as_of == FIRST
    assert trainings.on(FIRST + timedelta(days=40)).version == later.version


def test_who_was_rolled_back_does_not_score(trainings: Trainings) -> None:
    first = trainings.on(FIRST)
    trainings.constant, day = 10.0, FIRST + timedelta(days=31)
    trainings.on(day)
    trainings.registry.rollback("club", "value", as_of=day)
    assert trainings.on(day).version == first.version
