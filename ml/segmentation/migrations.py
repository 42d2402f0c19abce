"""Who moved from which segment to which, from one cutoff to the next."""

import numpy as np
import pandas as pd

_HISTORY = ["customer", "cutoff", "segment"]
_PERCENT = 100


def migrations(history: pd.DataFrame) -> pd.DataFrame:
    """Count the customers who went from one segment to another, or stayed.

    Parameters
    ----------
    history : one row per customer and cutoff: customer (any key), cutoff, segment (a number)

    Returns
    -------
    one row per pair of consecutive cutoffs and of segments: from_cutoff, to_cutoff, from_segment
    (missing: not there before), to_segment (missing: no longer there), customers, and share_percent
    of those in from_segment
    """
    told, cutoffs = _in_order(history)
    joined = told[~told["continues"] & (told["place"] > 0)]
    left = told[~told["goes_on"] & (told["place"] < len(cutoffs) - 1)]
    moves = pd.concat(
        [
            _moves(told[told["continues"]], "before", "segment", 0),
            _moves(joined, None, "segment", 0),
            _moves(left, "segment", None, 1),
        ]
    )
    keys = ["place", "from_segment", "to_segment"]
    counted = moves.groupby(keys, dropna=False, sort=True).size().rename("customers").reset_index()
    of_segment = counted.groupby(["place", "from_segment"], dropna=False)["customers"]
    place = counted["place"].to_numpy(np.int64)
    return pd.DataFrame(
        {
            "from_cutoff": cutoffs[place - 1],
            "to_cutoff": cutoffs[place],
            "from_segment": counted["from_segment"],
            "to_segment": counted["to_segment"],
            "customers": counted["customers"].astype("int64"),
            "share_percent": _PERCENT * counted["customers"] / of_segment.transform("sum"),
        }
    )


def last_changes(history: pd.DataFrame) -> pd.DataFrame:
    """Return each customer's previous segment and since which cutoff they are in the present one.

    Parameters
    ----------
    history : as for ``migrations``

    Returns
    -------
    one row per customer who ever changed, indexed by customer: previous_segment, changed_on
    """
    told, _ = _in_order(history)
    same = told["customer"].eq(told["customer"].shift())
    changed = told[same & told["segment"].ne(told["before"])]
    last = changed.drop_duplicates("customer", keep="last").set_index("customer")
    return pd.DataFrame({"previous_segment": last["before"], "changed_on": last["cutoff"]})


def _in_order(history: pd.DataFrame) -> tuple[pd.DataFrame, pd.DatetimeIndex]:
    """Sort by customer and cutoff; add place of the cutoff, segment before, and who was there."""
    missing = [name for name in _HISTORY if name not in history]
    if missing:
        raise ValueError(f"history has no column {', '.join(missing)}")
    told = history[_HISTORY].assign(cutoff=pd.to_datetime(history["cutoff"]))
    told = told.sort_values(["customer", "cutoff"], ignore_index=True)
    if told.duplicated(["customer", "cutoff"]).any():
        raise ValueError("history has several rows for one customer and cutoff")
    place, cutoffs = pd.factorize(told["cutoff"], sort=True)
    told["place"] = place
    told["segment"] = told["segment"].astype("Int64")
    told["before"] = told["segment"].shift()
    same = told["customer"].eq(told["customer"].shift())
    told["continues"] = same & told["place"].diff().eq(1)
    told["goes_on"] = told["continues"].shift(-1, fill_value=False)
    return told, pd.DatetimeIndex(cutoffs)


def _moves(rows: pd.DataFrame, source: str | None, target: str | None, later: int) -> pd.DataFrame:
    nowhere = pd.Series(pd.NA, rows.index, dtype="Int64")
    return pd.DataFrame(
        {
            "place": rows["place"] + later,
            "from_segment": rows[source] if source else nowhere,
            "to_segment": rows[target] if target else nowhere,
        }
    )
