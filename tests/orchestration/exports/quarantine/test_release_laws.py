"""Properties of every release: nothing is lost or doubled, and the file itself would end the same.

LAW_CASES says how many cases of each property are tried; ``python -m benchmarks.laws`` tries many.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from orchestration.exports.landing.zone import Landing
from orchestration.exports.quarantine.listing import Selection
from orchestration.exports.quarantine.release import release
from tests.orchestration.exports.conftest import Exports

CASES = int(os.environ.get("LAW_CASES", "0"))
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
FILES = {"files": "orders_{date}*.csv"}
MENDED = {
    **FILES,
    "columns": {"status": "replace(status, 'paid', 'fulfilled')"},
    "keep": "status is distinct from 'total'",
}

ROWS = st.tuples(
    st.sampled_from(["c1", "", '"quoted, ""name"""', '"two\nlines"']),
    st.sampled_from(["2024-05-01", "never", '"open']),
    st.sampled_from(["placed", "paid", "total", "lost"]),
).map(lambda row: f"{row[0]},{row[1]},1.00,{row[2]}")
PARTS = st.lists(st.lists(ROWS, min_size=1, max_size=6), min_size=1, max_size=3)


NewExports = Callable[[], AbstractContextManager[Exports]]


def deliver(exports: Exports, parts: list[list[str]], keys: int) -> list[Path]:
    """Deliver the parts of a day, whose orders take turns with so many ids."""
    files, number = [], 0
    for part, rows in enumerate(parts):
        lines = ["order_id,customer_id,ordered_at,order_revenue,status"]
        for row in rows:
            lines.append(f"o{number % keys},{row}")
            number += 1
        files.append(exports.deliver(f"orders_2024-05-01_{part}.csv", "\n".join(lines) + "\n"))
    return files


def release_all(exports: Exports) -> None:
    landing = Landing(str(exports.folder))
    release(exports.warehouse, landing, [exports.organization], Selection())


def state(exports: Exports) -> tuple[Any, ...]:
    """Return everything but load ids and clocks; of released rows nothing, they are a memory."""
    held = (
        "select file, line, last_line, raw_text, reasons from quarantine.rows "
        "where status = 'open' order by file, line"
    )
    counts = (
        "select file, rows_read, rows_loaded, rows_quarantined, rows_skipped from ops.file_loads "
        "where status = 'loaded' order by file"
    )
    return exports.orders(), exports.rows(held), exports.rows(counts)


@given(parts=PARTS, keys=st.integers(1, 20), gone=st.sets(st.integers(0, 2)))
@settings(max_examples=CASES or 4, deadline=None, phases=PHASES)
def test_a_release_loses_and_doubles_no_row(
    copies_of_empty_exports: NewExports, parts: list[list[str]], keys: int, gone: set[int]
) -> None:
    with copies_of_empty_exports() as exports:
        exports.organize(orders=FILES)
        files = deliver(exports, parts, keys)
        exports.load(quarantine_limit=1.0)
        (_, _, counts) = state(exports)
        exports.organize(orders=MENDED)
        for number in gone & set(range(len(files))):
            files[number].unlink()
        release_all(exports)
        after = state(exports)
        for (_, read, *_), (_, still_read, loaded, quarantined, skipped) in zip(
            counts, after[2], strict=True
        ):
            assert read == still_read == loaded + quarantined + skipped
        loaded_lines = exports.rows("select _file, _line from raw.orders")
        assert len(set(loaded_lines)) == len(loaded_lines) == sum(row[2] for row in after[2])
        held_lines = [row[:2] for row in after[1]]
        assert not set(loaded_lines) & set(held_lines)
        assert len(held_lines) == sum(row[3] for row in after[2])
        release_all(exports)
        assert state(exports) == after


@given(parts=PARTS)
@settings(max_examples=CASES or 3, deadline=None, phases=PHASES)
def test_texts_alone_end_as_their_files_would(
    copies_of_empty_exports: NewExports, parts: list[list[str]]
) -> None:
    with copies_of_empty_exports() as from_text, copies_of_empty_exports() as from_files:
        from_text.organize(orders=FILES)
        files = deliver(from_text, parts, keys=100)
        from_text.load(quarantine_limit=1.0)
        from_text.organize(orders=MENDED)
        for file in files:
            file.unlink()
        release_all(from_text)
        from_files.organize(orders=MENDED)
        deliver(from_files, parts, keys=100)
        from_files.load(quarantine_limit=1.0)
        assert state(from_text) == state(from_files)
