"""What customers said with a score: the labels of their tickets."""

import numpy as np
import numpy.typing as npt
import pandas as pd

LABELS = ("negative", "neutral", "positive")

_CSAT_NEUTRAL = 3
_NPS_PASSIVE, _NPS_PROMOTER = 7, 9


def text_of(tickets: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Return headline and text of each ticket as one, (n,); empty where nothing was written."""
    subject, body = (tickets[name].fillna("").astype(str) for name in ("subject", "body"))
    return (subject + ". " + body).where(subject != "", body).str.strip(". \n").to_numpy(object)


def label_of(tickets: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Return the label that a ticket's own score gives it, (n,); None without a score.

    Satisfaction speaks of the ticket: 1-2 is negative, 3 neutral, 4-5 positive. Where it is
    missing the recommendation counts: 0-6 negative, 7-8 neutral, 9-10 positive.
    """
    csat, nps = (
        tickets[name].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
        for name in ("csat_score", "nps_score")
    )
    by_csat = np.sign(csat - _CSAT_NEUTRAL)
    by_nps = np.where(nps >= _NPS_PROMOTER, 1.0, np.where(nps >= _NPS_PASSIVE, 0.0, -1.0))
    side = np.where(np.isnan(csat), np.where(np.isnan(nps), np.nan, by_nps), by_csat)
    labels = np.full(len(tickets), None, dtype=object)
    for value, label in zip((-1, 0, 1), LABELS, strict=True):
        labels[side == value] = label
    return labels
