"""Training rows, checked and kept together."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ml.arrays import Flags, Floats, Integers


@dataclass(frozen=True)
class Rows:
    """Training rows: features, outcomes, the customer's number and the window's place in time."""

    X: pd.DataFrame
    y: Floats
    customer: Integers
    cutoff: Integers
    closes: Integers

    def __getitem__(self, kept: Flags) -> "Rows":
        return Rows(
            self.X[kept], self.y[kept], self.customer[kept], self.cutoff[kept], self.closes[kept]
        )

    def __len__(self) -> int:
        return len(self.y)


def read_rows(X: pd.DataFrame, y: Any, cutoff: Any, closes: Any, customers: Any) -> Rows:
    """Check what ``ChurnClassifier.fit`` is given."""
    outcome = np.asarray(y, dtype=np.float64)
    if not len(X) or outcome.shape != (len(X),):
        raise ValueError(
            f"X has {len(X)} rows, y shape {outcome.shape}: both must have the same rows, some"
        )
    if not np.isin(outcome, (0.0, 1.0)).all():
        raise ValueError("y must be 1 (churned) or 0 (stayed): leave out windows still open")
    if (cutoff is None) != (closes is None):
        raise ValueError("give both cutoff and closes, or neither")
    opens = _days(cutoff, len(X))
    # Rows without a day are of one time: no window has closed before another opens.
    ends = opens + 1 if closes is None else _days(closes, len(X))
    if cutoff is not None and (ends <= opens).any():
        raise ValueError("a label's window must close after its cutoff")
    who = np.arange(len(X)) if customers is None else pd.factorize(np.asarray(customers))[0]
    return Rows(X, outcome, who.astype(np.int64), opens, ends)


def _days(values: Any, n: int) -> Integers:
    """Return days since 1970, (n,); one and the same day where none are given."""
    if values is None:
        return np.zeros(n, dtype=np.int64)
    days = np.asarray(pd.to_datetime(pd.Series(np.asarray(values))), dtype="datetime64[D]")
    return days.astype(np.int64)
