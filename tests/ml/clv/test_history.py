"""Reading customers' days."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.clv.history import day_number, read_history


def _days(*rows: tuple[str, str, int, float]) -> pd.DataFrame:
    names = ["customer_id", "transaction_date", "order_count", "revenue"]
    return pd.DataFrame(rows, columns=names).assign(customer_type="account")


def test_days_come_in_the_order_of_customer_and_day_whatever_order_they_were_given_in():
    days = _days(
        ("b", "2024-01-02", 1, 3.0), ("a", "2024-01-05", 1, 2.0), ("a", "2024-01-01", 2, 1.0)
    )
    history = read_history(days, "revenue")
    assert history.customers["customer_id"].tolist() == ["a", "b"]
    assert history.customer.tolist() == [0, 0, 1]
    assert history.value.tolist() == [1.0, 2.0, 3.0]
    assert history.day[0] == day_number(date(2024, 1, 1))


def test_a_member_and_an_account_with_one_id_are_two_customers():
    days = _days(("a", "2024-01-02", 1, 3.0), ("a", "2024-01-02", 1, 2.0))
    days["customer_type"] = ["member", "account"]
    assert len(read_history(days, "revenue").customers) == 2


def test_purchases_of_nobody_in_particular_are_left_out():
    days = _days(("a", "2024-01-02", 1, 3.0)).assign(customer_type="unknown")
    assert len(read_history(days, "revenue").customers) == 0


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (_days(("a", "2024-01-02", 1, 3.0)).drop(columns="order_count"), "no column order_count"),
        (_days(("a", "2024-01-02", 1, np.nan)), "rows without revenue"),
        (
            _days(("a", "2024-01-02", 1, 1.0), ("a", "2024-01-02", 1, 2.0)),
            "customer a has .* twice",
        ),
    ],
)
def test_days_that_cannot_be_are_refused(days, message):
    with pytest.raises(ValueError, match=message):
        read_history(days, "revenue")


def test_without_any_purchase_there_is_nothing_to_begin_with():
    with pytest.raises(ValueError, match="no customer has a purchase"):
        read_history(_days(("a", "2024-01-02", 0, -3.0)), "revenue").first_purchase()
