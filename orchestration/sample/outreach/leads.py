"""Leads: companies that outreach addresses, and dormant customers who get an offer.

Whether a company is reached by a channel is decided by lot, and what each channel adds to its
odds of becoming an account is known.
"""

import numpy as np
import pandas as pd

from orchestration.sample.draws import NEVER, Flags, Integers, numbers
from orchestration.sample.outreach.campaigns import campaign_of
from orchestration.sample.outreach.prospects import misspell
from orchestration.sample.people import links
from orchestration.sample.timetable import Timetable, listings

LEADS_PER_ACCOUNT = 0.7
BASE_LOG_ODDS = -2.9
"""Log-odds of becoming an account for a lead whom no channel reaches."""

CHANNELS = (
    "email",
    "linkedin",
    "contact_form",
    "phone",
    "paid_search",
    "display",
    "video",
    "social",
)
REACH = (0.80, 0.40, 0.20, 0.25, 0.30, 0.50, 0.20, 0.25)
"""Share of leads whom each channel reaches."""

LOG_ODDS = (0.30, 0.60, 0.20, 1.00, 0.70, 0.10, 0.15, 0.25)
"""What each channel adds to the log-odds of those whom it reaches."""

CONVERSION_DAYS = (10, 45)
"""Least and most days from a lead to its first order."""

LINKED_SHARE = 0.7
"""Share of leads who became accounts whose account the outreach tool knows."""

LOST_AFTER = 90


def draw_leads(
    rng: np.random.Generator,
    customers: pd.DataFrame,
    prospects: pd.DataFrame,
    campaigns: pd.DataFrame,
    timetable: Timetable,
) -> pd.DataFrame:
    """Draw leads.

    Returns
    -------
    pandas.DataFrame
        One row per lead in order of ``created``: ``lead_id``, ``campaign_id``, ``company_name``,
        ``email``, ``domain``, ``created`` and ``converted`` (day indices), ``customer`` (index of
        the customer that it becomes or is, -1 for none), ``prospect`` (index of the prospect that
        it is, -1 for none), ``is_new`` (False for dormant customers),
        ``knows_customer``, ``reached_by_<channel>``, and ``probability`` of becoming an account
        (missing for dormant customers).
    """
    leads = pd.concat(
        [
            _draw_new(rng, customers, prospects, timetable),
            _draw_dormant(customers),
        ],
        ignore_index=True,
    ).sort_values(["created", "domain", "email"], kind="stable", ignore_index=True)
    leads.insert(0, "lead_id", numbers("L", len(leads)))
    created = leads["created"].to_numpy()
    campaign = np.where(
        leads["is_new"],
        campaign_of(campaigns, "NEW", created),
        campaign_of(campaigns, "BACK", created),
    )
    return leads.assign(campaign_id=campaign)


def _draw_new(
    rng: np.random.Generator,
    customers: pd.DataFrame,
    prospects: pd.DataFrame,
    timetable: Timetable,
) -> pd.DataFrame:
    first_day = CONVERSION_DAYS[1]
    late = customers["acquired"].between(first_day, timetable.last) & customers["buys"]
    accounts = np.flatnonzero(late & (customers["customer_type"] == "account"))
    others = np.flatnonzero(prospects["score"].notna())
    accounts, others = rng.permutation(accounts), rng.permutation(others)

    total = (customers["customer_type"] == "account").sum()
    size = min(round(LEADS_PER_ACCOUNT * total), len(others))
    reached: Flags = rng.random((size, len(CHANNELS))) < REACH
    probability = 1 / (1 + np.exp(-(BASE_LOG_ODDS + reached @ np.array(LOG_ODDS))))
    converts = rng.random(size) < probability
    # A sample of a few days has not enough accounts to become.
    converts &= np.cumsum(converts) <= len(accounts)

    place = np.cumsum(converts) - 1
    customer = np.full(size, -1)
    customer[converts] = accounts[place[converts]]
    converted = np.full(size, NEVER)
    converted[converts] = customers["acquired"].to_numpy()[customer[converts]]
    wait = rng.integers(*CONVERSION_DAYS, size, endpoint=True)
    created = np.where(converts, converted - wait, rng.integers(0, timetable.days, size))
    prospect = prospects.iloc[others[:size]]
    name = np.where(converts, customers["name"].to_numpy()[customer], prospect["company_name"])
    mail_domain = customers["email"].str.split("@").str[1].to_numpy()[customer]
    domain = np.where(converts, mail_domain, prospect["domain"])
    frame = pd.DataFrame(
        {
            "company_name": misspell(rng, pd.Series(name, dtype="str")),
            "email": np.strings.add("info@", domain.astype(str)),
            "domain": domain,
            "created": created,
            "converted": converted,
            "customer": customer,
            "prospect": np.where(converts, -1, prospect.index),
            "is_new": True,
            "knows_customer": rng.random(size) < LINKED_SHARE,
            "probability": probability,
        }
    )
    return frame.assign(**{f"reached_by_{c}": reached[:, i] for i, c in enumerate(CHANNELS)})


