"""Checks of a loaded export: the contract as Great Expectations sees it, quarantine, duplicates."""

from collections.abc import Iterator, Sequence

from dagster import AssetCheckResult, AssetCheckSeverity, AssetCheckSpec, AssetKey

from orchestration.exports.expectations import RuleResult
from orchestration.exports.results import IngestResult

CONTRACT, QUARANTINE, DUPLICATES = "contract", "quarantine", "duplicate_lines"


def export_check_specs(key: AssetKey) -> list[AssetCheckSpec]:
    """Return the checks of one export; only the contract's blocks what lies downstream."""
    return [
        AssetCheckSpec(
            CONTRACT,
            asset=key,
            blocking=True,
            description="Great Expectations finds the contract kept by the loaded rows.",
        ),
        AssetCheckSpec(
            QUARANTINE, asset=key, description="No row of the deliveries was quarantined."
        ),
        AssetCheckSpec(
            DUPLICATES, asset=key, description="No delivery holds the same line more than once."
        ),
    ]


def contract_check(rules: Sequence[RuleResult]) -> AssetCheckResult:
    """Judge the referee's results, rule by rule."""
    broken = [rule for rule in rules if not rule.passed]
    return AssetCheckResult(
        check_name=CONTRACT,
        passed=not broken,
        severity=AssetCheckSeverity.ERROR,
        metadata={
            "rules": len(rules),
            "rows_examined": max((rule.rows for rule in rules), default=0),
            "broken_rules": ", ".join(rule.name for rule in broken) or "none",
        },
    )


def quarantine_check(result: IngestResult) -> AssetCheckResult:
    """Warn of quarantined rows: they wait for someone to correct the source or the mapping."""
    read, quarantined = result.rows_read, result.rows_quarantined
    return AssetCheckResult(
        check_name=QUARANTINE,
        passed=not quarantined,
        severity=AssetCheckSeverity.WARN,
        metadata={"rows": quarantined, "share_percent": 100 * quarantined / read if read else 0.0},
    )


def duplicates_check(result: IngestResult) -> AssetCheckResult:
    """Warn of identical lines: they may be real and are kept, but raise totals if they are not."""
    return AssetCheckResult(
        check_name=DUPLICATES,
        passed=not result.duplicate_lines,
        severity=AssetCheckSeverity.WARN,
        metadata={"lines": result.duplicate_lines},
    )


def export_checks(result: IngestResult, rules: Sequence[RuleResult]) -> Iterator[AssetCheckResult]:
    """Yield the result of every check of one export."""
    yield contract_check(rules)
    yield quarantine_check(result)
    yield duplicates_check(result)
