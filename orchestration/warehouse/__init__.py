"""One interface over Postgres (embedded or a server's) and DuckDB: Arrow in, Arrow out.

What belongs here: connections, transactions, bulk transfer, table DDL from Arrow schemas, the
embedded server. What does not: anything that knows an export, a contract or a mart.
"""

from orchestration.warehouse.errors import WarehouseError
from orchestration.warehouse.opening import open_warehouse
from orchestration.warehouse.session import Session
from orchestration.warehouse.warehouse import Warehouse

__all__ = ["Session", "Warehouse", "WarehouseError", "open_warehouse"]
