"""From links between pairs to identities: sets of records that are one."""

# ruff: noqa: PLC0415 - SciPy takes long to import, and most of the time nobody links anything.

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Whole = NDArray[np.int64]
PAIR = ["left", "right"]


def gather(links: pd.DataFrame, contradictions: pd.DataFrame, size: int) -> pd.DataFrame:
    """Join records that links lead to, the surest links first, but never a contradicting pair.

    Parameters
    ----------
    links : ``left``, ``right`` (numbers of records, the smaller is left) and ``confidence``; each
        pair once, of equally sure ones the one that goes first before the other
    contradictions : ``left`` and ``right`` of pairs that must not come together
    size : number of records, counted from 0

    Returns
    -------
    A row for each record that is one with others: ``record``, ``primary`` (the smallest number of
    them), and but for the primary itself ``linked`` (the next record on the surest way to it) and
    ``link`` (position in ``links`` of the link to that); sorted by record
    """
    order = np.argsort(-links["confidence"].to_numpy(), kind="stable")
    ranked = links[PAIR].to_numpy(np.int64)[order]
    group = groups(ranked, size)
    quarrels = contradictions[PAIR].to_numpy(np.int64)
    quarrels = quarrels[group[quarrels[:, 0]] == group[quarrels[:, 1]]]
    is_contested = np.isin(group[ranked[:, 0]], group[quarrels[:, 0]])
    kept = ~is_contested
    kept[is_contested] = _peaceful(ranked[is_contested], quarrels)
    return _explained(ranked[kept], order[kept], size)


def groups(pairs: Whole, size: int) -> Whole:
    """Return, for each record, the number of the set that pairs connect it to."""
    from scipy.sparse.csgraph import connected_components

    numbers: Whole = connected_components(_graph(pairs, size), directed=False)[1].astype(np.int64)
    return numbers


def _graph(pairs: Whole, size: int) -> Any:
    from scipy.sparse import csr_array

    # A spanning tree of the least numbers takes the first pairs.
    number = np.arange(1, len(pairs) + 1)
    return csr_array((number, (pairs[:, 0], pairs[:, 1])), shape=(size, size))


def _peaceful(ranked: Whole, quarrels: Whole) -> NDArray[np.bool_]:
    """Tell which pairs can be joined, one after the other, without joining two that quarrel."""
    members: dict[int, set[int]] = {}
    enemies: dict[int, set[int]] = defaultdict(set)
    for left, right in quarrels.tolist():
        enemies[left].add(right)
        enemies[right].add(left)
    joined = np.zeros(len(ranked), dtype=bool)
    for place, (left, right) in enumerate(ranked.tolist()):
        ours = members.setdefault(left, {left})
        theirs = members.setdefault(right, {right})
        if ours is theirs:
            joined[place] = True
        elif not any(enemies[one] & theirs for one in ours if one in enemies):
            joined[place] = True
            ours |= theirs
            members.update(dict.fromkeys(theirs, ours))
    return joined


def _explained(ranked: Whole, position: Whole, size: int) -> pd.DataFrame:
    """Let every record point to the next one on the way to the smallest of its set."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

    tree = minimum_spanning_tree(_graph(ranked, size)).tocoo()
    kept = tree.data.astype(np.int64) - 1
    ways = pd.DataFrame(ranked[kept], columns=PAIR).assign(link=position[kept])
    group = groups(ranked[kept], size)
    _, primaries = np.unique(group, return_index=True)
    # All sets hang on one root, so that one walk passes through all of them.
    root = np.full(len(primaries), size)
    start, end = np.append(root, ways["left"]), np.append(primaries, ways["right"])
    forest = csr_array((np.ones(len(start)), (start, end)), shape=(size + 1, size + 1))
    _, previous = breadth_first_order(forest, size, directed=False)
    records = np.unique(ranked[kept])
    linked = previous[records].astype(np.int64)
    walked = pd.DataFrame(
        {
            "record": records,
            "primary": primaries[group[records]],
            "linked": pd.Series(linked, dtype="Int64").mask(linked == size),
            "left": np.minimum(records, linked),
            "right": np.maximum(records, linked),
        }
    )
    return walked.merge(ways, on=PAIR, how="left").astype({"link": "Int64"}).drop(columns=PAIR)
