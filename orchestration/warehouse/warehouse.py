"""What a warehouse is to the rest of the house."""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from typing import Literal

from orchestration.warehouse.session import Session


class Warehouse(ABC):
    """A database that holds raw, star and mart tables; made by ``open_warehouse``.

    Attributes
    ----------
    engine : "postgres" or "duckdb"
    url : str
        Connection URL, with the password if there is one.
    safe_url : str
        The same for people and logs, with the password masked.
    """

    engine: Literal["postgres", "duckdb"]
    url: str
    safe_url: str

    @abstractmethod
    def session(self) -> AbstractContextManager[Session]:
        """Open one connection and one transaction: commit at exit, roll back on an exception.

        Raises
        ------
        WarehouseError
            When the warehouse cannot be reached.
        """

    @abstractmethod
    def dbt_environment(self) -> dict[str, str]:
        """Return the environment variables that ``dbt_project/profiles.yml`` reads."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.safe_url!r})"
