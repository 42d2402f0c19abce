"""Which records are one person."""

import pandas as pd

from ml.identity.comparing import UNKNOWN, Level, Likeness, Trait, compare, probability
from ml.identity.families import SAME_YEAR, one_rather_than_family
from ml.identity.spelling import emails, mailboxes, person_names, phones, plain
from ml.lookalikes.matching import normalize_domains

_OTHER_WAY_ROUND = "(given_l = family_r and family_l = given_r)"
_GIVEN_ALIKE = (
    "(jaro_winkler_similarity(given_l, given_r) >= 0.88 "
    "or starts_with(given_l, given_r) or starts_with(given_r, given_l))"
)
_ADDRESSES = "jaro_winkler_similarity(address_l, address_r)"
_YEARS_APART = "abs(birth_year_l::int - birth_year_r::int)"


def _unknown(*columns: str) -> str:
    return " and ".join(f"({name}_l is null or {name}_r is null)" for name in columns)


GIVEN = Trait(
    "given",
    _unknown("given"),
    (
        Level("given_l = given_r", 0.72, 0.01, "same given name", counted="given"),
        Level(_OTHER_WAY_ROUND, 0.02, 0.00001, "same name the other way round"),
        Level(_GIVEN_ALIKE, 0.15, 0.01, "given name alike"),
        Level("", 0.11, 0.98),
    ),
)
FAMILY = Trait(
    "family",
    f"family_l is null or family_r is null or coalesce({_OTHER_WAY_ROUND}, false)",
    (
        Level("family_l = family_r", 0.75, 0.005, "same family name", counted="family"),
        Level(
            "jaro_winkler_similarity(family_l, family_r) >= 0.88", 0.13, 0.005, "family name alike"
        ),
        Level("", 0.12, 0.99),
    ),
)
# Parent and child may share all but the year: the last level is theirs.
BIRTH_YEAR = Trait(
    "birth_year",
    _unknown("birth_year"),
    (
        Level("birth_year_l = birth_year_r", 0.93, 0.03, "same year of birth", "birth_year"),
        Level("damerau_levenshtein(birth_year_l, birth_year_r) <= 1", 0.045, 0.15),
        Level(f"{_YEARS_APART} < 16 or {_YEARS_APART} > 50", 0.015, 0.4),
        Level("", 0.01, 0.42),
    ),
)
EMAIL = Trait(
    "email",
    _unknown("email"),
    (
        Level("email_l = email_r", 0.4, 0.0001, "same e-mail", counted="email"),
        Level("mailbox_l = mailbox_r", 0.1, 0.001, "same mailbox elsewhere", counted="mailbox"),
        Level("", 0.5, 0.9989),
    ),
    is_key=True,
)
PHONE = Trait(
    "phone",
    _unknown("phone"),
    (
        Level("phone_l = phone_r", 0.7, 0.0001, "same phone", counted="phone"),
        Level("damerau_levenshtein(phone_l, phone_r) <= 1", 0.05, 0.001, "phone alike"),
        Level("", 0.25, 0.9989),
    ),
)
ADDRESS = Trait(
    "address",
    _unknown("address"),
    (
        Level("address_l = address_r", 0.55, 0.0002, "same address", counted="address"),
        Level(f"{_ADDRESSES} >= 0.9", 0.15, 0.0005, "address alike"),
        Level(f"{_ADDRESSES} >= 0.8", 0.1, 0.01),
        Level("", 0.2, 0.99),
    ),
)
PLACE = Trait(
    "place",
    _unknown("zip_code", "city"),
    (
        Level("zip_code_l = zip_code_r", 0.7, 0.02, "same postal code", counted="zip_code"),
        Level("jaro_winkler_similarity(city_l, city_r) >= 0.9", 0.1, 0.02, "same city"),
        Level("damerau_levenshtein(zip_code_l, zip_code_r) <= 1", 0.05, 0.02, "postal code alike"),
        Level("", 0.15, 0.94),
    ),
)
PERSON = Likeness(
    (GIVEN, FAMILY, BIRTH_YEAR, EMAIL, PHONE, ADDRESS, PLACE),
    (
        ("email",),
        ("mailbox",),
        ("phone",),
        ("name",),
        ("address",),
        ("given", "birth_year"),
        ("family", "birth_year"),
        ("initials", "birth_year"),
        ("initials", "zip_code"),
        ("birth_year", "zip_code"),
        ("house", "zip_code"),
    ),
)
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
    is_own = mailboxes(records["email"]).notna() & ~mailboxes(records["email"]).isin(
        _NOBODYS_MAILBOXES
    )
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
        ``left``, ``right``, ``confidence``, ``method`` and ``reason``.
    contradictions
        ``left`` and ``right`` of those that must not become one by way of others either.
    """
    pairs = compare(_described(records), PERSON)
    one = one_rather_than_family(pairs, threshold)
    contradict = one.lt(0.5)
    is_telling = _tell_more_than_name_and_place(pairs) & ~_are_ambiguous(pairs, contradict)
    confidence = (probability(pairs["weight"]) * one).where(is_telling, 0)
    is_exact = pairs["email"].eq(EMAIL.closest) & is_telling & ~contradict
    links = pairs[["left", "right", "reason"]].assign(
        confidence=confidence.where(~is_exact, EMAIL_CONFIDENCE),
        method=pd.Series("probable", pairs.index).where(~is_exact, "exact"),
    )
    links["reason"] = links["reason"].where(~is_exact, "same e-mail")
    return links[links["confidence"].ge(threshold)], pairs.loc[contradict, ["left", "right"]]


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
