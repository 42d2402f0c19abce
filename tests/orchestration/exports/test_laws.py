"""Properties that hold for every file and every order of events."""

import csv
import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from orchestration.exports.results import FileStatus
from orchestration.warehouse import open_warehouse

# Shrinking a failure through a warehouse takes minutes: the failing example itself says enough.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

COLUMNS = ("order_id", "customer_id", "ordered_at", "order_revenue", "status")

TEXTS = st.text(st.sampled_from('ab1,;" \n\r\t\u00a0é-.€'), max_size=6)
GOOD_ROWS = st.tuples(
    st.integers(1, 30).map("o{}".format),
    st.sampled_from(["c1", "c2", "", 'quoted "name", inc.', "two\nlines"]),
    st.sampled_from(["2024-05-01 10:00:00", "2024-05-01T10:00:00Z"]),
    st.sampled_from(["1.00", "-2.5", "1000"]),
    st.sampled_from(["placed", "returned", ""]),
)
JUNK_ROWS = st.tuples(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)
BROKEN_LINES = st.sampled_from(
    [
        "",
        "   ",
        "only,three,values",
        "a,b,c,d,e,f,g",
        '"open,2,3',
        'x,"y"z,1,2,3',
        '"',
        "\0,\0",
        ",,,,",
    ]
)


def written(row: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(row)
    return text.getvalue().removesuffix("\r\n")


RECORDS = st.lists(
    st.one_of(GOOD_ROWS.map(written), JUNK_ROWS.map(written), BROKEN_LINES), max_size=15
)


@contextmanager
def fresh_exports(make: Any) -> Iterator[Any]:
    with TemporaryDirectory() as folder:
        warehouse = open_warehouse(f"duckdb:///{folder}/warehouse.duckdb", Path(folder))
        exports = make(Path(folder) / "landing", warehouse)
        exports.organize(
            orders={"files": "orders_{date}*.csv", "keep": "customer_id is distinct from 'c2'"}
        )
        yield exports


@given(records=RECORDS, line_end=st.sampled_from(["\n", "\r\n"]), ends=st.booleans())
@settings(max_examples=30, deadline=None, phases=PHASES)
def test_every_line_of_a_file_is_loaded_quarantined_or_skipped(
    duckdb_exports_type: Any, records: list[str], line_end: str, ends: bool
) -> None:
    text = line_end.join([",".join(COLUMNS), *records]) + (line_end if ends else "")
    with fresh_exports(duckdb_exports_type) as exports:
        exports.deliver("orders_2024-05-01.csv", text)
        result = exports.load(quarantine_limit=1.0)
        assert [file.status for file in result.files] == [FileStatus.LOADED], result.refusals
        [(_, _, read, loaded, quarantined, skipped)] = exports.ledger()
        assert read == loaded + quarantined + skipped
        assert loaded == len(exports.orders())
        in_quarantine = exports.quarantine()
        assert quarantined == len(in_quarantine)
        assert all(reasons for _, _, reasons in in_quarantine)
        # Physical lines tell it once more, by other means: all that is not blank is somewhere.
        lines = text.split("\n")
        starts = {row[7] for row in exports.orders()} | {line for line, _, _ in in_quarantine}
        assert all(lines[line - 1].strip() for line in starts)
        if skipped == 0 and not any("\n" in record or "\r" in record for record in records):
            assert starts == {n for n, line in enumerate(lines, 1) if n > 1 and line.strip()}


DELIVERIES = st.lists(
    st.tuples(
        st.integers(1, 3), st.sampled_from("ab"), st.lists(GOOD_ROWS.map(written), max_size=4)
    ),
    min_size=1,
    max_size=5,
)


def deliver(exports: Any, delivery: tuple[int, str, list[str]]) -> None:
    day, part, rows = delivery
    text = "".join(f"{line}\n" for line in [",".join(COLUMNS), *rows])
    exports.deliver(f"orders_2024-05-0{day}_{part}.csv", text)


def state(exports: Any) -> tuple[Any, ...]:
    """Return everything but load ids and clocks."""
    standing = exports.rows(
        "select file, sha256, rows_read, rows_loaded, rows_quarantined, rows_skipped "
        "from ops.file_loads where status = 'loaded' order by file"
    )
    return exports.orders(), exports.quarantine(), standing


@given(deliveries=DELIVERIES, seed=st.integers(0, 99))
@settings(max_examples=12, deadline=None, phases=PHASES)
def test_the_outcome_depends_on_the_files_alone(
    duckdb_exports_type: Any, deliveries: list[tuple[int, str, list[str]]], seed: int
) -> None:
    final = {(day, part): (day, part, rows) for day, part, rows in deliveries}
    with (
        fresh_exports(duckdb_exports_type) as one_by_one,
        fresh_exports(duckdb_exports_type) as at_once,
    ):
        for delivery in deliveries:
            deliver(one_by_one, delivery)
            one_by_one.load()
        shuffled = list(final.values())
        random.Random(seed).shuffle(shuffled)
        for delivery in shuffled:
            deliver(at_once, delivery)
        at_once.load()
        assert state(one_by_one) == state(at_once)
        before = at_once.rows("select * from ops.file_loads order by load_id")
        at_once.load()
        assert at_once.rows("select * from ops.file_loads order by load_id") == before
