"""Starting, stopping and finding the warehouse."""

from orchestration.settings import Settings
from orchestration.warehouse import WarehouseError, embedded


def start(settings: Settings) -> str:
    """Start the embedded Postgres if need be and return its URL."""
    _must_be_embedded(settings)
    return embedded.start(settings.data_dir)


def stop(settings: Settings) -> str:
    """Stop the embedded Postgres and say whether one ran."""
    _must_be_embedded(settings)
    return "Stopped." if embedded.stop(settings.data_dir) else "No embedded Postgres is running."


def url(settings: Settings) -> str:
    """Return the URL that a BI tool connects with."""
    if settings.warehouse_url:
        return settings.warehouse_url
    running = embedded.status(settings.data_dir)
    if running is None:
        raise WarehouseError(
            "Warehouse is not running: `customer-intelligence warehouse start` starts it."
        )
    return running.url


def _must_be_embedded(settings: Settings) -> None:
    if settings.warehouse_url:
        raise WarehouseError(
            "WAREHOUSE_URL names a warehouse of your own, which is not started or stopped from "
            "here: unset it for the embedded Postgres."
        )
