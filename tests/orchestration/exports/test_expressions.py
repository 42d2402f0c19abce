from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.exports.expressions import ExpressionError, parse
from orchestration.exports.read_options import ReadOptions
from orchestration.exports.sandbox import open_sandbox


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
        ("(select max(x) from y)", "query of its own"),
        ("a from read_csv('x')", "one SQL expression"),
        ("a where b = 'c'", "one SQL expression"),
        ("a, b", "one SQL expression"),
        ("1; select 2", "not valid SQL|one SQL expression"),
        ("sum(a) over ()", "other rows"),
        ("sum(a)", "must not call sum"),
        ("now()", "must not call now"),
        ("random()", "must not call random"),
        ("current_setting('temp_directory')", "must not call current_setting"),
        ("getvariable('x')", "must not call getvariable"),
        ("read_text('/etc/passwd')", "must not call read_text"),
        ("mony(a)", "does not exist; helpers are money"),
        ("fill_down(fill_down(a))", "inside fill_down"),
        ("columns('.*')", "name its columns"),
        ("a ||", "not valid SQL"),
    ],
)
def test_what_a_mapping_may_not_do_is_refused(
    sandbox: duckdb.DuckDBPyConnection, text: str, complaint: str
) -> None:
    with pytest.raises(ExpressionError, match=complaint):
        parse(sandbox, text, "order_id")
