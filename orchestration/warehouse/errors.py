"""The one exception that the warehouse room raises."""


class WarehouseError(RuntimeError):
    """A warehouse that cannot be reached, started or used as asked, in one clear sentence."""
