from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from orchestration.exports.mapping.validation import demand, violation
from orchestration.exports.rules import Rule, RuleKind
from orchestration.exports.sql import identifier

DAY = date(2024, 5, 1)


@pytest.mark.parametrize(
    ("kind", "parameter", "kind_of_value", "good_and_bad", "wanted"),
    [
        (RuleKind.REQUIRED, None, "varchar", ("x", None), "where a value is required"),
        (RuleKind.MINIMUM, 0, "int", (0, -1), "is below the minimum 0"),
        (
            RuleKind.MAXIMUM,
            Decimal("1.5"),
            "decimal(9, 2)",
            ("1.5", "1.51"),
            "above the maximum 1.5",
        ),
        (RuleKind.MINIMUM, DAY, "date", ("2024-05-01", "2024-04-30"), "the minimum 2024-05-01"),
        (RuleKind.ABOVE, 0, "int", (1, 0), "is not above 0"),
        (RuleKind.ALLOWED, ("a", "it's"), "varchar", ("it's", "A"), "is not one of a, it's"),
        (RuleKind.PATTERN, "^[A-Z]{2}$", "varchar", ("GB", "gb"), "does not match ^[A-Z]{2}$"),
    ],
)
def test_a_rule_finds_its_violations(
    kind: RuleKind, parameter: Any, kind_of_value: str, good_and_bad: Any, wanted: str
) -> None:
    rule = Rule(kind, ("x",), parameter=parameter)
    query = (
        f"select {violation(rule, identifier)} from "
        f"(select unnest([$1, $2, null])::{kind_of_value} as x)"
    )
    [(of_good,), (of_bad,), (of_nothing,)] = duckdb.execute(query, [*good_and_bad]).fetchall()
    assert not of_good
    assert of_bad
    assert bool(of_nothing) is (kind is RuleKind.REQUIRED)
    assert wanted in demand(rule)


def test_one_column_may_not_come_before_another() -> None:
    rule = Rule(RuleKind.NOT_BEFORE, ("end", "start"))
    query = (
        f'select {violation(rule, identifier)} from (select $1::date as "end", $2::date as start)'
    )
    assert duckdb.execute(query, [DAY, DAY]).fetchall() == [(False,)]
    assert duckdb.execute(query, [DAY, date(2024, 5, 2)]).fetchall() == [(True,)]
    assert duckdb.execute(query, [DAY, None]).fetchall() == [(None,)]
    assert demand(rule) == "is before start"
