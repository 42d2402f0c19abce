from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from orchestration.exports.contracts import Contract, load_contracts
from orchestration.exports.mapping.validation import violation
from orchestration.exports.monitoring.expectations import UNIQUE, build_suite, examine, referee
from orchestration.exports.sql import identifier

CONTRACT = Contract.model_validate(
    {
        "export": "things",
        "description": "Things.",
        "delivery": "changes",
        "key": ["thing_id"],
        "columns": {
            "thing_id": {"type": "id", "required": True, "description": "x"},
            "count": {"type": "integer", "minimum": 0, "maximum": 9, "description": "x"},
            "price": {"type": "money", "above": 0, "maximum": 9.5, "description": "x"},
            "share": {"type": "number", "minimum": 0, "maximum": 1, "description": "x"},
            "state": {"type": "text", "allowed": ["new", "old"], "description": "x"},
            "code": {"type": "text", "pattern": "^[A-Z]{2}$", "description": "x"},
            "part": {"type": "text", "pattern": "b+", "description": "x"},
            "made": {"type": "date", "description": "x"},
            "sold": {"type": "time", "description": "x"},
            "paid": {"type": "time", "description": "x"},
        },
        "rules": [{"not_before": ["paid", "sold"]}],
    }
)
MOMENTS = [datetime(2024, 1, day, tzinfo=UTC) for day in (1, 2, 3)]


def maybe(values: list[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.sampled_from(values))


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "organization_id": st.just("shop"),
            "_export_date": st.sampled_from([date(2024, 1, 1), date(2024, 1, 2)]),
            "thing_id": maybe(["a", "b", "c"]),
            "count": maybe([-1, 0, 9, 10]),
            "price": maybe([Decimal("0.00"), Decimal("0.01"), Decimal("9.50"), Decimal("9.51")]),
            "share": maybe([Decimal("-0.0001"), Decimal(0), Decimal(1), Decimal("1.0001")]),
            "state": maybe(["new", "old", "New", ""]),
            "code": maybe(["GB", "gb", "GBP", "xGB"]),
            "part": maybe(["abc", "xyz", "bb"]),
            "made": maybe([date(1899, 12, 31), date(1900, 1, 1), date(9999, 12, 31)]),
            "sold": maybe(MOMENTS),
            "paid": maybe(MOMENTS),
        }
    ),
    min_size=40,
    max_size=60,
)


@given(ROWS)
@settings(max_examples=2, deadline=None, phases=(Phase.explicit, Phase.generate))
def test_sql_and_great_expectations_judge_every_row_alike(rows: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist(rows, CONTRACT.arrow_schema())
    examined = {result.name: set(result.broken_rows) for result in examine(CONTRACT, table)}
    with duckdb.connect() as connection:
        connection.register("rows", table)
        for rule in CONTRACT.rules():
            condition = violation(rule, identifier)
            numbered = "select *, row_number() over () - 1 as n from rows"
            query = f"select n from ({numbered}) where {condition}"
            assert {n for (n,) in connection.execute(query).fetchall()} == examined[rule.name], rule
    keys = [(row["_export_date"], row["thing_id"]) for row in rows]
    repeated = {n for n, key in enumerate(keys) if None not in key and keys.count(key) > 1}
    assert {n for n in examined[UNIQUE] if rows[n]["thing_id"] is not None} == repeated


def test_the_suite_has_an_expectation_for_every_rule_and_for_the_key() -> None:
    for contract in load_contracts().values():
        names = [expectation.meta["rule"] for expectation in build_suite(contract).expectations]
        assert names == [*(rule.name for rule in contract.rules()), UNIQUE]


def test_loaded_rows_keep_their_contract(exports: Any) -> None:
    exports.deliver_orders("o1,c1,2024-05-01 10:00:00,10.00,placed")
    result = exports.load()
    outcome = referee(exports.warehouse, load_contracts()["orders"], result.load_ids)
    assert outcome
    assert all(rule.passed and rule.rows == rule.rows_total == 1 for rule in outcome)


def test_a_row_that_slipped_past_the_loader_is_found(exports: Any) -> None:
    exports.deliver_orders("o1,c1,2024-05-01 10:00:00,10.00,placed")
    result = exports.load()
    with exports.warehouse.session() as session:
        session.execute("update raw.orders set status = 'lost'")
    outcome = referee(exports.warehouse, load_contracts()["orders"], result.load_ids)
    assert [rule.name for rule in outcome if not rule.passed] == ["status.allowed"]


def test_nothing_loaded_is_nothing_to_examine(duckdb_exports: Any) -> None:
    assert referee(duckdb_exports.warehouse, load_contracts()["orders"], []) == []
