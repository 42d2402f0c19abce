from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.exports.mapping.expressions import parse
from orchestration.exports.mapping.permissions import ExpressionError
from orchestration.exports.mapping.sandbox import open_sandbox
from orchestration.exports.read_options import ReadOptions


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder: Path = tmp_path_factory.mktemp("spill")
    with open_sandbox([], "UTC", ReadOptions(), folder) as connection:
        yield connection


@pytest.mark.parametrize(
    "text",
    [
        "coalesce(nullif(trim(a), ''), split_part(b, '-', 1))",
        "case when a like 'Total%' or b in ('x', 'y') then null else upper(a) end",
        "list_transform(string_split(a, ','), lambda part: trim(part))[1]",
        "cast(a as decimal(18, 2)) * -1 + interval 1 day",
        "lpad(a, 5, '0') || format('{:05d}', 7) || printf('%05d', 7)",
        "regexp_extract(a, '[0-9]+') collate nocase",
        "if(a is null, b, a)",
        "json_extract_string(a, '$.city')",
        "age(date '2024-01-02', date '2024-01-01')",
        "try(cast(a as int)) between 1 and 9",
    ],
)
def test_what_follows_from_the_row_is_allowed(
    sandbox: duckdb.DuckDBPyConnection, text: str
) -> None:
    assert parse(sandbox, text, "order_id").text == text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        # other rows, other tables
        ("(select max(x) from y)", "query of its own"),
        ("exists (select 1)", "query of its own"),
        ("a = any (array['x'])", "query of its own"),
        ("a in (select name from duckdb_secrets())", "query of its own"),
        ("a from read_csv('x')", "one SQL expression"),
        ("sum(a) over ()", "other rows"),
        ("lag(a) over ()", "other rows"),
        ("row_number() over ()", "other rows"),
        ("sum(a)", "must not call sum"),
        ("geomean(a)", "must not call geomean"),
        ("first(a)", "must not call first"),
        ("unnest(string_split(a, ','))", "must not call unnest"),
        ("regexp_split_to_table(a, ',')", "must not call regexp_split_to_table"),
        ("nextval('x')", "must not call nextval"),
        ("pg_get_viewdef(1)", "must not call pg_get_viewdef"),
        ("json_serialize_plan('select 1')", "must not call json_serialize_plan"),
        ("json_execute_serialized_sql(a)", "must not call json_execute_serialized_sql"),
        ("query(a)", "must not call query"),
        # files, network, settings, environment
        ("read_text('/etc/passwd')", "must not call read_text"),
        ("read_blob('/etc/passwd')", "must not call read_blob"),
        ("read_csv('/etc/passwd')", "must not call read_csv"),
        ("read_json('https://example.com')", "must not call read_json"),
        ("glob('/*')", "must not call glob"),
        ("getenv('HOME')", "does not exist"),
        ("attach('x')", "does not exist"),
        ("copy (select 1) to 'x'", "not valid SQL"),
        ("current_setting('temp_directory')", "must not call current_setting"),
        ("getvariable('x')", "must not call getvariable"),
        ("pragma_version()", "must not call pragma_version"),
        ("which_secret('s3://x', 's3')", "must not call which_secret"),
        ("get_block_size('memory')", "must not call get_block_size"),
        ("version()", "must not call version"),
        ("current_database()", "must not call current_database"),
        ("main.read_text('/etc/passwd')", "must not call read_text"),
        # clocks, chance, waiting
        ("now()", "must not call now"),
        ("get_current_timestamp()", "must not call get_current_timestamp"),
        ("ago(interval 1 day)", "must not call ago"),
        ("age(cast(a as timestamp))", "must not call age"),
        ("random()", "must not call random"),
        ("uuid()", "must not call uuid"),
        ("pg_sleep(1)", "must not call pg_sleep"),
        ("sleep_ms(1)", "must not call sleep_ms"),
        # memory
        ("repeat('x', 10000000000)", "values of any length"),
        ("len(range(1000000000000))", "values of any length"),
        ("generate_series(1, 1000000000)", "values of any length"),
        ("list_resize([1], 1000000000)", "values of any length"),
        ("lpad(a, 2000000000, ' ')", "number up to 1000"),
        ("rpad(a, length(b) * 1000000, ' ')", "number up to 1000"),
        ("printf('%2000000000d', 1)", "widths below 1000"),
        ("printf('%*d', 2000000000, 1)", "widths below 1000"),
        ("format('{:{}}', 1, 2000000000)", "widths below 1000"),
        ("format(a, 1)", "widths below 1000"),
        # columns without a name
        ("columns('.*')", "name its columns"),
        ("#1", "name its columns"),
        ("?", "columns, values and functions alone"),
        ("default", "columns, values and functions alone"),
    ],
)
def test_what_reaches_beyond_the_row_is_refused(
    sandbox: duckdb.DuckDBPyConnection, text: str, complaint: str
) -> None:
    with pytest.raises(ExpressionError, match=complaint):
        parse(sandbox, text, "order_id")
