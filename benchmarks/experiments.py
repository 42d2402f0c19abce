"""Whether A/B tests keep their promises: simulated tests, looked at on every day.

``make bench-experiments`` simulates tests without a difference and tests with the effect that they
were planned for, lets the verdict of each day be read, and prints how often a winner was called on
any of them. Tests without a difference run for as long as planned, and for three times as long:
people do not stop on the dot.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from ml.arrays import Floats
from ml.experiments import DAY_COLUMNS, judge_tests, plan

Draw = Callable[[np.random.Generator, int, float], Floats]

FIRST = date(2024, 1, 1)
LEVEL, POWER, MARGIN = 0.05, 0.80, 0.02


@dataclass(frozen=True)
class Metric:
    """A metric to simulate, and how people's values are drawn."""

    name: str
    metric_type: str
    baseline: float
    deviation: float | None
    effect: float
    draw: Draw
    days: int


def _converted(rng: np.random.Generator, people: int, mean: float) -> Floats:
    return (rng.random(people) < mean).astype(float)


def _normal(rng: np.random.Generator, people: int, mean: float) -> Floats:
    return rng.normal(mean, 10, people)


METRICS = [
    Metric("conversion of 10 %", "proportion", 0.10, None, 0.20, _converted, 14),
    Metric("conversion of 3 %", "proportion", 0.03, None, 0.20, _converted, 28),
    Metric("money per person", "mean", 10, 10, 0.20, _normal, 14),
]


def main() -> int:
    """Simulate and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tests", type=int, default=2000, help="of each kind (2000)")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    rows = []
    for metric in METRICS:
        started = time.perf_counter()
        told = {
            "false positives": _rate(metric, asked.tests, 0.0, 1, asked.seed),
            "run on": _rate(metric, asked.tests, 0.0, 3, asked.seed + 1),
            "power": _rate(metric, asked.tests, metric.effect, 1, asked.seed + 2),
        }
        planned = _planned(metric)
        rows.append({"metric": metric.name, "per group": planned, "looks": metric.days, **told})
        print(f"{metric.name}: {time.perf_counter() - started:,.0f} s", flush=True)
    table = pd.DataFrame(rows)
    print(f"\n{asked.tests:,} tests each, promised: {LEVEL:.0%} at most, power {POWER:.0%}")
    print(table.round(4).to_string(index=False))
    kept = (table[["false positives", "run on"]].to_numpy() <= LEVEL).all() and (
        (table["power"] - POWER).abs() <= MARGIN
    ).all()
    return 0 if kept else 1


def _planned(metric: Metric) -> int:
    return plan(metric.baseline, metric.effect, standard_deviation=metric.deviation).control


def _rate(metric: Metric, tests: int, effect: float, times: int, seed: int) -> float:
    """Return the share of tests in which the verdict of any day named a winner.

    A winner stands from the day on which its evidence sufficed, so the last day's verdict tells of
    all days before; one that groups of odd sizes block on the last day is not counted.
    """
    rng = np.random.default_rng(seed)
    baselines = {"a": metric.baseline, "b": metric.baseline * (1 + effect)}
    days = [
        _group(metric, baseline, times, rng).assign(test_id=f"t{number}", group_name=name)
        for number in range(tests)
        for name, baseline in baselines.items()
    ]
    settings = pd.DataFrame(
        {
            "test_id": [f"t{number}" for number in range(tests)],
            "metric_type": metric.metric_type,
            "control_group": "a",
            "status": "running",
            "end_date": None,
            "confidence_level": 1 - LEVEL,
            "minimum_effect": metric.effect,
        }
    )
    last = FIRST + timedelta(days=metric.days * times)
    verdicts = judge_tests(settings, pd.concat(days, ignore_index=True), last)
    return float((verdicts["winner"] != "inconclusive").mean())


def _group(metric: Metric, baseline: float, times: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return a group's sums by day; every day brings as many people as chance makes it."""
    looks = metric.days * times
    people = rng.poisson(_planned(metric) / metric.days, looks)
    values = metric.draw(rng, int(people.sum()), baseline)
    ends = np.cumsum(people)

    def by_day(totals: Floats) -> Floats:
        return np.diff(np.concatenate([[0.0], totals])[np.concatenate([[0], ends])])

    sums = {
        "assigned_date": [FIRST + timedelta(days=day) for day in range(looks)],
        "assigned": people,
        "units": people,
        "value_sum": by_day(np.cumsum(values)),
        "value_squares": by_day(np.cumsum(values**2)),
    }
    return pd.DataFrame(sums).reindex(columns=DAY_COLUMNS).fillna(0)


if __name__ == "__main__":
    sys.exit(main())
