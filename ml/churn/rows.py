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
    # Rows without a day are of one time: no window has closed before another opens.
    opens = np.zeros(len(X), dtype=np.int64) if cutoff is None else days_since_1970(cutoff)
    ends = opens + 1 if closes is None else days_since_1970(closes)
    if cutoff is not None and (ends <= opens).any():
        raise ValueError("a label's window must close after its cutoff")
    who = np.arange(len(X)) if customers is None else pd.factorize(np.asarray(customers))[0]
    return Rows(X, outcome, who.astype(np.int64), opens, ends)


def days_since_1970(days: Any) -> Integers:
    """Return days as numbers, (n,)."""
    known = np.asarray(pd.to_datetime(pd.Series(np.asarray(days))), dtype="datetime64[D]")
    return known.astype(np.int64)
