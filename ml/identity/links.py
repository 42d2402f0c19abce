"""Links between records, and those that a shared key makes."""

import pandas as pd

WHY = ["confidence", "method", "reason"]
LINK = ["left", "right", *WHY]
METHODS = ("operator", "exact", "probable")
"""Said by an operator; by a key that both have; by all that is known of both."""

MOST_NAMES = 5
"""Names under which the holder of a key goes; of more, the key belongs to nobody in particular."""


def joined_by(keys: pd.Series, names: pd.Series, confidence: float, reason: str) -> pd.DataFrame:
    """Link the records that share a key, each to the first of them.

    Parameters
    ----------
    keys, names : by number of the record
    confidence : of each link, 0 to 1
    reason : in words

    Returns
    -------
    Columns ``LINK``
    """
    known = keys.dropna()
    one_holder = names.groupby(keys).nunique().le(MOST_NAMES)
    known = known[known.map(one_holder)]
    first = known.index.to_series().groupby(known).transform("min")
    pairs = pd.DataFrame({"left": first, "right": known.index})
    return with_reason(pairs[pairs["left"].ne(pairs["right"])], confidence, "exact", reason)


def with_reason(pairs: pd.DataFrame, confidence: float, method: str, reason: str) -> pd.DataFrame:
    """Turn pairs that are linked for one and the same reason into links."""
    return pairs.assign(confidence=confidence, method=method, reason=reason)[LINK]


def surest(links: pd.DataFrame) -> pd.DataFrame:
    """Keep one link of each pair: by method in the order of ``METHODS``, then the surest."""
    rank = links["method"].map({method: place for place, method in enumerate(METHODS)})
    ordered = links.assign(rank=rank).sort_values(
        ["rank", "confidence"], ascending=[True, False], kind="stable"
    )
    return ordered.drop_duplicates(["left", "right"])[LINK].reset_index(drop=True)
