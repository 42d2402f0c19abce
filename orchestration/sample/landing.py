"""Write deliveries into the landing folder, one file per export and day."""

from pathlib import Path

import numpy as np
import pyarrow.csv

from orchestration.sample.deliveries import Deliveries
from orchestration.sample.timetable import Timetable

_CSV = pyarrow.csv.WriteOptions(quoting_style="needed", quoting_header="none")


def write_deliveries(folder: Path, delivery: Deliveries, timetable: Timetable) -> int:
    """Write one CSV file per day of delivery into `folder` and return how many."""
    if len(delivery.rows) == 0:
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    days, starts, counts = np.unique(delivery.day, return_index=True, return_counts=True)
    for day, start, count in zip(days, starts, counts, strict=True):
        path = folder / f"{delivery.export}_{timetable.calendar[day]}.csv"
        pyarrow.csv.write_csv(delivery.rows.slice(start, count), path, _CSV)
    return len(days)
