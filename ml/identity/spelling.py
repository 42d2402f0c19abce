"""What is compared of a record: keys and names without the ways in which they are written."""

import pandas as pd

_TITLES = "mr|mrs|ms|miss|dr|prof|sir|herr|frau|mme|mlle"
_SUFFIXES = "jr|sr|ii|iii|iv|phd|md|esq"
PHONE_DIGITS = 9
"""Digits from the end that tell a line, whether or not the country stands before them."""

LEAST_PHONE_DIGITS = 7


def plain(texts: pd.Series) -> pd.Series:
    """Reduce texts to lower-case words without accents and signs; missing where nothing is left."""
    words = (
        texts.astype("str")
        .str.normalize("NFKD")
        .str.replace("[\u0300-\u036f.'’]", "", regex=True)  # noqa: RUF001 - an apostrophe in names
        .str.casefold()
        .str.replace(r"[\W_]+", " ", regex=True)
        .str.strip()
    )
    return words.where(texts.notna() & words.ne(""))


def emails(texts: pd.Series) -> pd.Series:
    """Reduce e-mail addresses to what tells the mailbox; missing where there is none.

    A tag behind a plus sign, and dots in addresses at Google, make no other mailbox.
    """
    bare = (
        texts.astype("str")
        .str.strip()
        .str.casefold()
        .str.removeprefix("mailto:")
        .str.replace(r"\+[^@]*@", "@", regex=True)
        .str.replace("@googlemail.com", "@gmail.com", regex=False)
    )
    is_google = bare.str.endswith("@gmail.com")
    dotless = bare.str.removesuffix("@gmail.com").str.replace(".", "", regex=False) + "@gmail.com"
    found = bare.where(~is_google, dotless)
    return found.where(texts.notna() & bare.str.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+"))


def phones(texts: pd.Series) -> pd.Series:
    """Reduce phone numbers to the digits that tell the line; missing where they are too few."""
    digits = texts.astype("str").str.replace(r"\D", "", regex=True)
    line = digits.str[-PHONE_DIGITS:]
    is_a_number = digits.str.len().ge(LEAST_PHONE_DIGITS) & ~line.str.fullmatch(r"(\d)\1*")
    return line.where(texts.notna() & is_a_number)


def mailboxes(texts: pd.Series) -> pd.Series:
    """Return what stands before the @ of e-mail addresses."""
    return emails(texts).str.extract(r"^([^@]+)", expand=False)


def person_names(names: pd.Series) -> pd.DataFrame:
    """Take names of persons apart.

    Returns
    -------
    Columns ``name`` (plain, given name first, without titles), ``given`` and ``family`` (first and
    last word of it); missing where there is no name, and ``given`` where there is one word alone.
    """
    turned = names.astype("str").str.replace(r"^([^,]+),\s*(.+)$", r"\2 \1", regex=True)
    words = plain(turned.where(names.notna()))
    bare = words.str.replace(rf"^(({_TITLES}) )+", "", regex=True)
    bare = bare.str.replace(rf"( ({_SUFFIXES}))+$", "", regex=True)
    bare = bare.where(bare.ne(""))
    return pd.DataFrame(
        {
            "name": bare,
            "given": bare.str.extract(r"^(\S+) ", expand=False),
            "family": bare.str.extract(r"(\S+)$", expand=False),
        }
    )
