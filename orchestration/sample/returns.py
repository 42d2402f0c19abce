"""Dormant customers, the offer that some of them get, and those who come back.

The offer goes to half of those whom the club looks at, by lot, so that what it brings is known: the
difference between the shares who come back with it and without.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER
from orchestration.sample.purchases import Population, Purchases
from orchestration.sample.season import OperationalClock


@dataclass(frozen=True)
class WinBack:
    """How dormant customers are won back.

    Attributes
    ----------
    looked_at_share
        Share of customers who dropped out that the club looks at; the others stay away.
    dormant_days
        Least and most days between dropping out and being looked at.
    offered_share
        Share of those looked at who get an offer.
    return_with_offer, return_without
        Probability of coming back.
    answer_days
        Most days from being looked at to coming back.
    stay_days
        For how long those who came back buy at their old rate.
    """

    looked_at_share: float = 0.4
    dormant_days: tuple[int, int] = (75, 150)
    offered_share: float = 0.5
    return_with_offer: float = 0.30
    return_without: float = 0.10
    answer_days: int = 40
    stay_days: int = 120


WIN_BACK = WinBack()


def draw_returns(
    rng: np.random.Generator,
    population: Population,
    purchases: Purchases,
    clock: OperationalClock,
    days: int,
) -> tuple[Purchases, pd.DataFrame]:
    """Let some of those who dropped out come back.

    Parameters
    ----------
    rng
        Source of randomness.
    population, purchases
        Customers and their process, until they drop out.
    clock
        Their operational time.
    days
        Length of the sample.

    Returns
    -------
    purchases
        With those of second lives behind those of the process, which stays as it is.
    win_back
        ``customer``, ``dropped_out``, ``looked_at``, ``offered`` and ``returned`` (day indices,
        `NEVER` for who stays away) of each customer looked at within the sample.
    """
    gone = np.flatnonzero(np.isfinite(purchases.dropped_out))
    gone = gone[rng.random(len(gone)) < WIN_BACK.looked_at_share]
    dropped_out = clock.day(purchases.dropped_out[gone])
    looked_at = dropped_out + rng.integers(*WIN_BACK.dormant_days, len(gone), endpoint=True)
    offered = rng.random(len(gone)) < WIN_BACK.offered_share
    chance = np.where(offered, WIN_BACK.return_with_offer, WIN_BACK.return_without)
    answered = looked_at + rng.integers(1, WIN_BACK.answer_days, len(gone), endpoint=True)
    returned = np.where((rng.random(len(gone)) < chance) & (answered < days), answered, NEVER)
    win_back = pd.DataFrame(
        {
            "customer": gone,
            "dropped_out": dropped_out,
            "looked_at": looked_at,
            "offered": offered,
            "returned": returned,
        }
    )[looked_at < days].reset_index(drop=True)

    back = win_back[win_back["returned"] < NEVER]
    customer, day = back["customer"].to_numpy(), back["returned"].to_numpy()
    start = clock.within(day, rng.random(len(day)))
    last = np.minimum(day + WIN_BACK.stay_days, days - 1)
    stay = np.maximum(clock.within(last, np.ones(len(last))) - start, 0)
    again = np.repeat(np.arange(len(day)), rng.poisson(population.rate[customer] * stay))
    time = start[again] + rng.random(len(again)) * stay[again]
    return replace(
        purchases,
        customer=np.concatenate((purchases.customer, customer, customer[again])),
        time=np.concatenate((purchases.time, start, time)),
    ), win_back
