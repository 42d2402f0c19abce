"""When a test was looked at: the days on which enough had come to look, and how far the plan was.

All is told from what each of these days knew, so that looking back on a day gives what was seen.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.arrays import Flags, Floats
from ml.experiments.planning import LEAST_PER_GROUP
from ml.experiments.sequential import SLACK

# Of the plan, or past it of what has come: closer looks would tell nothing new.
_LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Looks:
    """The looks of a variant beside its control.

    Attributes
    ----------
    days : places of the looks among the test's days, shape (n_looks,)
    information : people per group as it counts for the evidence, shape (n_looks,)
    fractions : share of the plan that was there, not decreasing, shape (n_looks,)
    """

    days: npt.NDArray[np.intp]
    information: Floats
    fractions: Floats


def minimum_sample(control: Floats, variant: Floats, share: Floats | None) -> Flags:
    """Return whether the groups are large enough to look at all.

    Parameters
    ----------
    control, variant : people in the groups
    share : the groups' proportion together, of which five of each kind are expected in each group
        (Cochran 1954); None for a mean or ratio
    """
    smaller = np.minimum(control, variant)
    large = smaller >= LEAST_PER_GROUP
    if share is not None:
        large &= smaller * np.minimum(share, 1 - share) >= 5  # noqa: PLR2004
    return np.asarray(large)


def looks_of(balanced: Floats, planned: Floats, is_enough: Flags, is_over: Flags) -> Looks:
    """Return the looks of a test.

    Parameters
    ----------
    balanced : people per group (harmonic mean of the two) until each day
    planned : people per group that the plan asks for, as each day knew it; infinite where it could
        not tell
    is_enough : whether the minimum sample was there
    is_over : whether the last day of the test had come: then all is spent that the plan allows
    """
    ended = is_over & is_enough
    first_over = int(np.argmax(ended)) if ended.any() else None
    days: list[int] = []
    information: list[float] = []
    fractions: list[float] = []
    known, fraction = 0.0, 0.0
    for day, people in enumerate(balanced):
        ends = day == first_over
        plan = planned[day]
        if first_over is not None and day >= first_over:
            plan = min(plan, balanced[first_over] / SLACK)
        worth = people - known >= _LEAST_SHARE * max(people, plan)
        if (
            not is_enough[day]
            or not np.isfinite(plan)
            or not (worth or (ends and fraction < SLACK))
        ):
            continue
        # Where a test ends without new people, the last look counts as one of its own.
        known = max(people, known * (1 + _LEAST_SHARE))
        fraction = max(fraction, people / plan)
        days.append(day)
        information.append(known)
        fractions.append(fraction)
    return Looks(np.array(days, dtype=np.intp), np.array(information), np.array(fractions))
