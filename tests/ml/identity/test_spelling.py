import pandas as pd
import pytest

from ml.identity.spelling import emails, mailboxes, person_names, phones, plain


def one(text: str | None) -> "pd.Series[str]":
    return pd.Series([text], dtype="str")


@pytest.mark.parametrize(
    "written",
    ["ann.lee@x.org", " Ann.Lee@X.org ", "mailto:ann.lee@x.org", "ann.lee+club@x.org"],
)
def test_an_address_is_the_same_however_it_is_written(written: str) -> None:
    assert emails(one(written)).tolist() == ["ann.lee@x.org"]


def test_dots_make_no_other_mailbox_at_google_alone() -> None:
    assert emails(one("a.n.n@googlemail.com")).tolist() == ["ann@gmail.com"]
    assert emails(one("a.n.n@x.org")).tolist() == ["a.n.n@x.org"]


@pytest.mark.parametrize("written", ["", "none", "@x.org", "ann@", "ann@localhost", None])
def test_what_is_no_address_is_missing(written: str | None) -> None:
    assert emails(one(written)).isna().all()
    assert mailboxes(one(written)).isna().all()


@pytest.mark.parametrize("written", ["312-555-0123", "+1 (312) 555-0123", "001 312 5550123"])
def test_a_phone_is_the_same_however_it_is_written(written: str) -> None:
    assert phones(one(written)).tolist() == ["125550123"]


@pytest.mark.parametrize("written", ["", "n/a", "12345", "000 000 0000", None])
def test_what_is_no_phone_is_missing(written: str | None) -> None:
    assert phones(one(written)).isna().all()


@pytest.mark.parametrize(
    ("written", "given", "family"),
    [
        ("Ann Lee", "ann", "lee"),
        ("LEE, Ann", "ann", "lee"),
        ("Dr. Ann Maria Lee", "ann", "lee"),
        ("José O'Neil Jr.", "jose", "oneil"),
        ("Herr Prof. Jürgen Groß", "jurgen", "gross"),
    ],
)
def test_names_come_apart(written: str, given: str, family: str) -> None:
    found = person_names(one(written))
    assert (found["given"][0], found["family"][0]) == (given, family)


@pytest.mark.parametrize("written", ["", " - ", "Dr.", None])
def test_what_is_no_name_is_missing(written: str | None) -> None:
    found = person_names(one(written))
    assert found["given"].isna().all()
    assert found["name"].isna().all() or written == "Dr."


def test_a_single_name_is_the_family_s() -> None:
    assert person_names(one("Ronaldo"))[["given", "family"]].iloc[0].fillna("").tolist() == [
        "",
        "ronaldo",
    ]


def test_texts_lose_case_accents_and_signs() -> None:
    assert plain(one("  12, Rue de l’Église ")).tolist() == ["12 rue de leglise"]  # noqa: RUF001
