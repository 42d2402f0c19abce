from datetime import date, timedelta

from orchestration.exports.monitoring.arrivals import REFUSED
from orchestration.exports.monitoring.drift import find_drift

FIRST_DAY = date(2024, 1, 1)
COLUMNS = {"id": "number", "code": "text", "paid": "number", "at": "date"}


def changes(deliveries, first, last):
    found = find_drift(
        deliveries.arrivals(last), FIRST_DAY + timedelta(first), FIRST_DAY + timedelta(last)
    )
    return [(one.export_date.day - 1, one.listed()) for one in found]


def without(name):
    return {column: kind for column, kind in COLUMNS.items() if column != name}


def test_the_first_delivery_has_nothing_to_differ_from(deliveries):
    deliveries.add([0], columns=COLUMNS)
    assert changes(deliveries, 0, 0) == []


def test_the_same_columns_are_no_drift_whatever_their_order_and_case(deliveries):
    deliveries.add([0], columns=COLUMNS)
    deliveries.add([3], columns=dict(reversed(COLUMNS.items())))
    deliveries.add([4], columns={name.upper(): kind for name, kind in COLUMNS.items()})
    assert changes(deliveries, 0, 4) == []


def test_new_and_missing_columns_are_named_on_the_day_on_which_they_change(deliveries):
    deliveries.add([0, 1], columns=COLUMNS)
    deliveries.add([2, 3], columns=COLUMNS | {"note": "text"})
    deliveries.add([4, 5], columns=without("paid") | {"note": "text"})
    assert changes(deliveries, 0, 5) == [(2, "note is new"), (4, "paid is missing")]


def test_a_new_column_in_the_place_of_a_missing_one_is_told_as_such(deliveries):
    deliveries.add([0], columns=COLUMNS)
    deliveries.add([1], columns={"id": "number", "sku": "text", "paid": "number", "at": "date"})
    assert changes(deliveries, 1, 1) == [(1, "sku stands in the place of code")]


def test_a_column_of_numbers_that_holds_text_is_told(deliveries):
    deliveries.add([0, 1], columns=COLUMNS)
    deliveries.add([2], columns=COLUMNS | {"paid": "text"})
    assert changes(deliveries, 2, 2) == [(2, "paid was number, is text")]


def test_a_column_without_values_has_kept_its_kind(deliveries):
    deliveries.add([0], columns=COLUMNS)
    deliveries.add([1, 2], columns=COLUMNS | {"paid": None})
    deliveries.add([3], columns=COLUMNS | {"paid": "text"})
    assert changes(deliveries, 0, 3) == [(3, "paid was number, is text")]


def test_a_column_that_is_now_number_now_text_was_text_all_along(deliveries):
    deliveries.add([0, 2, 4], columns=COLUMNS | {"code": "text"}, rows=900)
    deliveries.add([1, 3, 5], columns=COLUMNS | {"code": "number"}, rows=900)
    assert changes(deliveries, 2, 5) == []


def test_a_short_file_of_digits_has_not_left_text(deliveries):
    deliveries.add([0], columns=COLUMNS, rows=900)
    deliveries.add([1], columns=COLUMNS | {"code": "number"}, rows=29)
    assert changes(deliveries, 1, 1) == []
    deliveries.add([2], columns=COLUMNS, rows=900)
    for number in range(3, 8):
        deliveries.add([number], columns=COLUMNS, rows=900)
    deliveries.add([8], columns=COLUMNS | {"code": "number"}, rows=30)
    assert changes(deliveries, 8, 8) == [(8, "code was text, is number")]


def test_a_refused_file_is_told_and_the_next_compared_with_the_last_good_one(deliveries):
    deliveries.add([0], columns=COLUMNS)
    deliveries.add([1], columns=without("id"), outcome=REFUSED)
    deliveries.add([2], columns=COLUMNS)
    assert changes(deliveries, 0, 2) == [(1, "id is missing")]


def test_files_loaded_before_columns_were_noted_are_passed_over(deliveries):
    deliveries.add([0])
    deliveries.add([1], columns=COLUMNS)
    deliveries.add([2])
    deliveries.add([3], columns=without("at"))
    assert changes(deliveries, 0, 3) == [(3, "at is missing")]


def test_parts_of_a_day_may_have_columns_of_their_own(deliveries):
    for number in (0, 1):
        deliveries.add([number], columns={"id": "number", "paid": "number"}, part="_a")
        deliveries.add([number], columns={"id": "number", "note": "text"}, part="_b")
    assert changes(deliveries, 0, 1) == []


def test_the_file_of_the_organization_that_changed_is_named(deliveries):
    deliveries.add([0, 1], "club", columns=COLUMNS)
    deliveries.add([0], "shop", columns=COLUMNS)
    deliveries.add([1], "shop", columns=without("at"))
    (drift,) = find_drift(deliveries.arrivals(1), FIRST_DAY, FIRST_DAY + timedelta(1))
    assert str(drift) == "shop/orders_2024-01-02.csv: at is missing."
