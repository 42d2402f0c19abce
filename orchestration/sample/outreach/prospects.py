"""Companies that could become customers, some of which are customers under another spelling."""

import hashlib

import numpy as np
import pandas as pd

from orchestration.sample.companies import draw_companies
from orchestration.sample.draws import numbers
from orchestration.sample.people import links
from orchestration.sample.timetable import Timetable, changes, listings

PROSPECTS_PER_ACCOUNT = 0.8
KNOWN_SHARE = 0.08
"""Share of accounts that stand among the prospects too."""

KNOWN_DOMAIN_SHARE = 0.6
"""Share of these whose domain the list of prospects has."""

DECIDED_SHARE = 0.1
_DECISIONS = ("approved", "contacted", "rejected")
_COLUMNS = ["company_name", "domain", "industry", "naics", "city", "state"]
_SIZES = ["employee_count", "annual_revenue"]


def draw_prospects(
    rng: np.random.Generator, accounts: pd.DataFrame, timetable: Timetable
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw prospects.

    Returns
    -------
    prospects
        One row each: the canonical columns, ``known`` (day index) and ``score``, the standardised
        value that it would have as an account, missing where it is one.
    links
        Columns ``people.LINK``: which prospect is which account.
    """
    size = round(PROSPECTS_PER_ACCOUNT * len(accounts))
    score = rng.normal(0, 1, size)
    new = draw_companies(rng, score, first_number=len(accounts) + 1).assign(score=score)
    known = accounts[rng.random(len(accounts)) < KNOWN_SHARE]
    copies = known.rename(columns={"customer_name": "company_name"})[_COLUMNS + _SIZES]
    copies = copies.assign(company_name=misspell(rng, copies["company_name"]))
    copies["domain"] = copies["domain"].where(rng.random(len(copies)) < KNOWN_DOMAIN_SHARE)
    prospects = pd.concat([new[[*_COLUMNS, *_SIZES, "score"]], copies])
    order = rng.permutation(len(prospects))
    prospects = prospects.iloc[order].reset_index(drop=True)
    prospects.insert(0, "prospect_id", numbers("P", len(prospects)))
    since = np.maximum(rng.integers(-timetable.days, timetable.days, len(prospects)), 0)
    prospects = prospects.assign(country="US", known=since)
    place = np.argsort(order)[size:]
    ids = prospects["prospect_id"].to_numpy()[place]
    account_ids = known["customer_id"].to_numpy()
    return prospects, links("same_company", "prospect", ids, "account", account_ids)


def list_prospects(prospects: pd.DataFrame, timetable: Timetable) -> pd.DataFrame:
    """Lay out the monthly list of prospects in canonical columns."""
    columns = ["prospect_id", *_COLUMNS, "country", *_SIZES]
    known = prospects["known"].to_numpy()
    return listings(timetable.monthly, "prospect_id", None, (prospects[columns], known))


def draw_target_updates(
    rng: np.random.Generator,
    organization_id: str,
    prospects: pd.DataFrame,
    timetable: Timetable,
) -> pd.DataFrame:
    """Draw the monthly export of decisions on targets in canonical columns."""
    decided = prospects[rng.random(len(prospects)) < DECIDED_SHARE]
    size = len(decided)
    day = decided["known"].to_numpy() + rng.integers(1, 60, size)
    updates = pd.DataFrame(
        {
            "target_id": [
                hashlib.md5(f"{organization_id}|{key}".encode(), usedforsecurity=False).hexdigest()
                for key in decided["prospect_id"]
            ],
            "status": rng.choice(_DECISIONS, size, p=(0.5, 0.3, 0.2)),
            "updated_at": timetable.time(day, rng.integers(480, 1080, size)),
            "updated_by": "sales",
        }
    )
    return changes(timetable.monthly, ["target_id"], (updates, day))


def misspell(rng: np.random.Generator, names: pd.Series) -> pd.Series:
    """Write company names as other people's lists do."""
    style = rng.integers(0, 4, len(names))
    plain = names.str.replace("[,&.]", "", regex=True).str.replace("  ", " ")
    choices = [names.str.upper(), names + " LLC", plain, "The " + names]
    return pd.Series(
        np.choose(style, [choice.to_numpy(dtype=str) for choice in choices]), names.index
    )
