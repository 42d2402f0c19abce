from datetime import date

import pyarrow as pa

from orchestration.checks.exports import contract_check, duplicates_check, quarantine_check
from orchestration.exports.loading.results import FileResult, FileStatus, IngestResult
from orchestration.exports.monitoring.expectations import RuleResult


def ingested(duplicates=0, **counts):
    file = FileResult("club", "orders", date(2024, 3, 1), "orders.csv", FileStatus.LOADED, **counts)
    return IngestResult("orders", pa.table({}), [file], duplicate_lines=duplicates)


def rule(name, *broken):
    return RuleResult(name, broken_rows=broken, rows=10, rows_total=10)


def test_a_broken_rule_fails_the_contract_and_is_named():
    check = contract_check([rule("status.allowed", 3), rule("order_id.required")])
    assert not check.passed
    assert check.metadata["broken_rules"].value == "status.allowed"


def test_nothing_newly_loaded_keeps_the_contract():
    assert contract_check([]).passed


def test_quarantined_rows_are_a_warning_with_their_share():
    check = quarantine_check(ingested(rows_read=200, rows_quarantined=3))
    assert (check.passed, check.severity.value) == (False, "WARN")
    assert check.metadata["share_percent"].value == 1.5


def test_the_commonest_reasons_are_told_first_with_an_example():
    place = {"organization_id": "club", "file": "orders.csv", "line": 7}
    kinds = pa.Table.from_pylist(
        [
            {**place, "rows": 1, "kind": "a|b", "reason": "a|b"},
            {
                **place,
                "rows": 2,
                "kind": "status: is not one of x",
                "reason": "status: y is not one",
            },
        ]
    )
    check = quarantine_check(ingested(rows_read=200, rows_quarantined=3), kinds)
    first, second = check.metadata["reasons"].value.splitlines()[2:]
    assert first == "| club | 2 | status: is not one of x | orders.csv | 7 | status: y is not one |"
    assert "a\\|b" in second
    assert check.metadata["next"].value == "customer-intelligence quarantine list"


def test_an_empty_ingestion_has_no_share_to_divide():
    assert quarantine_check(ingested()).metadata["share_percent"].value == 0


def test_identical_lines_are_a_warning():
    check = duplicates_check(ingested(duplicates=2))
    assert (check.passed, check.severity.value) == (False, "WARN")
