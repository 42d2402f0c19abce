"""Which records are one company."""

import pandas as pd

from ml.identity.comparing import compare, probability
from ml.identity.likeness import Level, Likeness, Trait
from ml.identity.links import LINK, joined_by
from ml.identity.spelling import emails, plain
from ml.lookalikes.matching import normalize_domains, normalize_names

_NAMES = "jaro_winkler_similarity(name_l, name_r)"
_NUMBERS = "numbers_l = numbers_r"

# Branches and franchises are told apart by numbers in their names.
NAME = Trait(
    "name",
    "name_l is null or name_r is null",
    (
        Level("name_l = name_r", 0.85, 0.0001, "same name", counted="name"),
        Level(f"words_l = words_r and {_NUMBERS}", 0.02, 0.0001, "same words in the name"),
        Level(f"{_NAMES} >= 0.93 and {_NUMBERS}", 0.08, 0.001, "name alike"),
        Level("", 0.05, 0.999),
    ),
)
DOMAIN = Trait(
    "domain",
    "domain_l is null or domain_r is null",
    (
        Level("domain_l = domain_r", 0.85, 0.0001, "same domain", counted="domain"),
        Level("site_l = site_r", 0.05, 0.001, "same domain elsewhere", counted="site"),
        Level("", 0.1, 0.999),
    ),
)
PLACE = Trait(
    "place",
    "(city_l is null or city_r is null) and (state_l is null or state_r is null)",
    (
        Level("state_l <> state_r", 0.07, 0.6),
        Level("city_l = city_r", 0.8, 0.05, "same city", counted="city"),
        Level("state_l = state_r", 0.1, 0.15, "same state"),
        Level("", 0.03, 0.2),
    ),
)
INDUSTRY = Trait(
    "industry",
    "industry_l is null or industry_r is null",
    (
        Level("industry_l = industry_r", 0.75, 0.1, "same industry", counted="industry"),
        Level("", 0.25, 0.9),
    ),
)
_RATIO = "least(employee_count_l, employee_count_r) / greatest(employee_count_l, employee_count_r)"
SIZE = Trait(
    "size",
    "coalesce(employee_count_l, 0) = 0 or coalesce(employee_count_r, 0) = 0",
    (
        Level(f"{_RATIO} >= 0.9", 0.6, 0.06, "same size"),
        Level(f"{_RATIO} >= 0.5", 0.3, 0.3),
        Level("", 0.1, 0.64),
    ),
)
COMPANY = Likeness(
    (NAME, DOMAIN, PLACE, INDUSTRY, SIZE),
    (
        ("name",),
        ("words",),
        ("site",),
        ("first_word", "numbers", "city"),
        ("first_word", "city", "industry"),
        ("name_start", "numbers", "city"),
        ("name_start", "numbers", "industry"),
        ("name_start", "numbers", "employee_count"),
    ),
)
_SUFFIX = r"(\.(ac|co|com|edu|gov|net|org))?\.[^.]+$"
DOMAIN_CONFIDENCE = 0.98
EMAIL_CONFIDENCE = 0.99
NAME_CONFIDENCE = 0.95


def are_companies(records: pd.DataFrame) -> pd.Series:
    """Tell which records may be companies: all but members, and leads without a company."""
    kind = records["record_type"]
    is_of_a_company = (
        records["name"].notna() | records["domain"].notna() | records["customer_type"].eq("account")
    )
    return kind.ne("member") & (kind.ne("lead") | is_of_a_company)


def link_companies(records: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Link records that are one company: by e-mail, by domain, or by all that is known of them.

    Parameters
    ----------
    records : of companies, as they are written; by a whole number that tells the record
    threshold : least confidence of a link, 0 to 1

    Returns
    -------
    Columns ``LINK``
    """
    described = _described(records)
    names = described["name"]
    pairs = compare(described, COMPANY)
    # Neighbours of one trade and size are alike in all but the name.
    is_telling = pairs["name"].ge(1) | pairs["domain"].ge(1)
    confidence = probability(pairs["weight"]).where(is_telling, 0)
    likely = pairs.assign(confidence=confidence, method="probable")
    return pd.concat(
        [
            joined_by(emails(records["email"]), names, EMAIL_CONFIDENCE, "same e-mail"),
            joined_by(described["domain"], names, DOMAIN_CONFIDENCE, "same domain"),
            _employers(records["record_type"], names),
            likely.loc[likely["confidence"].ge(threshold), LINK],
        ]
    )


def _employers(record_types: pd.Series, names: pd.Series) -> pd.DataFrame:
    """Link employers, of whom the name is all that is known, to the only company of that name."""
    accounts, prospects = (names[record_types.eq(kind)] for kind in ("account", "prospect"))
    # Where several accounts or prospects go by a name, it does not tell which one is meant.
    holders = pd.concat([accounts, prospects[~prospects.isin(accounts)]])
    only = holders[~holders.duplicated(keep=False)]
    employers = names[record_types.eq("employer")]
    named = employers.where(employers.isin(only) | ~employers.isin(holders))
    return joined_by(pd.concat([only, named]), names, NAME_CONFIDENCE, "same name but for spelling")


def _described(records: pd.DataFrame) -> pd.DataFrame:
    """Return what companies are compared by, in the spelling in which it can be."""
    name = normalize_names(records["name"])
    domain = normalize_domains(records["domain"])
    is_account = records["record_type"].eq("account")
    domain = domain.fillna(normalize_domains(records["email"].where(is_account)))
    words = name.map(_sorted_words, na_action="ignore").astype("str")
    return pd.DataFrame(
        {
            "name": name,
            "words": words,
            "numbers": name.str.replace(r"\D+", " ", regex=True).str.strip(),
            "first_word": name.str.extract(r"^(\S+)", expand=False),
            "name_start": name.str[:4],
            "domain": domain,
            "site": domain.str.replace(_SUFFIX, "", regex=True),
            "city": plain(records["city"]),
            "state": plain(records["state"]),
            "industry": plain(records["industry"]),
            "employee_count": records["employee_count"].astype("float64"),
        }
    )


def _sorted_words(text: str) -> str:
    return " ".join(sorted(text.split()))
