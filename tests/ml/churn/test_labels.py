"""Who could leave, who did, and what is not known yet."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.churn.labels import at_risk, label_churn

CUTOFF, AS_OF = date(2024, 3, 31), date(2024, 12, 31)


def _features(*rows: tuple[str, str, date, float | None, str | None]) -> pd.DataFrame:
    names = ["customer_type", "customer_id", "cutoff", "tenure_days", "status"]
    return pd.DataFrame(rows, columns=names)


def _bought(*days: str, **flags: bool) -> pd.DataFrame:
    table = pd.DataFrame({"transaction_date": list(days)}).assign(**flags)
    return table.assign(customer_type="account", customer_id="a")


ACCOUNT = _features(("account", "a", CUTOFF, 10.0, None))


@pytest.mark.parametrize(
    ("day", "churned"),
    [("2024-03-31", 1), ("2024-04-01", 0), ("2024-06-29", 0), ("2024-06-30", 1)],
)
def test_a_purchase_counts_from_the_day_after_the_cutoff_to_the_last_of_the_window(day, churned):
    assert label_churn(ACCOUNT, _bought(day), AS_OF)["churned"].tolist() == [churned]


def test_a_window_that_is_still_open_has_no_label():
    labelled = label_churn(ACCOUNT, _bought("2024-04-05"), date(2024, 6, 28))
    assert labelled["churned"].isna().all()
    assert label_churn(ACCOUNT, _bought("2024-04-05"), date(2024, 6, 29))["churned"].tolist() == [0]


@pytest.mark.parametrize("flag", ["is_cancelled", "is_refund"])
def test_what_was_cancelled_or_refunded_is_no_purchase(flag):
    assert label_churn(ACCOUNT, _bought("2024-05-01", **{flag: True}), AS_OF)["churned"].item() == 1


def test_a_member_who_cancels_within_the_window_has_left_whatever_they_bought():
    features = _features(
        ("member", "m", CUTOFF, 10.0, "active"),
        ("member", "m", date(2024, 5, 31), 70.0, "cancelled"),
    )
    bought = _bought("2024-04-02").assign(customer_type="member", customer_id="m")
    labelled = label_churn(features, bought, AS_OF)
    assert labelled[["cutoff", "churned"]].to_numpy().tolist() == [[pd.Timestamp(CUTOFF), 1.0]]


def test_ids_of_another_type_are_another_customer():
    bought = _bought("2024-04-02").assign(customer_type="member")
    assert label_churn(ACCOUNT, bought, AS_OF)["churned"].item() == 1


def test_who_never_bought_is_at_risk_as_a_member_alone():
    features = _features(
        ("account", "a", CUTOFF, None, None),
        ("member", "m", CUTOFF, None, "active"),
        ("member", "n", CUTOFF, 10.0, "cancelled"),
    )
    assert at_risk(features, AS_OF)["customer_id"].tolist() == ["m"]


def test_what_happens_after_the_as_of_date_changes_nothing():
    as_of, known = date(2024, 7, 31), _bought("2024-03-01")
    later = pd.concat([known, _bought("2024-08-01")])
    pd.testing.assert_frame_equal(
        label_churn(ACCOUNT, known, as_of), label_churn(ACCOUNT, later, as_of)
    )


def test_features_of_a_later_day_are_refused():
    with pytest.raises(ValueError, match="features know of 2024-03-31, after the as-of date 2024"):
        at_risk(ACCOUNT, date(2024, 3, 30))


def test_organizations_do_not_mix():
    both = pd.concat([ACCOUNT, ACCOUNT]).assign(organization_id=["a", "b"])
    with pytest.raises(ValueError, match="several organizations"):
        at_risk(both, AS_OF)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="features have no column status"):
        at_risk(ACCOUNT.drop(columns="status"), AS_OF)
    with pytest.raises(ValueError, match="transactions have no column transaction_date"):
        label_churn(ACCOUNT, pd.DataFrame(columns=["customer_type", "customer_id"]), AS_OF)


def test_without_any_transaction_everyone_has_left():
    nothing = _bought().astype({"transaction_date": "datetime64[s]"})
    assert np.all(label_churn(ACCOUNT, nothing, AS_OF)["churned"] == 1)
