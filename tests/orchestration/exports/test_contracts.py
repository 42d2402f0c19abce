from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.exports.contracts import ContractError, load_contracts
from orchestration.exports.rules import RuleKind, Severity

CONTRACT = """
export: things
description: Things.
delivery: changes
key: [thing_id]
columns:
  thing_id: {type: id, required: true, description: The thing.}
  price: {type: money, above: 0, severity: reject, description: Its price.}
  made: {type: date, description: When it was made.}
  sold: {type: date, description: When it was sold.}
rules: [{not_before: [sold, made]}]
"""


def test_every_contract_of_the_product_is_valid() -> None:
    assert set(load_contracts()) >= {"accounts", "bookings", "members", "order_lines", "orders"}


def test_a_raw_table_has_organization_canonical_columns_and_load_metadata() -> None:
    schema = load_contracts()["orders"].arrow_schema()
    assert schema.names[0] == "organization_id"
    assert schema.names[-5:] == ["_export_date", "_file", "_line", "_load_id", "_loaded_at"]
    assert schema.field("order_revenue").type == pa.decimal128(18, 2)
    assert schema.field("ordered_at").type == pa.timestamp("us", "UTC")


def test_rules_come_with_their_severity(contract_folder: Callable[[str], Path]) -> None:
    rules = {
        rule.name: rule for rule in load_contracts(contract_folder(CONTRACT))["things"].rules()
    }
    assert rules["thing_id.required"].severity is Severity.QUARANTINE
    assert rules["price.above"].severity is Severity.REJECT
    assert rules["sold.made.not_before"].kind is RuleKind.NOT_BEFORE


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("above: 0", "abvoe: 0", "columns.price.abvoe"),
        ("key: [thing_id]", "key: [price]", "'price' must be required"),
        ("key: [thing_id]", "key: [id]", "'id' is not one of the columns"),
        ("type: money", "type: cash", "columns.price.type"),
        (
            "type: date, description: When it was made.",
            "type: date, minimum: 1, description: x",
            "minimum",
        ),
        ("not_before: [sold, made]", "not_before: [sold, bought]", "'bought'"),
        ("export: things", "export: thing", "rename one of them"),
        ("columns:", "columns: [", "not valid"),
    ],
)
def test_a_faulty_contract_is_refused_with_the_place_of_the_fault(
    contract_folder: Callable[[str], Path], old: str, new: str, complaint: str
) -> None:
    with pytest.raises(ContractError, match=r"things\.yml") as caught:
        load_contracts(contract_folder(CONTRACT.replace(old, new)))
    assert complaint in str(caught.value)
