"""Checks of enrichment: fewer matches than before, credits that run out, customers left behind.

They warn and block nothing: what was answered is kept, and the rest waits for the next run.
"""

from collections.abc import Iterator
from math import sqrt

from dagster import AssetCheckResult, AssetCheckSeverity, AssetCheckSpec, AssetKey

from orchestration.enrichment.report import Report

MATCH_RATE, BUDGET, STALE = "match_rate", "budget", "stale_share"

_LEAST_JUDGED = 30
_STANDARD_ERRORS = 3
_MOST_STALE_PERCENT = 25


def enrichment_check_specs(key: AssetKey) -> list[AssetCheckSpec]:
    """Return the checks of a run of enrichment."""
    descriptions = {
        MATCH_RATE: "As many questions found somebody as in earlier runs.",
        BUDGET: "The budget was enough for everybody who was due.",
        STALE: f"At most {_MOST_STALE_PERCENT} percent of customers wait to be asked for (again).",
    }
    return [
        AssetCheckSpec(name, asset=key, description=text) for name, text in descriptions.items()
    ]


def enrichment_checks(report: Report) -> Iterator[AssetCheckResult]:
    """Yield the result of every check."""
    yield _match_rate(report)
    yield _budget(report)
    yield _stale(report)


def _match_rate(report: Report) -> AssetCheckResult:
    now, before = report.found, report.found_before
    dropped = False
    if now.rate is not None and before.rate is not None and now.judged >= _LEAST_JUDGED:
        spread = sqrt(before.rate * (1 - before.rate) / now.judged)
        dropped = now.rate < before.rate - _STANDARD_ERRORS * spread
    return _warning(
        MATCH_RATE,
        passed=not dropped,
        match_percent=_percent(now.rate),
        match_percent_before=_percent(before.rate),
    )


def _percent(rate: float | None) -> float | str:
    return "unknown" if rate is None else round(100 * rate, 1)


def _budget(report: Report) -> AssetCheckResult:
    waiting = sum(tally.waiting for tally in report.tallies.values())
    return _warning(
        BUDGET,
        passed=not waiting or bool(report.stopped) or report.room > report.credits,
        credits=report.credits,
        credits_left=report.room - report.credits,
        waiting=waiting,
    )


def _stale(report: Report) -> AssetCheckResult:
    candidates = sum(tally.candidates for tally in report.tallies.values())
    waiting = sum(tally.waiting for tally in report.tallies.values())
    percent = 100 * waiting / candidates if candidates else 0.0
    return _warning(
        STALE, passed=percent <= _MOST_STALE_PERCENT, waiting=waiting, percent=round(percent, 1)
    )


def _warning(name: str, *, passed: bool, **figures: float | str) -> AssetCheckResult:
    return AssetCheckResult(
        check_name=name,
        passed=passed,
        severity=AssetCheckSeverity.WARN,
        metadata=figures,
    )
