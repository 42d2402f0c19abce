from datetime import date

import pyarrow as pa
import pytest

from orchestration.scoring.history import keep_only, thin_out, write_scores
from orchestration.warehouse import Warehouse

COLUMNS = "organization_id text, scored_as_of date, customer_id text, value numeric(18, 2)"


@pytest.fixture
def scores(warehouse: Warehouse) -> Warehouse:
    """Return a warehouse with an empty scored table."""
    with warehouse.session() as session:
        session.create_schema("raw")
        session.execute(f"create table raw.scores ({COLUMNS})")
    return warehouse


def write(warehouse: Warehouse, day: str, value: float | None = 1.0, of: str = "club") -> None:
    rows = pa.table({"value": pa.array([value], pa.float64()), "customer_id": ["a"]})
    with warehouse.session() as session:
        write_scores(session, "scores", of, date.fromisoformat(day), rows)
        thin_out(session, "scores", of, date.fromisoformat(day))


def standing(warehouse: Warehouse) -> list[str]:
    with warehouse.session() as session:
        rows = session.query("select * from raw.scores order by organization_id, scored_as_of")
    return [f"{r['organization_id']} {r['scored_as_of']} {r['value']}" for r in rows.to_pylist()]


def test_a_day_scored_again_takes_the_place_of_what_stood(scores: Warehouse) -> None:
    write(scores, "2024-03-01", 1)
    write(scores, "2024-03-01", 2)
    assert standing(scores) == ["club 2024-03-01 2.00"]


def test_organizations_do_not_touch_each_others_rows(scores: Warehouse) -> None:
    write(scores, "2024-03-01", 1)
    write(scores, "2024-03-02", 2, of="shop")
    assert standing(scores) == ["club 2024-03-01 1.00", "shop 2024-03-02 2.00"]


def test_money_is_rounded_to_the_tables_cents_and_nothing_stays_nothing(scores: Warehouse) -> None:
    write(scores, "2024-03-01", 1.005001)
    write(scores, "2024-04-01", None)
    assert standing(scores) == ["club 2024-03-01 1.01", "club 2024-04-01 None"]


def test_a_day_without_rows_is_written_as_none(scores: Warehouse) -> None:
    write(scores, "2024-03-01")
    nothing = pa.table({"value": pa.nulls(0), "customer_id": pa.nulls(0)})
    with scores.session() as session:
        write_scores(session, "scores", "club", date(2024, 3, 1), nothing)
    assert standing(scores) == []


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 0, 1, 3), (1, 2, 0, 3)])
def test_of_past_months_the_last_day_is_kept_in_whatever_order_days_come(
    scores: Warehouse, order: tuple[int, ...]
) -> None:
    days = ["2024-01-30", "2024-01-31", "2024-02-10", "2024-02-11"]
    for place in order:
        write(scores, days[place])
    assert [row.split()[1] for row in standing(scores)] == ["2024-01-31", "2024-02-11"]


def test_a_past_day_stays_while_it_is_the_one_that_is_asked_for(scores: Warehouse) -> None:
    write(scores, "2024-01-31")
    write(scores, "2024-01-15")
    assert [row.split()[1] for row in standing(scores)] == ["2024-01-15", "2024-01-31"]


def test_scores_that_keep_no_days_are_those_of_one_day_even_if_it_has_none(
    scores: Warehouse,
) -> None:
    write(scores, "2024-03-01", 1)
    write(scores, "2024-03-02", 2)
    write(scores, "2024-03-01", 3, of="other")
    with scores.session() as session:
        keep_only(session, "scores", "club", date(2024, 3, 3))
    assert standing(scores) == ["other 2024-03-01 3.00"]


def test_a_column_of_nothing_takes_the_type_of_its_table(warehouse: Warehouse) -> None:
    rows = pa.table({"ended_on": pa.array([None, float("nan")], pa.float64(), from_pandas=True)})
    with warehouse.session() as session:
        session.create_schema("raw")
        session.execute(
            "create table raw.verdicts (organization_id text, scored_as_of date, ended_on date)"
        )
        write_scores(session, "verdicts", "club", date(2024, 3, 1), rows)
        found = session.query("select ended_on from raw.verdicts")
    assert found["ended_on"].to_pylist() == [None, None]
