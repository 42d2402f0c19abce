"""Versions are kept as they were, and only so come back."""

import json
import shutil
from datetime import date, timedelta

import numpy as np
import pytest

from ml.evaluation.classification import log_loss
from ml.registry import Registry, RegistryError
from tests.ml.registry.conftest import DAY, train

NEXT = DAY + timedelta(days=30)
LATER = DAY + timedelta(days=60)


def test_a_version_comes_back_with_its_forecasts_and_record(registry: Registry):
    training = train()
    version = registry.add("club", "churn", training)
    estimator, record = registry.load("club", "churn", version)
    features = np.random.default_rng(1).normal(size=(50, 3))
    expected = training.estimator.predict_proba(features)
    assert (estimator.predict_proba(features) == expected).all()
    assert record.version == version
    assert record.parameters == {"C": 1.0, "seed": 0}
    assert record.metrics == {"log_loss": 0.5, "auc": None}
    assert record.window_from == date(2023, 1, 1)


def test_the_same_training_again_is_the_same_version_to_the_byte(registry: Registry, tmp_path):
    version = registry.add("club", "churn", train())
    other = Registry(tmp_path / "other")
    assert other.add("club", "churn", train()) == version
    for file in (registry.folder / "club/churn" / version).iterdir():
        assert (other.folder / "club/churn" / version / file.name).read_bytes() == file.read_bytes()


def test_other_data_is_another_version(registry: Registry):
    versions = {registry.add("club", "churn", train(seed)) for seed in (0, 1)}
    assert registry.versions("club", "churn") == sorted(versions)
    assert len(versions) == 2


@pytest.mark.parametrize("name", ["model.skops", "card.md", "record.json"])
def test_an_altered_file_is_refused(registry: Registry, name: str):
    version = registry.add("club", "churn", train())
    path = registry.folder / "club/churn" / version / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(RegistryError, match="was altered"):
        registry.load("club", "churn", version)


def test_adding_a_broken_version_again_repairs_it(registry: Registry):
    version = registry.add("club", "churn", train())
    (registry.folder / "club/churn" / version / "model.skops").unlink()
    with pytest.raises(RegistryError, match="incomplete"):
        registry.load("club", "churn", version)
    assert registry.add("club", "churn", train()) == version
    registry.load("club", "churn", version)


def test_what_a_crash_left_unfinished_is_no_version_and_goes(registry: Registry):
    version = registry.add("club", "churn", train())
    rest = registry.folder / "club/churn/.unfinished-x"
    shutil.copytree(registry.folder / "club/churn" / version, rest)
    assert registry.versions("club", "churn") == [version]
    registry.add("club", "churn", train(1))
    assert not rest.exists()


def test_a_version_of_another_organization_is_refused(registry: Registry):
    version = registry.add("club", "churn", train())
    shutil.copytree(registry.folder / "club", registry.folder / "shop")
    with pytest.raises(RegistryError, match="belongs to churn of club"):
        registry.load("shop", "churn", version)


@pytest.mark.parametrize("name", ["", "..", "../club", "a/b", ".hidden"])
def test_a_name_that_leads_elsewhere_is_refused(registry: Registry, name: str):
    with pytest.raises(RegistryError, match="no name for a folder"):
        registry.add(name, "churn", train())


def test_an_unknown_version_is_named(registry: Registry):
    with pytest.raises(RegistryError, match="2024-03-31-000000000000 of churn of club is not in"):
        registry.load("club", "churn", "2024-03-31-000000000000")


def _crown(registry: Registry, seed: int = 0, day: date = DAY) -> str:
    version = registry.add("club", "churn", train(seed, day))
    registry.promote("club", "churn", version, as_of=day, reason="the first version")
    return version


def _challenge(registry: Registry, version: str, day: date, *, is_good: bool):
    rng = np.random.default_rng(0)
    p, noise = rng.random((2, 1000))
    event = rng.random(1000) < p
    return registry.challenge(
        "club",
        "churn",
        version,
        as_of=day,
        metric=log_loss,
        actual=event,
        champion=np.full(1000, 0.5),
        challenger=p if is_good else 0.5 + 0.01 * (noise - 0.5),
    )


def test_a_challenger_that_is_better_becomes_champion_from_its_day_on(registry: Registry):
    first = _crown(registry)
    second = registry.add("club", "churn", train(1, NEXT))
    decision = _challenge(registry, second, NEXT, is_good=True)
    assert decision.action == "promoted"
    assert "log_loss" in decision.reason
    assert registry.champion("club", "churn") == second
    assert registry.champion("club", "churn", as_of=DAY) == first
    assert registry.champion("club", "churn", as_of=DAY - timedelta(days=1)) is None


def test_a_challenger_within_noise_does_not(registry: Registry):
    first = _crown(registry)
    second = registry.add("club", "churn", train(1, NEXT))
    decision = _challenge(registry, second, NEXT, is_good=False)
    assert (decision.action, decision.champion) == ("kept", first)
    assert "not better by more than noise" in decision.reason


def test_running_a_day_again_judges_it_by_the_champion_of_the_days_before(registry: Registry):
    first = _crown(registry)
    second = registry.add("club", "churn", train(1, NEXT))
    for _ in range(2):
        assert registry.incumbent("club", "churn", as_of=NEXT) == first
        _challenge(registry, second, NEXT, is_good=True)
    assert len(registry.decisions("club", "churn")) == 2


def test_rollback_brings_the_champion_before_back_and_keeps_the_other_out(registry: Registry):
    first = _crown(registry)
    second = registry.add("club", "churn", train(1, NEXT))
    _challenge(registry, second, NEXT, is_good=True)
    decision = registry.rollback("club", "churn", as_of=NEXT)
    assert (decision.version, decision.champion) == (second, first)
    assert registry.champion("club", "churn") == first
    assert _challenge(registry, second, NEXT, is_good=True).action == "kept"
    assert registry.champion("club", "churn") == first


def test_a_second_rollback_goes_one_further_back(registry: Registry):
    versions = [_crown(registry, seed, DAY + timedelta(days=seed)) for seed in range(3)]
    for _ in range(2):
        registry.rollback("club", "churn", as_of=NEXT)
    assert registry.champion("club", "churn") == versions[0]
    with pytest.raises(RegistryError, match="no earlier champion"):
        registry.rollback("club", "churn", as_of=NEXT)


def test_rollback_to_an_altered_version_is_refused(registry: Registry):
    versions = [_crown(registry, seed, DAY + timedelta(days=seed)) for seed in range(2)]
    (registry.folder / "club/churn" / versions[0] / "card.md").write_text("better than it was")
    with pytest.raises(RegistryError, match=r"altered in card.md"):
        registry.rollback("club", "churn", as_of=LATER)
    assert registry.champion("club", "churn") == versions[1]


def test_without_a_champion_there_is_nothing_to_challenge(registry: Registry):
    version = registry.add("club", "churn", train())
    with pytest.raises(RegistryError, match="has no champion before 2024-03-31"):
        _challenge(registry, version, DAY, is_good=True)


def test_a_history_that_is_none_is_named(registry: Registry):
    _crown(registry)
    path = registry.folder / "club/churn/champion.json"
    path.write_text(json.dumps([{"as_of": "yesterday"}]))
    with pytest.raises(RegistryError, match="no history of champions"):
        registry.champion("club", "churn")
