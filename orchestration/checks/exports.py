"""Checks of a loaded export: the contract as Great Expectations sees it, quarantine, duplicates."""

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
from dagster import AssetCheckResult, AssetCheckSeverity, AssetCheckSpec, AssetKey, MetadataValue

from orchestration.exports.loading.results import IngestResult
from orchestration.exports.monitoring.expectations import RuleResult
from orchestration.markdown import markdown

CONTRACT, QUARANTINE, DUPLICATES = "contract", "quarantine", "duplicate_lines"

_LISTED_KINDS = 20


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


def quarantine_check(result: IngestResult, kinds: pa.Table | None = None) -> AssetCheckResult:
    """Warn of quarantined rows: they wait for someone to correct the source or the mapping.

    Parameters
    ----------
    kinds : the rows counted by what is wrong with them, the commonest first
    """
    read, quarantined = result.rows_read, result.rows_quarantined
    told: dict[str, Any] = {}
    if kinds is not None:
        shown = kinds.sort_by([("rows", "descending")]).slice(0, _LISTED_KINDS)
        columns = ["organization_id", "rows", "kind", "file", "line", "reason"]
        told = {
            "reasons": MetadataValue.md(markdown(shown.select(columns))),
            "next": "customer-intelligence quarantine list",
        }
    return AssetCheckResult(
        check_name=QUARANTINE,
        passed=not quarantined,
        severity=AssetCheckSeverity.WARN,
        metadata={
            "rows": quarantined,
            "share_percent": 100 * quarantined / read if read else 0.0,
            **told,
        },
    )


def duplicates_check(result: IngestResult) -> AssetCheckResult:
    """Warn of identical lines: they may be real and are kept, but raise totals if they are not."""
    return AssetCheckResult(
        check_name=DUPLICATES,
        passed=not result.duplicate_lines,
        severity=AssetCheckSeverity.WARN,
        metadata={"lines": result.duplicate_lines},
    )


def export_checks(
    result: IngestResult, rules: Sequence[RuleResult], kinds: pa.Table | None = None
) -> Iterator[AssetCheckResult]:
    """Yield the result of every check of one export."""
    yield contract_check(rules)
    yield quarantine_check(result, kinds)
    yield duplicates_check(result)
