"""What ``WAREHOUSE_URL`` may say, and what is answered where it may not."""

import socket
from pathlib import Path

import pytest

from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import Warehouse, WarehouseError, open_warehouse


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://me:secret@host/db", "begins with 'mysql'"),
        ("secret", "begins with 'no scheme'"),
        ("duckdb://secret", "names no DuckDB file"),
        ("duckdb:///", "names no DuckDB file"),
        ("postgresql://host:5432/db", "is incomplete"),
        ("postgresql://me:secret@host:5432", "is incomplete"),
        ("postgresql://me:secret@host:port/db", "is incomplete"),
        ("postgresql://me:secret%@host/db", "is incomplete"),
        ("postgresql://me:@secret@host/db", "is incomplete"),
        ("postgresql://me:secret/@host/db", "is incomplete"),
        ("postgresql://me:secret@[::1/db", "is incomplete"),
    ],
)
def test_a_wrong_url_is_explained_without_showing_it(
    url: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(WarehouseError, match=message) as refusal:
        open_warehouse(url, tmp_path)
    assert "secret" not in str(refusal.value)


def test_a_server_that_is_down_is_named_without_its_password(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://me:secret@127.0.0.1:{closed.getsockname()[1]}/db"
        with pytest.raises(WarehouseError, match=r"me:\*\*\*@127.*Connection refused") as refusal:
            open_warehouse(url, tmp_path)
    assert "secret" not in str(refusal.value)


def test_a_missing_database_is_named(postgres_url: str, tmp_path: Path) -> None:
    url = postgres_url.rpartition("/")[0] + "/nowhere"
    with pytest.raises(WarehouseError, match='database "nowhere" does not exist'):
        open_warehouse(url, tmp_path)


def test_three_slashes_are_a_path_in_the_project_and_four_an_absolute_one(tmp_path: Path) -> None:
    relative = open_warehouse("duckdb:///.data/x.duckdb", tmp_path)
    absolute = open_warehouse(f"duckdb:///{tmp_path}/a%20b.duckdb", tmp_path)
    assert relative.url == f"duckdb:///{PROJECT_ROOT}/.data/x.duckdb"
    assert absolute.url == f"duckdb:///{tmp_path}/a b.duckdb"


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.duckdb").write_text("not a database" * 1000)
    notes = open_warehouse(f"duckdb:///{tmp_path}/notes.duckdb", tmp_path)
    with pytest.raises(WarehouseError, match=r"cannot open .*notes\.duckdb"), notes.session():
        pass


def test_a_warehouse_shows_itself_without_its_password(postgres: Warehouse) -> None:
    password = postgres.url.split(":")[2].split("@")[0]
    assert password not in repr(postgres)
    assert ":***@" in repr(postgres)
