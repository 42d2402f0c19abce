"""Which company is which: by domain, else by name and place, however they are written."""

import pandas as pd

_LEGAL_FORMS = (
    "ab|ag|aps|as|bv|co|company|corp|corporation|gmbh|inc|incorporated|kg|kk|limited|llc|llp|lp|"
    "ltd|nv|oy|plc|pty|sa|sarl|sas|sl|spa|srl|ug"
)
_NOBODYS_DOMAINS = frozenset(
    {
        "163.com", "aol.com", "facebook.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com",
        "hotmail.com", "icloud.com", "instagram.com", "linkedin.com", "live.com", "mail.com",
        "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "qq.com", "web.de",
        "yahoo.com",
    }
)  # fmt: skip
"""Domains that many companies write from, so that they tell nothing about which it is."""

PLACE = ("city", "state", "country")


def normalize_domains(domains: pd.Series) -> pd.Series:
    """Reduce addresses, e-mail addresses and host names to the bare domain.

    Missing where nothing is left, or where the domain is a mail or page provider's.
    """
    bare = (
        domains.astype("str")
        .str.strip()
        .str.lower()
        .str.replace(r"^[a-z]+://", "", regex=True)
        .str.replace(r"[/?#].*$", "", regex=True)
        .str.replace(r"^.*@", "", regex=True)
        .str.replace(r":\d+$", "", regex=True)
        .str.replace(r"^www\.", "", regex=True)
        .str.rstrip(".")
    )
    tells = domains.notna() & bare.str.contains(".", regex=False) & ~bare.isin(_NOBODYS_DOMAINS)
    return bare.where(tells)


def normalize_names(names: pd.Series) -> pd.Series:
    """Reduce company names to what their spellings share: no case, accents, signs, legal form.

    Missing where nothing is left.
    """
    plain = (
        names.astype("str")
        .str.normalize("NFKD")
        .str.replace("[\u0300-\u036f.'’]", "", regex=True)  # noqa: RUF001 - an apostrophe in names
        .str.casefold()
        .str.replace(r"[\W_]+", " ", regex=True)
        .str.replace(r"\b(and|the)\b", " ", regex=True)
        .str.replace(r"\s+", " ", regex=True)
        .str.strip()
    )
    short = plain.str.replace(rf"( ({_LEGAL_FORMS}))+$", "", regex=True)
    return short.where(names.notna() & short.ne(""))


def match_customers(companies: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    """Find companies that are customers already.

    A company is a customer with the same domain; else one with the same name in the same place:
    city, state and country are the same as far as both are known, and one of them is.

    Parameters
    ----------
    companies : company_name, domain, city, state, country; of shape (n, ...)
    customers : customer_name, domain, city, state, country, and email where known: its domain
        stands in for a missing one. A customer may have several rows, as from earlier addresses

    Returns
    -------
    position (row number) in ``customers`` of the first that matches, missing where none does;
    of shape (n,), with the index of ``companies``
    """
    domains = normalize_domains(customers["domain"])
    if "email" in customers:
        domains = domains.fillna(normalize_domains(customers["email"]))
    known = pd.Series(range(len(customers)), index=domains, dtype="Int64")
    known = known[known.index.notna() & ~known.index.duplicated()]
    by_domain = normalize_domains(companies["domain"]).map(known)
    return by_domain.astype("Int64").fillna(_by_name_and_place(companies, customers))


def _by_name_and_place(companies: pd.DataFrame, customers: pd.DataFrame) -> pd.Series:
    ours = _named(customers, "customer_name").rename_axis("customer").reset_index()
    theirs = _named(companies, "company_name").rename_axis("company").reset_index()
    pairs = theirs.merge(ours, on="name", suffixes=("", "_of_customer"))
    agrees = pd.Series(False, pairs.index)
    differs = pd.Series(False, pairs.index)
    for level in PLACE:
        here, there = pairs[level], pairs[f"{level}_of_customer"]
        both = here.notna() & there.notna()
        agrees |= both & here.eq(there)
        differs |= both & here.ne(there)
    found = pairs[agrees & ~differs].groupby("company")["customer"].min()
    matched = pd.Series(pd.NA, range(len(companies)), dtype="Int64")
    matched.loc[found.index] = found.to_numpy()
    return matched.set_axis(companies.index)


def _named(companies: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return name and place in their plain spelling, by position, of those that have a name."""
    places = {level: _plain(companies[level]) for level in PLACE}
    named = pd.DataFrame({"name": normalize_names(companies[name]), **places})
    return named.reset_index(drop=True).dropna(subset="name")


def _plain(texts: pd.Series) -> pd.Series:
    return texts.astype("str").str.strip().str.casefold().where(texts.notna())
