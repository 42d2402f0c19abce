from pathlib import Path
from typing import Any

import pytest

from orchestration.exports.loading.results import FileStatus
from orchestration.warehouse import Warehouse
from tests.orchestration.exports.conftest import Exports

ORDER = "o1,c1,2024-05-01 10:00:00,10.00,placed"


@pytest.mark.parametrize(
    "part", [" (1)", "[1]", "*", "?", "{a,b}", "' or true --", "#%20&", " Größe", "x" * 200]
)
def test_a_file_of_an_odd_name_is_read_as_itself(duckdb_exports: Any, part: str) -> None:
    duckdb_exports.organize(orders={"files": "orders/orders_{date}*.csv"})
    # What a pattern of that name would find instead.
    duckdb_exports.deliver("orders/orders_1.csv", "decoy\n")
    duckdb_exports.deliver_orders(ORDER, part=part)
    result = duckdb_exports.load()
    assert [file.status for file in result.files] == [FileStatus.LOADED], result.files
    assert duckdb_exports.rows("select order_id, _file from raw.orders") == [
        ("o1", f"shop/orders/orders_2024-05-01{part}.csv")
    ]


def test_names_that_differ_only_in_where_a_folder_ends_are_two_files(duckdb_exports: Any) -> None:
    duckdb_exports.organize(
        orders={"files": "*/{date}*.csv", "read": {"encoding": "cp1252"}},
    )
    header = "order_id,customer_id,ordered_at,order_revenue,status\n"
    duckdb_exports.deliver("a/2024-05-01__b.csv", f"{header}{ORDER}\n")
    duckdb_exports.deliver("a__2024-05-01/2024-05-01.csv", f"{header}{ORDER}\n".replace("o1", "o2"))
    duckdb_exports.load()
    assert {row[0] for row in duckdb_exports.orders()} == {"o1", "o2"}


def test_a_landing_below_a_folder_of_an_odd_name_is_read(duckdb: Warehouse, tmp_path: Path) -> None:
    exports = Exports(tmp_path / "exports [2024] * 'all'", duckdb)
    exports.deliver_orders(ORDER)
    assert [file.status for file in exports.load().files] == [FileStatus.LOADED]
