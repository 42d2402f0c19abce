"""Properties that hold for every file and every order of events.

LAW_CASES says how many cases of each property are tried; ``python -m benchmarks.laws`` tries many.
"""

import csv
import gzip
import io
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from orchestration.exports.loading.results import FileStatus
from tests.orchestration.exports.conftest import Exports

# Shrinking a failure through a warehouse takes minutes: the failing example itself says enough.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
CASES = int(os.environ.get("LAW_CASES", "0"))

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


@pytest.fixture(scope="module")
def new_exports(
    copies_of_empty_exports: Callable[[], AbstractContextManager[Exports]],
) -> Callable[[], AbstractContextManager[Exports]]:
    """Return a function that gives exports with an empty warehouse, and how their files are mapped."""

    @contextmanager
    def make() -> Iterator[Exports]:
        with copies_of_empty_exports() as exports:
            exports.organize(
                orders={"files": "orders_{date}*.csv", "keep": "customer_id is distinct from 'c2'"},
                order_lines={"files": "lines_{date}*.csv"},
            )
            yield exports

    return make


@given(records=RECORDS, line_end=st.sampled_from(["\n", "\r\n"]), ends=st.booleans())
@settings(max_examples=CASES or 12, deadline=None, phases=PHASES)
def test_every_line_of_a_file_is_loaded_quarantined_or_skipped(
    new_exports: Callable[[], AbstractContextManager[Exports]],
    records: list[str],
    line_end: str,
    ends: bool,
) -> None:
    text = line_end.join([",".join(COLUMNS), *records]) + (line_end if ends else "")
    with new_exports() as exports:
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


def deliver(exports: Exports, delivery: tuple[int, str, list[str]]) -> None:
    day, part, rows = delivery
    text = "".join(f"{line}\n" for line in [",".join(COLUMNS), *rows])
    exports.deliver(f"orders_2024-05-0{day}_{part}.csv", text)


def state(exports: Exports) -> tuple[Any, ...]:
    """Return everything but load ids and clocks."""
    standing = exports.rows(
        "select file, sha256, rows_read, rows_loaded, rows_quarantined, rows_skipped "
        "from ops.file_loads where status = 'loaded' order by file"
    )
    return exports.orders(), exports.quarantine(), standing


@given(deliveries=DELIVERIES, seed=st.integers(0, 99))
@settings(max_examples=CASES or 6, deadline=None, phases=PHASES)
def test_the_outcome_depends_on_the_files_alone(
    new_exports: Callable[[], AbstractContextManager[Exports]],
    deliveries: list[tuple[int, str, list[str]]],
    seed: int,
) -> None:
    final = {(day, part): (day, part, rows) for day, part, rows in deliveries}
    with (
        new_exports() as one_by_one,
        new_exports() as at_once,
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


# Few days, names and contents, so that copies, corrections and departures meet.
EVENTS = st.lists(
    st.tuples(
        st.integers(1, 2),
        st.sampled_from(["a.csv", "b.csv", "c.csv", "b.csv.gz"]),
        st.sampled_from([None, None, (1,), (1, 1), (2, 1), (1, 2, 2), (3,), ()]),
    ),
    min_size=1,
    max_size=8,
)


@given(events=EVENTS)
@settings(max_examples=CASES or 6, deadline=None, phases=PHASES)
def test_every_content_that_was_ever_delivered_and_not_corrected_stands_once(
    new_exports: Callable[[], AbstractContextManager[Exports]],
    events: list[tuple[int, str, tuple[int, ...] | None]],
) -> None:
    contents: dict[tuple[int, str], tuple[int, ...]] = {}
    with new_exports() as exports:
        for day, name, orders in events:
            path = f"lines_2024-05-0{day}{name}"
            if orders is None:
                (exports.folder / "shop" / path).unlink(missing_ok=True)
            else:
                contents[day, name] = orders
                text = "order_id,ordered_at,product_id,quantity,unit_price\n" + "".join(
                    f"{order},2024-05-01 10:00:00,p,1,2.50\n" for order in orders
                )
                packed = name.endswith(".gz")
                exports.deliver(path, gzip.compress(text.encode()) if packed else text)
            exports.load("order_lines")
        wanted = [
            (day, str(order), number)
            for day in (1, 2)
            for order, count in Counter(
                order
                for content in {c for (d, _), c in contents.items() if d == day}
                for order in content
            ).items()
            for number in range(1, count + 1)
        ]
        found = exports.rows(
            "select cast(extract(day from _export_date) as int), order_id, line_number "
            "from raw.order_lines order by 1, 2, 3"
        )
        assert found == sorted(wanted)
        assert_ledger_is_true(exports, {f"{d}{name}" for d, name in contents})


def assert_ledger_is_true(exports: Exports, names: set[str]) -> None:
    """Check that each file stands once or repeats one that does, and that the counts are right."""
    standing = exports.rows(
        "select file, status, content_sha256, duplicate_of, rows_read, rows_loaded + "
        "rows_quarantined + rows_skipped, (select count(*) from raw.order_lines r "
        "where r._load_id = l.load_id and r._file = l.file), rows_loaded "
        "from ops.file_loads l where status in ('loaded', 'duplicate')"
    )
    assert sorted(row[0] for row in standing) == sorted(
        f"shop/lines_2024-05-0{name}" for name in names
    )
    contents = {row[0]: row[2] for row in standing if row[1] == "loaded"}
    for _, status, content, original, read, settled, in_raw, loaded in standing:
        assert read == settled
        assert in_raw == loaded
        assert status == "loaded" or contents[original] == content
    before = exports.rows("select * from ops.file_loads order by load_id")
    exports.load("order_lines")
    assert exports.rows("select * from ops.file_loads order by load_id") == before
