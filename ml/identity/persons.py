"""Which records are one person."""

import pandas as pd

from ml.identity.clusters import PAIR
from ml.identity.comparing import compare, probability
from ml.identity.diminutives import full_forms
from ml.identity.families import SAME_YEAR, one_rather_than_family
from ml.identity.likeness import UNKNOWN
from ml.identity.links import LINK
from ml.identity.person_likeness import ADDRESS, EMAIL, PERSON
from ml.identity.spelling import emails, mailboxes, person_names, phones, plain
from ml.lookalikes.matching import normalize_domains

EMAIL_CONFIDENCE = 0.99
"""Confidence that records with one e-mail address that do not contradict each other are one."""

_NOBODYS_MAILBOXES = frozenset(
    {
        "accounting", "admin", "billing", "booking", "bookings", "contact", "email", "hello",
        "help", "info", "invoice", "invoices", "mail", "noreply", "no-reply", "office", "orders",
        "post", "reception", "sales", "service", "shop", "support", "team", "webmaster",
    }
)  # fmt: skip
"""Mailboxes that are read by whoever is on duty."""


def are_persons(records: pd.DataFrame) -> pd.Series:
    """Tell which records may be persons.

    Members are. Leads are by their e-mail address, and accounts if it is one at a mail provider's.
    """
    mailbox = mailboxes(records["email"])
    is_own = mailbox.notna() & ~mailbox.isin(_NOBODYS_MAILBOXES)
    at_a_provider = normalize_domains(records["email"]).isna() & records["domain"].isna()
    kind = records["record_type"]
    return (
        kind.eq("member")
        | (kind.eq("lead") & is_own)
        | (kind.eq("account") & is_own & at_a_provider)
    )


def link_persons(records: pd.DataFrame, threshold: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Link records that are one person: by e-mail, or by all that is known of them.

    Nobody is linked to someone of another given name or generation, unless the records tell that
    these are often miswritten (`one_rather_than_family`).

    Parameters
    ----------
    records : of persons, as they are written; by a whole number that tells the record
    threshold : least confidence of a link, 0 to 1

    Returns
    -------
    links
        Columns ``LINK``.
    contradictions
        ``left`` and ``right`` of those that must not become one by way of others either.
    """
    pairs = compare(_described(records), PERSON)
    one = one_rather_than_family(pairs, threshold)
    contradict = one.lt(0.5)
    is_telling = _tell_more_than_name_and_place(pairs) & ~_are_ambiguous(pairs, contradict)
    confidence = (probability(pairs["weight"]) * one).where(is_telling, 0)
    is_exact = pairs["email"].eq(EMAIL.closest) & is_telling & ~contradict
    links = pairs.assign(
        confidence=confidence.mask(is_exact, EMAIL_CONFIDENCE),
        method=pd.Series("probable", pairs.index).mask(is_exact, "exact"),
        reason=pairs["reason"].mask(is_exact, "same e-mail"),
    )
    return links.loc[links["confidence"].ge(threshold), LINK], pairs.loc[contradict, PAIR]


def _tell_more_than_name_and_place(pairs: pd.DataFrame) -> pd.Series:
    """Many people share these two, and among few records nobody can tell how many."""
    return (
        pairs["birth_year"].ge(SAME_YEAR - 1)
        | pairs["email"].ge(1)
        | pairs["phone"].ge(1)
        | pairs["address"].ge(ADDRESS.closest - 1)
    )


def _are_ambiguous(pairs: pd.DataFrame, contradict: pd.Series) -> pd.Series:
    """Tell which pairs have nothing but an e-mail address that contradicting persons share."""
    quarrel = pairs["email"].eq(EMAIL.closest) & contradict
    shared = pd.concat([pairs.loc[quarrel, "left"], pairs.loc[quarrel, "right"]])
    is_nameless = pairs["given"].eq(UNKNOWN) & pairs["family"].eq(UNKNOWN)
    return is_nameless & (pairs["left"].isin(shared) | pairs["right"].isin(shared))


def _described(records: pd.DataFrame) -> pd.DataFrame:
    """Return what persons are compared by, in the spelling in which it can be."""
    is_lead = records["record_type"].eq("lead")
    names = person_names(records["name"].where(~is_lead))
    address = plain(records["address"])
    mailbox = mailboxes(records["email"])
    is_telling = mailbox.str.len().ge(5) & ~mailbox.isin(_NOBODYS_MAILBOXES)
    return pd.DataFrame(
        {
            **names,
            "full": full_forms(names["given"]),
            "initials": names["given"].str[:1] + names["family"].str[:1],
            "email": emails(records["email"]),
            "mailbox": mailbox.where(is_telling),
            "phone": phones(records["phone"]),
            "address": address,
            "house": address.str.extract(r"\b(\d+)\b", expand=False),
            "zip_code": plain(records["zip_code"]),
            "city": plain(records["city"]),
            "birth_year": records["birth_year"]
            .astype("Int64")
            .astype("str")
            .where(records["birth_year"].notna()),
        }
    )