def _draw_dormant(customers: pd.DataFrame) -> pd.DataFrame:
    """Make leads of the dormant customers who get an offer: by mail, and accounts by phone too."""
    offered = np.flatnonzero(customers["offered"])
    who = customers.iloc[offered]
    account = (who["customer_type"] == "account").to_numpy()
    frame = pd.DataFrame(
        {
            "company_name": who["name"].where(account).to_numpy(),
            "email": who["email"].to_numpy(),
            "domain": who["email"].str.split("@").str[1].where(account).to_numpy(),
            "created": who["looked_at"].to_numpy(),
            "converted": who["returned"].to_numpy(),
            "customer": offered,
            "prospect": -1,
            "is_new": False,
            "knows_customer": True,
        }
    )
    frame[[f"reached_by_{channel}" for channel in CHANNELS]] = False
    return frame.assign(reached_by_email=True, reached_by_phone=account)


def list_leads(
    leads: pd.DataFrame,
    customers: pd.DataFrame,
    engaged: Integers,
    replied: Integers,
    timetable: Timetable,
) -> pd.DataFrame:
    """Lay out the weekly list of leads in canonical columns.

    Parameters
    ----------
    leads, customers
        As drawn.
    engaged, replied
        Day on which each lead first opened or clicked, and first replied, shape (leads,).
    timetable
        The days of the sample.
    """
    created, converted = leads["created"].to_numpy(), leads["converted"].to_numpy()
    lost = np.where(converted < NEVER, NEVER, created + LOST_AFTER)
    ids = customers["customer_id"].reindex(leads["customer"]).set_axis(leads.index)
    new = leads[["lead_id", "campaign_id", "company_name", "email", "domain"]].assign(
        created_at=timetable.time(created, 8 * 60 + np.arange(len(leads)) % 240),
        status="new",
        customer_id=ids.where(~leads["is_new"]),
    )
    won = new.assign(status="converted", customer_id=ids.where(leads["knows_customer"]))
    return listings(
        timetable.weekly,
        "lead_id",
        None,
        (new, created),
        (new.assign(status="engaged"), engaged),
        (new.assign(status="replied"), replied),
        (won, converted),
        (new.assign(status="lost"), lost),
    )


def link_leads(
    leads: pd.DataFrame, customers: pd.DataFrame, prospects: pd.DataFrame
) -> pd.DataFrame:
    """Tell which lead is which customer or prospect, in columns ``people.LINK``."""
    became = leads[leads["customer"] >= 0]
    who = customers.iloc[became["customer"]]
    ids = who["customer_id"].to_numpy()
    customer = links("same_customer", "lead", became["lead_id"].to_numpy(), "", ids)
    other = leads[leads["prospect"] >= 0]
    company = prospects["prospect_id"].iloc[other["prospect"]].to_numpy()
    prospect = links("same_company", "lead", other["lead_id"].to_numpy(), "prospect", company)
    return pd.concat([customer.assign(right_type=who["customer_type"].to_numpy()), prospect])
