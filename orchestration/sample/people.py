"""All customers of a club in one table, and who of them is the same person or company."""

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER

EMPLOYED_SHARE = 0.05
"""Share of members who write from the address that they have at an account."""

CORPORATE_EMPLOYED_SHARE = 0.6
"""The same share of those on a corporate plan."""

REGISTERED_AGAIN_SHARE = 0.15
"""Share of members who dropped out that later joined once more, under another number."""

LINK = ("relation", "left_type", "left_id", "right_type", "right_id")
"""Columns of the true links between records of different systems, or of one."""


def employ(
    rng: np.random.Generator, members: pd.DataFrame, accounts: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Let some members work at accounts.

    Returns
    -------
    members
        With the e-mail address that the employed have at work.
    links
        Columns `LINK`: which member works at which account.
    """
    share = np.where(
        members["membership_type"] == "corporate", CORPORATE_EMPLOYED_SHARE, EMPLOYED_SHARE
    )
    employed = np.flatnonzero(rng.random(len(members)) < share * bool(len(accounts)))
    employer = rng.integers(0, max(len(accounts), 1), len(employed))
    mailbox = members["email"].iloc[employed].str.split("@").str[0]
    address = mailbox.to_numpy() + "@" + accounts["domain"].to_numpy()[employer]
    members = members.assign(email=members["email"].where(~members.index.isin(employed)))
    members["email"] = members["email"].fillna(pd.Series(address, employed))
    member_ids = members["member_id"].to_numpy()[employed]
    account_ids = accounts["customer_id"].to_numpy()[employer]
    return members, links("works_at", "member", member_ids, "account", account_ids)


def register_again(
    rng: np.random.Generator, members: pd.DataFrame, left: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give some members name, phone and year of birth of one who dropped out before they joined.

    Parameters
    ----------
    rng
        Source of randomness.
    members
        As drawn.
    left
        Day index on which each dropped out, `NEVER` for the others, shape (members,).

    Returns
    -------
    members
        With the repeated ones.
    links
        Columns `LINK`: who is the same person as whom.
    """
    by_joining = np.argsort(members["known"].to_numpy(), kind="stable")
    joined = members["known"].to_numpy()[by_joining]
    earlier = np.flatnonzero((left < NEVER) & (rng.random(len(left)) < REGISTERED_AGAIN_SHARE))
    candidates = np.searchsorted(joined, left[earlier] + 30)
    place = candidates + rng.random(len(earlier)) * (len(joined) - candidates)
    found = candidates < len(joined)
    earlier, later = earlier[found], by_joining[place[found].astype(np.int64)]
    # A person has two numbers, not three.
    alone = ~np.isin(later, earlier)
    _, once = np.unique(np.where(alone, later, -1), return_index=True)
    once = once[alone[once]]
    earlier, later = earlier[once], later[once]
    members = members.copy()
    for column in ("name", "phone", "birth_year"):
        values = members[column].to_numpy(copy=True)
        values[later] = values[earlier]
        members[column] = values
    ids = members["member_id"].to_numpy()
    return members, links("same_person", "member", ids[earlier], "member", ids[later])


def links(
    relation: str, left_type: str, left: np.ndarray, right_type: str, right: np.ndarray
) -> pd.DataFrame:
    """Lay out true links, one row each, in columns `LINK`."""
    size = len(left)
    parts = ([relation] * size, [left_type] * size, left, [right_type] * size, right)
    return pd.DataFrame(dict(zip(LINK, parts, strict=True)), dtype="str")
