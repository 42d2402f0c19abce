from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.exports.mapping.expressions import parse
from orchestration.exports.mapping.permissions import ExpressionError
from orchestration.exports.mapping.sandbox import open_sandbox
from orchestration.exports.read_options import ReadOptions


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_sandbox([], "UTC", ReadOptions(), tmp_path) as connection:
        yield connection


def test_an_expression_tells_which_columns_it_reads(sandbox: duckdb.DuckDBPyConnection) -> None:
    expression = parse(sandbox, """coalesce("Nr.", other) || ':' || _line""", "order_id")
    assert expression.columns == ("Nr.", "other")
    assert expression.reads_line


def test_the_parameter_of_a_lambda_is_no_column(sandbox: duckdb.DuckDBPyConnection) -> None:
    text = "list_transform(string_split(tags, ','), lambda tag: trim(tag) || suffix)[1]"
    assert parse(sandbox, text, "status").columns == ("tags", "suffix")


def test_fill_down_becomes_a_column_of_its_own(sandbox: duckdb.DuckDBPyConnection) -> None:
    expression = parse(sandbox, """'Ü' || fill_down("Größe") || fill_down(trim(b))""", "order_id")
    assert sorted(expression.fills.values()) == ['"Größe"', "trim(b)"]
    assert "fill_down" not in expression.sql
    assert expression.columns == ("Größe", "b")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a where b = 'c'", "one SQL expression"),
        ("a, b", "one SQL expression"),
        ("a limit 1", "one SQL expression"),
        ("a union select b", "one SQL expression"),
        ("1; select 2", "not valid SQL|one SQL expression"),
        ("a ||", "not valid SQL"),
        ("mony(a)", "does not exist; helpers are money"),
        ("fill_down(fill_down(a))", "inside fill_down"),
        ("a || " * 3000 + "a", "longer than 10,000 characters"),
    ],
)
def test_a_mapping_is_made_of_single_expressions(
    sandbox: duckdb.DuckDBPyConnection, text: str, complaint: str
) -> None:
    with pytest.raises(ExpressionError, match=complaint):
        parse(sandbox, text, "order_id")


def test_a_comment_ends_with_its_expression(sandbox: duckdb.DuckDBPyConnection) -> None:
    expression = parse(sandbox, "'a' -- the first letter", "order_id")
    assert sandbox.execute(f"select ({expression.sql}) || 'b'").fetchall() == [("ab",)]
