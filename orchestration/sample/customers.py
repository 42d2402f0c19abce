"""The customers of all kinds in one table, as those who serve and address them see them."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER, Integers
from orchestration.sample.simulation import CustomerType, Simulation

LEAVERS_LESS_CONTENT = 1.0
"""By how much those who drop out are less content, in standard deviations of contentment."""

UNREST_DAYS = 60
"""For so many days before dropping out, customers complain more."""


def draw_customers(rng: np.random.Generator, simulation: Simulation) -> pd.DataFrame:
    """Lay out members and accounts, and draw how content they are.

    Returns
    -------
    pandas.DataFrame
        ``customer_id``, ``customer_type``, ``name``, ``email``, ``score``, ``known``, ``acquired``
        (day indices), ``buys``, ``last_active`` (day of dropping out or the sample's last),
        ``left`` (`NEVER` for who stays), ``unrest_from`` (day index, behind ``last_active`` for who
        stays), ``looked_at``, ``offered`` and ``returned`` as in ``returns``, and ``contentment``
        (standard normal, less for those who leave).
    """
    frame = pd.concat(
        [
            _lay_out("member", simulation.members, "name"),
            _lay_out("account", simulation.accounts, "customer_name"),
        ],
        ignore_index=True,
    )
    last = simulation.timetable.last
    left = frame["left"].to_numpy()
    # Those who drop out behind the sample's end have not left yet.
    gone = left <= last
    return frame.assign(
        left=np.where(gone, left, NEVER),
        last_active=np.minimum(left, last),
        unrest_from=np.where(gone, np.maximum(left - UNREST_DAYS, frame["acquired"]), NEVER),
        contentment=rng.normal(0, 1, len(frame)) - LEAVERS_LESS_CONTENT * gone,
    )


def _lay_out(kind: str, customers: CustomerType, name: str) -> pd.DataFrame:
    attributes, lives, win_back = customers.attributes, customers.lives, customers.win_back
    return pd.DataFrame(
        {
            "customer_id": attributes.iloc[:, 0].to_numpy(),
            "customer_type": kind,
            "name": attributes[name].to_numpy(),
            "email": attributes["email"].to_numpy(),
            "score": lives.score,
            "known": attributes["known"].to_numpy(),
            "acquired": lives.acquired,
            "buys": customers.population.buys,
            "yearly_value": customers.population.rate * customers.population.spend_mean * 365,
            "left": lives.dropped_out,
            "looked_at": _spread(win_back, "looked_at", len(lives)),
            "offered": _spread(win_back[win_back["offered"]], "looked_at", len(lives)) < NEVER,
            "returned": _spread(win_back, "returned", len(lives)),
        }
    )


def _spread(win_back: pd.DataFrame, column: str, size: int) -> Integers:
    values = np.full(size, NEVER)
    values[win_back["customer"]] = win_back[column]
    return values
