"""Journeys by their paths: who touched in which order, and what came of it, as arrays."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml.arrays import Flags, Floats, Integers


@dataclass(frozen=True)
class Journeys:
    """What became of journeys, by path.

    Attributes
    ----------
    channels : names, sorted, (n,)
    touches : index of the channel of each touch, path by path, (touches,)
    path : number of the path of each touch, ascending, (touches,)
    conversions : journeys that converted, by path, (paths,)
    revenue : what they brought, by path, (paths,); none where nobody knows
    nulls : journeys that did not convert, by path, (paths,)
    """

    channels: list[str]
    touches: Integers
    path: Integers
    conversions: Floats
    revenue: Floats | None
    nulls: Floats

    @classmethod
    def of(
        cls,
        paths: npt.ArrayLike,
        conversions: npt.ArrayLike,
        revenue: npt.ArrayLike | None = None,
        nulls: npt.ArrayLike | None = None,
        *,
        separator: str = ">",
    ) -> Self:
        """Read paths and their counts.

        Parameters
        ----------
        paths : texts of channels with the separator between them; blanks around it mean nothing,
            (paths,)
        conversions, nulls : how many journeys converted and did not, (paths,)
        revenue : what those that converted brought in all, (paths,)

        Raises
        ------
        ValueError
            If there is no path, lengths differ, a path names no channel somewhere, or a count is
            negative or missing.
        """
        texts = pd.Series(np.asarray(paths, dtype=object))
        if texts.empty:
            raise ValueError("there are no paths: attribution needs at least one")
        counts = {
            "conversions": _counts("conversions", conversions, len(texts)),
            "nulls": _counts("nulls", np.zeros(len(texts)) if nulls is None else nulls, len(texts)),
        }
        names = texts.astype("str").str.split(separator, regex=False).explode().str.strip()
        blank = texts.isna().reindex(names.index) | (names == "")
        if blank.any():
            row = names.index[blank][0]
            raise ValueError(f"path {row} is {texts[row]!r}: every touch must name a channel")
        touches, channels = pd.factorize(names.to_numpy(dtype=object), sort=True)
        return cls(
            channels=[str(channel) for channel in channels],
            touches=touches.astype(np.int64),
            path=names.index.to_numpy(dtype=np.int64),
            revenue=None if revenue is None else _counts("revenue", revenue, len(texts)),
            **counts,
        )

    @property
    def is_first(self) -> Flags:
        """Whether each touch begins its path, (touches,)."""
        begins: Flags = np.diff(self.path, prepend=-1) > 0
        return begins

    @property
    def outcomes(self) -> Floats:
        """Conversions and revenue by path, (paths, 2); revenue is 0 where nobody knows it."""
        revenue = np.zeros_like(self.conversions) if self.revenue is None else self.revenue
        return np.column_stack([self.conversions, revenue])

    def credits(self, earned: Floats, **more: npt.ArrayLike) -> pd.DataFrame:
        """Return a row per channel.

        Parameters
        ----------
        earned : conversions and revenue, (channels, 2)
        more : further columns, (channels,)
        """
        revenue = np.nan if self.revenue is None else earned[:, 1]
        columns = {"channel": self.channels, "conversions": earned[:, 0], "revenue": revenue}
        return pd.DataFrame({**columns, **more})


def _counts(name: str, values: npt.ArrayLike, size: int) -> Floats:
    counts = np.asarray(values, dtype=np.float64)
    if counts.shape != (size,):
        raise ValueError(
            f"{name} has shape {counts.shape}, there are {size} paths: they must agree"
        )
    wrong = ~(counts >= 0) | np.isinf(counts)
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"{name} of path {row} is {counts[row]}: it must be a number from 0 on")
    return counts
