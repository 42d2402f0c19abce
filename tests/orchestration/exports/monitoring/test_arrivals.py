"""What the ledger tells after real loads, on both engines."""

from datetime import date

import pytest

from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.results import FileStatus
from orchestration.exports.monitoring.arrivals import read_arrivals
from orchestration.exports.monitoring.drift import find_drift
from orchestration.exports.monitoring.freshness import find_lateness
from orchestration.exports.monitoring.volume import measure_volumes

ORDER = "{},c1,2024-05-01 10:00:00,{}.00,placed"
LAST_DAY = date(2024, 5, 6)


class StillGrowing(Landing):
    """A landing whose file of 6 May changes whenever it is looked at."""

    def is_unchanged(self, file):
        return file.export_date != LAST_DAY and super().is_unchanged(file)


@pytest.fixture
def loaded(exports):
    """Return a shop that delivers daily: 3 May is missing, 5 May refused and 6 May postponed."""
    exports.organize(orders={"expected": "daily"})
    for day in (1, 2, 4, 6):
        rows = [ORDER.format(f"{day}-{number}", number) for number in range(day)]
        exports.deliver_orders(*rows, day=f"2024-05-0{day}")
    exports.deliver("orders/orders_2024-05-05.csv", "order_id,ordered_at,status\n1,2024,placed\n")
    exports.result = exports.load(landing_type=StillGrowing)
    return exports


def arrivals(exports, last_day=LAST_DAY, organizations=None):
    organizations = organizations or [exports.organization]
    postponed = exports.result.of(FileStatus.POSTPONED)
    return read_arrivals(exports.warehouse, organizations, ["orders"], last_day, postponed)


def test_days_without_delivery_are_told_by_what_became_of_their_files(loaded):
    (late,) = find_lateness(arrivals(loaded), date(2024, 5, 1), LAST_DAY)
    assert late.listed(9) == "2024-05-03, 2024-05-05 refused, 2024-05-06 postponed"
    assert (late.newest_delivery, late.days_late) == (date(2024, 5, 4), 2)


def test_the_refused_file_shows_what_it_lacks(loaded):
    (drift,) = find_drift(arrivals(loaded), date(2024, 5, 1), LAST_DAY)
    assert drift.file == "shop/orders/orders_2024-05-05.csv"
    assert [change.name_before for change in drift.changes if change.name_now is None] == [
        "customer_id",
        "order_revenue",
    ]


def test_rows_are_those_of_the_loads_that_stand(loaded):
    loaded.deliver_orders(ORDER.format("4-0", 1), day="2024-05-04")
    loaded.result = loaded.load(last=date(2024, 5, 4))
    volumes = arrivals(loaded).ask(
        "select export_date, rows_delivered from files where outcome = 'delivered' order by all", {}
    )
    assert volumes["rows_delivered"].to_pylist() == [1, 2, 1]


def test_a_past_day_knows_nothing_of_later_files(loaded):
    known = arrivals(loaded, date(2024, 5, 2)).files["export_date"].to_pylist()
    assert sorted(known) == [date(2024, 5, 1), date(2024, 5, 2)]


def test_files_of_an_organization_that_is_gone_are_no_concern(loaded):
    other = type(loaded.organization).model_validate(
        loaded.organization.model_dump() | {"organization_id": "other", "exports": {"orders": {}}}
    )
    late = find_lateness(arrivals(loaded, organizations=[other]), date(2024, 5, 1), LAST_DAY)
    assert late == []
    assert (
        measure_volumes(arrivals(loaded, organizations=[other]), date(2024, 5, 1), LAST_DAY).too_new
        == 0
    )


def test_a_refusal_that_good_bytes_cleared_is_forgotten(loaded):
    loaded.deliver_orders(ORDER.format("5-0", 1), day="2024-05-05")
    loaded.result = loaded.load(last=date(2024, 5, 5))
    (late,) = find_lateness(arrivals(loaded, date(2024, 5, 5)), date(2024, 5, 1), date(2024, 5, 5))
    assert late.listed(9) == "2024-05-03"
