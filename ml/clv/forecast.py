"""What every candidate says of customers."""

from dataclasses import dataclass

from ml.arrays import Floats


@dataclass(frozen=True)
class Forecast:
    """Expected purchases of the horizon, and the expected value of each (currency); both (n,)."""

    purchases: Floats
    spend: Floats

    @property
    def value(self) -> Floats:
        """Expected value of the horizon, currency, (n,)."""
        return self.purchases * self.spend
