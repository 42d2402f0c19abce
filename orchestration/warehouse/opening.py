"""``WAREHOUSE_URL`` -> the warehouse that it names."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import embedded
from orchestration.warehouse.duckdb import DuckDBWarehouse
from orchestration.warehouse.errors import WarehouseError
from orchestration.warehouse.postgres import PostgresWarehouse
from orchestration.warehouse.warehouse import Warehouse


def open_warehouse(url: str, data_dir: Path) -> Warehouse:
    """Open the warehouse behind ``url``.

    Parameters
    ----------
    url : str
        Empty for the embedded Postgres, which is started if need be; ``postgresql://...`` for a
        server; ``duckdb:///path`` for a file, where a fourth slash begins an absolute path and any
        other path is relative to the project.
    data_dir : Path
        Where the embedded Postgres keeps its data.

    Raises
    ------
    WarehouseError
        When the URL names no warehouse, or the warehouse cannot be reached.
    """
    if not url:
        return PostgresWarehouse(embedded.start(data_dir))
    # The URL itself stays out of the messages: it may hold a password.
    scheme = url.partition("://")[0] if "://" in url else "no scheme"
    if scheme in ("postgresql", "postgres"):
        return PostgresWarehouse(url)
    if scheme == "duckdb":
        return DuckDBWarehouse(_duckdb_path(url))
    raise WarehouseError(
        f"WAREHOUSE_URL begins with {scheme!r}; leave it empty for the embedded "
        "Postgres, or give postgresql://user:password@host/database or duckdb:///path."
    )


def _duckdb_path(url: str) -> Path:
    parts = urlsplit(url)
    path = unquote(parts.path.removeprefix("/"))
    if parts.netloc or not path:
        raise WarehouseError(
            "WAREHOUSE_URL names no DuckDB file; write duckdb:///path for a path inside the "
            "project or duckdb:////path for an absolute one."
        )
    return PROJECT_ROOT / path
