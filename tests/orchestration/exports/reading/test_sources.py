import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from orchestration.exports.reading.headers import read_header
from orchestration.exports.reading.sources import (
    PlainSource,
    QuotedSource,
    RecordsSource,
    Route,
    routes,
)

Way = Callable[..., Route]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connected:
        yield connected


@pytest.fixture
def way(connection: duckdb.DuckDBPyConnection, fetched: Any) -> Way:
    def find(text: str | bytes, **read: Any) -> Route:
        local, options = fetched(text, **read)
        [found] = routes(connection, [local], options, read_header(local, options))
        return found

    return find


@pytest.mark.parametrize(
    ("text", "read", "expected"),
    [
        ("a,b\n1,2\n3,4\n", {}, Route.PLAIN),
        ("a,b\r\n1,2\r\n3,4", {}, Route.PLAIN),
        ("a,b\n", {}, Route.PLAIN),
        ('a,b\n1,"x\ny"\n3,4\n', {}, Route.QUOTED),
        ('a,b\r\n1,"x\r\n\r\ny"\r\n3,"4\n"\r\n', {}, Route.QUOTED),
        ("a;b\n'x\ny';2\n", {"delimiter": ";", "quote": "'"}, Route.QUOTED),
        ('a,b\n1,"x\ny\n', {"quote": ""}, Route.RECORDS),
        ("a,b\n1,2\n\n3,4\n", {}, Route.RECORDS),
        ("a,b\n1\n3,4\n", {}, Route.RECORDS),
        ("a,b\n1,2\n3,4\n", {"short_lines": "pad"}, Route.RECORDS),
        ("a,b\n1,2,\n3,4\n", {}, Route.PLAIN),
        ("a,b\n1,2,,\n3,4,,5\n", {}, Route.RECORDS),
        ('a,b\n1,"2" x\n3,"4\n5"\n', {}, Route.RECORDS),
        ("a,b\n1,2\r3,4\n", {}, Route.RECORDS),
        (b"a,b\n1,\xff\n", {}, Route.RECORDS),
        ('"a\nb",c\n1,2\n', {}, Route.RECORDS),
        ('{"a": 1}\n{"a": 2}\n', {"format": "json"}, Route.RECORDS),
    ],
)
def test_duckdb_reads_what_it_loses_nothing_of(
    way: Way, text: str | bytes, read: dict[str, Any], expected: Route
) -> None:
    assert way(text, **read) is expected


QUOTED = 'a,b\r\n1,"two\r\nlines"\r\n2,plain\r\n"\n\n3","say ""hi"",\nor not"\r\n4,"é\n"\r\n'


def by_python(text: str) -> list[tuple[str, str, int, int]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    next(reader)
    rows, last = [], 1
    for values in reader:
        lines = "".join(values).count("\n") + 1
        rows.append((*values, last + 1, last + lines))
        last += lines
    return rows  # type: ignore[return-value]


@pytest.mark.parametrize("is_numbered", [False, True])
def test_records_with_line_breaks_know_their_lines(
    connection: duckdb.DuckDBPyConnection, fetched: Any, is_numbered: bool
) -> None:
    local, read = fetched(QUOTED)
    source = QuotedSource(local, read, read_header(local, read), is_numbered=is_numbered)
    found = []
    carried = ", ".join(source.carried)
    for batch in connection.sql(f"select a, b, {carried} from {source.relation}").to_arrow_reader(
        2
    ):
        where = source.positions(batch)
        lines = zip(where.line.tolist(), where.last_line.tolist(), strict=True)
        values = zip(batch["a"].to_pylist(), batch["b"].to_pylist(), strict=True)
        found += [(*pair, *span) for pair, span in zip(values, lines, strict=True)]
    assert found == by_python(QUOTED)


def test_the_careful_reader_agrees(connection: duckdb.DuckDBPyConnection, fetched: Any) -> None:
    local, read = fetched(QUOTED)
    source = RecordsSource(connection, local, read, read_header(local, read), max_rejects=9)
    rows = connection.sql(f"select * from {source.relation}").fetchall()
    assert rows == by_python(QUOTED)


def test_rows_of_many_plain_files_know_file_and_line(
    connection: duckdb.DuckDBPyConnection, fetched: Any
) -> None:
    first, read = fetched("a,b\n1,x\n2,y\n")
    header = read_header(first, read)
    other = first.path.with_name("other.csv")
    other.write_text("a,b\n3,z\n")
    second = replace(first, path=other, lines=2)
    source = PlainSource([first, second], read, header, is_numbered=True)
    query = f"select a, {', '.join(source.carried)} from {source.relation}"
    found = []
    for batch in connection.sql(query).to_arrow_reader(100):
        where = source.positions(batch)
        places = zip(where.file.tolist(), where.line.tolist(), strict=True)
        found += list(zip(batch["a"].to_pylist(), places, strict=True))
    assert found == [("1", (0, 2)), ("2", (0, 3)), ("3", (1, 2))]
