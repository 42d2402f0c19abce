"""The machine dies while the registry writes: what stood before stands."""

import multiprocessing
import resource
import signal
from collections.abc import Callable
from datetime import timedelta

from ml.registry import Registry
from tests.ml.registry.conftest import DAY, train

_ROOM = 100
"""Bytes of a file after which the kernel kills the process."""


def _die_while(write: Callable[[], object]) -> None:
    def child() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_ROOM, _ROOM))
        write()

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGXFSZ


def test_a_version_is_there_whole_or_not_at_all(registry: Registry):
    first = registry.add("club", "churn", train())
    _die_while(lambda: registry.add("club", "churn", train(1)))
    assert registry.versions("club", "churn") == [first]
    second = registry.add("club", "churn", train(1))
    registry.load("club", "churn", second)
    left = {one.name for one in (registry.folder / "club/churn").iterdir()}
    assert left == {".lock", first, second}


def test_the_champion_stays_while_the_next_is_not_named(registry: Registry):
    first = registry.add("club", "churn", train())
    registry.promote("club", "churn", first, as_of=DAY, reason="the first version")
    second = registry.add("club", "churn", train(1))
    later = DAY + timedelta(days=1)
    _die_while(
        lambda: registry.promote("club", "churn", second, as_of=later, reason="it is better")
    )
    assert registry.champion("club", "churn") == first
    registry.promote("club", "churn", second, as_of=later, reason="it is better")
    assert registry.champion("club", "churn") == second
