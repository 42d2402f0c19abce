from datetime import date
from pathlib import Path

import pytest

from ml.registry import Registry
from orchestration.scoring.attribution import TABLE, score
from orchestration.scoring.outcome import Outcome
from orchestration.warehouse import Warehouse

DAY = date(2024, 3, 31)
COLUMNS = (
    "organization_id text, purchase_type text, path text, conversion_count bigint, "
    "revenue numeric(18, 2), null_count bigint, markov_order integer, shapley_game text"
)


@pytest.fixture
def paths(duckdb: Warehouse) -> Warehouse:
    """Return a warehouse with the paths of a club that sells, one that does not, and a platform."""
    with duckdb.session() as session:
        session.create_schema("staging")
        session.execute(f"create table staging.int_attribution_paths ({COLUMNS})")
        session.execute(
            "insert into staging.int_attribution_paths values "
            "('club', 'first', 'a > b', 10, 100, 0, 2, 'chain'), "
            "('club', 'first', 'c > b', 0, null, 10, 2, 'chain'), "
            "('club', 'repeat', 'a > b', 2, 60, 1, 2, 'chain'), "
            "('idle', 'first', 'a', 0, null, 5, 1, 'observed'), "
            "('platform', 'first', 'a', 5, null, 5, 1, 'observed')"
        )
    return duckdb


def scored(warehouse: Warehouse, tmp_path: Path, organization_id: str) -> Outcome:
    return score(warehouse, Registry(tmp_path), organization_id, DAY, train_anew=False)


def test_each_type_of_purchase_and_all_of_them_are_shared_out_whole(
    paths: Warehouse, tmp_path: Path
) -> None:
    rows = scored(paths, tmp_path, "club").tables[TABLE]
    totals = rows.groupby(["purchase_type", "model"])[["conversions", "revenue"]].sum()
    expected = {"all": (12, 160), "first": (10, 100), "repeat": (2, 60)}
    assert totals.index.to_list() == [(t, m) for t in expected for m in ("markov", "shapley")]
    for (purchase_type, _), total in totals.iterrows():
        assert tuple(total) == pytest.approx(expected[purchase_type])


def test_the_settings_that_come_with_the_paths_decide_how_they_are_read(
    paths: Warehouse, tmp_path: Path
) -> None:
    outcome = scored(paths, tmp_path, "club")
    rows = outcome.tables[TABLE].query("purchase_type == 'first' and model == 'markov'")
    # A chain that remembers one touch only would credit c, which shares b with a.
    assert dict(zip(rows["channel"], rows["conversions"], strict=True)) == pytest.approx(
        {"a": 5, "b": 5, "c": 0}
    )
    assert [run.model_name for run in outcome.runs] == ["markov_order_2", "shapley_chain"]
    assert sum(run.scored_rows for run in outcome.runs) == len(outcome.tables[TABLE])


@pytest.mark.parametrize("organization_id", ["idle", "unknown"])
def test_where_nothing_converted_there_is_nothing_to_score(
    paths: Warehouse, tmp_path: Path, organization_id: str
) -> None:
    outcome = scored(paths, tmp_path, organization_id)
    assert (len(outcome.tables[TABLE]), outcome.runs) == (0, [])


def test_conversions_without_revenue_are_credited_without(paths: Warehouse, tmp_path: Path) -> None:
    rows = scored(paths, tmp_path, "platform").tables[TABLE]
    assert rows["conversions"].to_list() == [5, 5, 5, 5]
    assert rows[["revenue", "revenue_standard_error"]].isna().all(axis=None)
