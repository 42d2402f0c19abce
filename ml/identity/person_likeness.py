"""What persons are compared by."""

from ml.identity.likeness import Level, Likeness, Trait

_OTHER_WAY_ROUND = "(given_l = family_r and family_l = given_r)"
_GIVEN_ALIKE = (
    "(jaro_winkler_similarity(given_l, given_r) >= 0.88 "
    "or starts_with(given_l, given_r) or starts_with(given_r, given_l) or full_l = full_r)"
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
