import pandas as pd
import pytest

from ml.lookalikes.matching import match_customers, normalize_domains, normalize_names

COLUMNS = ["domain", "city", "state", "country"]


def customers(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer_name", *COLUMNS], dtype="str")


def companies(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["company_name", *COLUMNS], dtype="str")


@pytest.mark.parametrize(
    "written",
    [
        "acme.com",
        "WWW.Acme.com.",
        "https://acme.com/about?x=1",
        "info@acme.com",
        " http://www.acme.com:8080 ",
    ],
)
def test_a_domain_is_the_same_however_it_is_written(written):
    assert normalize_domains(pd.Series([written])).tolist() == ["acme.com"]


@pytest.mark.parametrize("nothing", ["", "unknown", None, "someone@gmail.com", "facebook.com/acme"])
def test_what_names_no_company_is_no_domain(nothing):
    assert normalize_domains(pd.Series([nothing], dtype="str")).isna().all()


@pytest.mark.parametrize(
    "written",
    ["Müller & Söhne", "MULLER SOHNE", "The Muller, Sohne Co. Ltd.", "Müller and Söhne GmbH"],
)
def test_a_name_is_the_same_however_it_is_written(written):
    assert normalize_names(pd.Series([written])).tolist() == ["muller sohne"]


def test_a_name_of_a_legal_form_alone_stays_a_name():
    assert normalize_names(pd.Series(["Company", "AS"])).tolist() == ["company", "as"]


def test_names_in_other_scripts_are_kept_apart():
    assert normalize_names(pd.Series(["東京スポーツ", "大阪スポーツ"])).nunique() == 2


def test_the_domain_tells_before_the_name():
    ours = customers(
        ("Acme", "other.com", "Chicago", "IL", "US"), ("Zenith", "acme.com", "Boston", "MA", "US")
    )
    theirs = companies(("Acme", "www.acme.com", "Chicago", "IL", "US"))
    assert match_customers(theirs, ours).tolist() == [1]


def test_the_domain_of_an_email_address_stands_in():
    ours = customers(("Acme", None, None, None, None)).assign(email="orders@acme.com")
    theirs = companies(("Something", "acme.com", None, None, None))
    assert match_customers(theirs, ours).tolist() == [0]


@pytest.mark.parametrize(
    ("place", "is_same"),
    [
        (("Chicago", "IL", "US"), True),
        (("chicago ", None, None), True),
        ((None, "IL", "US"), True),
        (("Chicago", "MA", "US"), False),
        (("Springfield", "IL", "US"), False),
        ((None, None, None), False),
    ],
)
def test_a_name_tells_in_the_same_place_alone(place, is_same):
    ours = customers(("Acme Sports Inc", "acme.com", "Chicago", "IL", "US"))
    theirs = companies(("ACME SPORTS", None, *place))
    assert match_customers(theirs, ours).notna().tolist() == [is_same]


def test_companies_keep_their_index_and_unknown_ones_match_nobody():
    ours = customers(("Acme", None, "Chicago", None, None), (None, None, "Chicago", None, None))
    theirs = companies(
        (None, None, "Chicago", None, None),
        ("Nobody", None, "Chicago", None, None),
        ("Acme", None, "Chicago", None, None),
    ).set_axis([7, 8, 9])
    matched = match_customers(theirs, ours)
    assert matched.index.tolist() == [7, 8, 9]
    assert matched.notna().tolist() == [False, False, True]
