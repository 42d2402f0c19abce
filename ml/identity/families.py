"""Whether records that share nearly all are one person, or a family under one roof.

Spouses, siblings, parents and children share name, address, phone and even e-mail. What sets them
apart, the given name or the year of birth, is sometimes miswritten of one person too. The records
themselves tell which it is, by what chance would make of miswritten ones.
"""

import pandas as pd

from ml.identity.comparing import probability
from ml.identity.likeness import UNKNOWN

SAME_YEAR_IN_FAMILY = 0.15
"""Share of spouses and siblings who were born in one year, at most."""

SAME_YEAR_OF_ONE = 0.93
"""Share of pairs that are one person in which the year is written the same."""

FAMILIES_BEFOREHAND = 10
"""Pairs that are counted beside the records', so that a few prove nothing."""

SAME_YEAR, OTHER_YEAR, GENERATION_APART = 3, 1, 0
"""Levels of the trait ``birth_year``."""

APART_BY_CHANCE = 0.7
"""Pairs with one year miswritten that seem a generation apart, per pair that does not."""


def one_rather_than_family(pairs: pd.DataFrame, threshold: float) -> pd.Series:
    """Return the probability that pairs are one person rather than two of one family.

    Parameters
    ----------
    pairs : levels and weights, as ``compare`` returns them, of the traits ``given`` and
        ``birth_year``
    threshold : probability from which all else that a pair shares is taken to prove it one person
        or one family

    Returns
    -------
    0 to 1; 1 where neither given name nor year of birth speak for a family; of shape (pairs,)
    """
    return _of_other_given_name(pairs, threshold) * _of_other_generation(pairs, threshold)


def _of_other_given_name(pairs: pd.DataFrame, threshold: float) -> pd.Series:
    """One person has one year of birth, a family has several.

    So the share of equal years tells how many of the pairs with different given names are one.
    """
    differs, year = pairs["given"].eq(0), pairs["birth_year"]
    is_known, is_same = year.ne(UNKNOWN), year.eq(SAME_YEAR)
    all_else = pairs["weight"] - pairs["given_weight"] - pairs["birth_year_weight"]
    tells = probability(all_else).ge(threshold) & is_known
    same, count = int((tells & differs & is_same).sum()), int((tells & differs).sum())
    family = SAME_YEAR_IN_FAMILY
    seen = (same + family * FAMILIES_BEFOREHAND) / (count + FAMILIES_BEFOREHAND)
    alike = tells & ~differs
    same_of_one = int((alike & is_same).sum()) + SAME_YEAR_OF_ONE * FAMILIES_BEFOREHAND
    # Without anybody to hold it against, every other name is a family's.
    of_one = same_of_one / (int(alike.sum()) + FAMILIES_BEFOREHAND) if alike.any() else family
    one = min(max((seen - family) / (of_one - family), 0.0), 1.0) if of_one > family else 0.0
    either = one * of_one + (1 - one) * family
    found = pd.Series(one, pairs.index)
    found = found.mask(is_known, one * (1 - of_one) / (1 - either))
    return found.mask(is_same, one * of_one / either).where(differs, 1.0)


def _of_other_generation(pairs: pd.DataFrame, threshold: float) -> pd.Series:
    """Miswritten years are a generation apart as often as chance has it, parents always are."""
    year = pairs["birth_year"]
    # Couples have other years too, by nature: they tell nothing of miswritten ones.
    alike = pairs["given"].ne(0)
    proves = probability(pairs["weight"] - pairs["birth_year_weight"]).ge(threshold) & alike
    apart = int((proves & year.eq(GENERATION_APART)).sum())
    by_chance = APART_BY_CHANCE * int((proves & year.eq(OTHER_YEAR)).sum())
    one = min(by_chance / (apart + FAMILIES_BEFOREHAND), 1.0)
    return pd.Series(1.0, pairs.index).mask(year.eq(GENERATION_APART), one)
