import numpy as np
import pyarrow as pa
import pytest

from orchestration.sample.messy import LARGEST_SHARE, MESSES, add_messy_rows


def clean(export, rows):
    columns = {MESSES[export].key} | {column for column, _ in MESSES[export].defects}
    return pa.table({column: [f"{column} {row}" for row in range(rows)] for column in columns})


@pytest.mark.parametrize("export", MESSES)
def test_clean_rows_stay_as_they_are_and_in_order(export):
    rows, day = clean(export, 5000), np.arange(5000) // 500
    mixed, mixed_day, messy = add_messy_rows(np.random.default_rng(1), export, rows, day)
    assert 5 < len(messy) < 40
    assert len(mixed) == 5000 + len(messy)
    assert (np.diff(mixed_day) >= 0).all()
    known = set(rows[MESSES[export].key].to_pylist())
    kept = mixed.filter(pa.array([key in known for key in mixed[MESSES[export].key].to_pylist()]))
    assert kept.equals(rows)


@pytest.mark.parametrize("export", MESSES)
def test_no_delivery_holds_more_than_its_share(export):
    rows, day = clean(export, 3000), np.arange(3000) // 30
    _, _, messy = add_messy_rows(np.random.default_rng(1), export, rows, day)
    assert len(messy) > 0
    assert np.bincount(messy["day"].to_numpy()).max() <= LARGEST_SHARE * 30


def test_a_small_delivery_stays_clean():
    rows, day = clean("orders", 20), np.zeros(20, dtype=np.int64)
    for seed in range(50):
        mixed, _, messy = add_messy_rows(np.random.default_rng(seed), "orders", rows, day)
        assert mixed.equals(rows)
        assert len(messy) == 0


def test_the_truth_names_each_messy_row(sample):
    for export, summary in sample.exports.items():
        assert (
            sample.value(f"select count(*) from messy_rows where export = '{export}'")
            == summary.quarantined
        )
    assert sum(summary.quarantined for summary in sample.exports.values()) > 50


def test_the_named_cell_is_the_broken_one(sample):
    named = sample.rows("from messy_rows")
    for export in sample.exports:
        for day, column, value in [cell for name, *cell in named if name == export]:
            cell = f'"{column}" is not distinct from {"null" if value is None else repr(value)}'
            found = f"select count(*) from {export}_files where export_date = '{day}' and {cell}"
            assert sample.value(found) >= 1
