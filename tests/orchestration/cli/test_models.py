from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sklearn.dummy import DummyRegressor

from ml.registry import Registry, Training
from orchestration.cli.commands import main
from orchestration.settings import Settings


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Return the registry that the settings name, empty."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    return Registry(Settings().registry_dir)


def promote(registry: Registry, day: date) -> str:
    training = Training(
        estimator=DummyRegressor().fit([[0]], [0]),
        model_name="mean",
        trained_as_of=day,
        window=(date(2023, 1, 1), day),
        data_hash="0a",
    )
    version = registry.add("club", "churn", training)
    registry.promote("club", "churn", version, as_of=day, reason=f"the best on {day}")
    return version


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["models", *arguments], env={"COLUMNS": "200"})


def test_before_a_run_there_is_none(registry: Registry) -> None:
    assert "No model has been trained yet" in call("list").output


def test_the_list_says_who_scores_and_why(registry: Registry) -> None:
    promote(registry, date(2024, 1, 1))
    newest = promote(registry, date(2024, 2, 1))
    shown = call("list").output
    assert newest in shown
    assert "the best on 2024-02-01" in shown


def test_a_rollback_lets_the_version_before_score_again(registry: Registry) -> None:
    first = promote(registry, date(2024, 1, 1))
    second = promote(registry, date(2024, 2, 1))
    told = call("rollback", "club", "churn", "--reason", "too many calls").output
    assert told == f"{first} scores from 2024-02-01 on, in place of {second}.\n"
    assert registry.champion("club", "churn") == first
    assert registry.decisions("club", "churn")[-1].reason == "too many calls"


def test_who_has_no_earlier_version_cannot_be_rolled_back(registry: Registry) -> None:
    promote(registry, date(2024, 1, 1))
    refused = call("rollback", "club", "churn")
    assert refused.exit_code == 1
    assert "no earlier champion" in refused.output


def test_a_model_that_is_not_there_is_told_with_those_that_are(registry: Registry) -> None:
    promote(registry, date(2024, 1, 1))
    assert "there are: club churn" in call("rollback", "club", "chrun").output
