"""Seconds and memory of a step."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

import psutil

_MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Measure:
    """What one step cost: time on the clock and of processors, and the most memory in use."""

    seconds: float
    processor_seconds: float
    peak_megabytes: float


class _PeakMemory:
    """Samples the memory of this process and its children."""

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._done = Event()
        self._thread = Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "_PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        own = psutil.Process()
        while not self._done.wait(0.05):
            total = 0
            for process in [own, *own.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self.megabytes = max(self.megabytes, total / _MEGABYTE)


def measure(step: Callable[[], object]) -> Measure:
    """Run a step once."""
    with _PeakMemory() as memory:
        started, used = time.perf_counter(), _processor_seconds()
        step()
        seconds, processors = time.perf_counter() - started, _processor_seconds() - used
    return Measure(seconds, processors, memory.megabytes)


def _processor_seconds() -> float:
    """Return what this process and the children that it has waited for have used so far."""
    return sum(os.times()[:4])
