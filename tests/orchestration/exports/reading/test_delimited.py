"""Who reads a file never changes a value: DuckDB and the careful reader, over generated files."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from orchestration.exports.landing.fetching import fetch
from orchestration.exports.landing.zone import Landing
from orchestration.exports.read_options import ReadOptions
from orchestration.exports.reading.headers import Header
from orchestration.exports.reading.sources import (
    PlainSource,
    QuotedSource,
    RecordsSource,
    Route,
    routes,
)

CASES = int(os.environ.get("LAW_CASES", "100"))
HEADER = Header(("a", "b"), 1)
PIECES = ["x", "é", " ", "  ", "\t", "\\", "\\N", '"', '""', "'", ",", ";", "\n", "\r\n", '\\"']

values = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
forms = st.builds(
    ReadOptions,
    delimiter=st.sampled_from([",", ";", "\t", " "]),
    quote=st.sampled_from(['"', "'", ""]),
    escape=st.sampled_from(['"', "\\"]),
)


@st.composite
def files(draw: Any) -> tuple[str, ReadOptions]:
    """Return a file of two columns, in which some values are not written as they should be."""
    read = draw(forms)

    def written() -> str:
        value: str = draw(values)
        if not read.quote or draw(st.booleans()):
            return value
        escape = read.escape if read.escape == "\\" else read.quote
        for sign in dict.fromkeys((escape, read.quote)):
            value = value.replace(sign, escape + sign)
        return draw(st.sampled_from(["", " "])) + f"{read.quote}{value}{read.quote}"

    rows = [read.delimiter.join((written(), written())) for _ in range(draw(st.integers(1, 4)))]
    return f"a{read.delimiter}b\n" + "".join(f"{row}\n" for row in rows), read


def rows_of(
    connection: duckdb.DuckDBPyConnection, source: PlainSource | QuotedSource | RecordsSource
) -> list[tuple[str | None, ...]]:
    """Return first line, last line and values, which are trimmed whoever reads them."""
    carried = "".join(f", {name}" for name in source.carried)
    query = f"select a, b{carried} from {source.relation}"
    rows: list[tuple[Any, ...]] = []
    for batch in connection.sql(query).to_arrow_reader(1000):
        where = source.positions(batch)
        trimmed = (
            [(value or "").strip(" \t\r\n") or None for value in batch[name].to_pylist()]
            for name in ("a", "b")
        )
        rows += zip(where.line.tolist(), where.last_line.tolist(), *trimmed, strict=True)
    return rows


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connected:
        yield connected


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("landing")
    (path / "shop").mkdir()
    return path


BACKSLASHES = ReadOptions(escape="\\")


@settings(max_examples=CASES, deadline=None, derandomize=not os.environ.get("LAW_CASES"))
@given(files())
@example(("a,b\n1,C:\\dir\n", BACKSLASHES))
@example(('a,b\n1,"say \\"hi\\" \\\\ \\n"\n', BACKSLASHES))
@example(('a\tb\n1\t"\tx\t"\n', ReadOptions(delimiter="\t")))
@example(('a,b\n1,"x" \n"y" ,2\n', ReadOptions()))
@example((f"a,b\n1,{'x' * 140_000}\n", ReadOptions()))
def test_both_readers_read_the_same(
    connection: duckdb.DuckDBPyConnection, folder: Path, case: tuple[str, ReadOptions]
) -> None:
    text, read = case
    (folder / "shop" / "x.csv").write_text(text, newline="")
    landing = Landing(str(folder))
    local = fetch(landing, landing.describe("shop", "x", date.min, "shop/x.csv"), read, folder)
    [route] = routes(connection, [local], read, HEADER)
    assume(route is not Route.RECORDS)
    kind = PlainSource if route is Route.PLAIN else QuotedSource
    files = [local] if route is Route.PLAIN else local
    source = kind(files, read, HEADER, is_numbered=False)  # type: ignore[arg-type]
    careful = RecordsSource(connection, local, read, HEADER, max_rejects=9)
    expected, rows = rows_of(connection, source), rows_of(connection, careful)
    # A quote out of place may cost a row, which is then quarantined, but changes none.
    assert set(rows) <= set(expected)
    assert len(rows) + careful.reader.rejects.count == len(expected)
    if not read.quote or f" {read.quote}" not in text:
        assert rows == expected
