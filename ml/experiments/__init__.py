"""Experiments: how large they must be, and who won.

>>> plan(0.10, 0.20, people_per_day=1000)        # people per group and days
>>> judge_tests(tests, days, as_of)              # a row per test and variant

Planner and verdict share one design: results may be looked at every day, the error rate of all
looks and variants together stays below one less the confidence level (group sequential bounds,
Holm over variants), and at the planned sample the power is the one that was planned.

``tests`` has ``TEST_COLUMNS``, ``days`` has ``DAY_COLUMNS`` of one organization, and the result has
``RESULT_COLUMNS``.
"""

from ml.experiments.designs import Design
from ml.experiments.errors import ExperimentError
from ml.experiments.judging import DAY_COLUMNS, RESULT_COLUMNS, TEST_COLUMNS, judge_tests
from ml.experiments.planning import Plan, plan

__all__ = [
    "DAY_COLUMNS",
    "RESULT_COLUMNS",
    "TEST_COLUMNS",
    "Design",
    "ExperimentError",
    "Plan",
    "judge_tests",
    "plan",
]
