"""Facts and marts follow what is loaded: in any order, any number of times, as of any day."""

from datetime import date

import pytest

from tests.dbt_project.conftest import DAYS, Pipeline, assert_same, run_days


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 0, 2, 1)])
def test_days_one_by_one_in_any_order_give_what_all_at_once_gives(
    club_and_shop: Pipeline, order: tuple[int, ...]
) -> None:
    run_days(club_and_shop, [DAYS[number] for number in order])
    one_by_one = club_and_shop.tables()
    club_and_shop.dbt("build", "--full-refresh", "--exclude-resource-type", "unit_test")
    assert_same(one_by_one, club_and_shop.tables())


def test_the_numbers_are_those_worked_out_by_hand(club_and_shop: Pipeline) -> None:
    club_and_shop.load()
    club_and_shop.build()
    assert club_and_shop.rows(
        "select organization_id, customer_id, total_revenue, total_gross_margin, order_count, cancelled_count, "
        "refund_count, product_categories_count from marts.customer_metrics order by 1, 2"
    ) == [
        # b1 and b2, which was Bob's until the fourth day; b3 was cancelled
        ("club", "1", 40, 24, 2, 1, 0, 2),
        ("club", "2", 25, 15, 1, 0, 0, 1),
        ("club", "3", 0, 0, 0, 0, 0, 0),
        # tea 10 - 4 and postage 3, whose cost nobody knows
        ("shop", "1", 13, 9, 1, 0, 0, 1),
        # 22 for tea, 5.50 of it given back
        ("shop", "2", pytest.approx(16.5), pytest.approx(10.5), 1, 0, 1, 1),
        ("shop", "3", 20, 5, 1, 0, 0, 1),
    ]
    assert club_and_shop.rows(
        "select customer_id, membership_type, membership_status, valid_from, valid_to, is_current, is_listed "
        "from star.dim_customer where organization_id = 'club' and customer_type = 'member' order by 1, 4"
    ) == [
        ("1", "gold", "active", day(1), day(3), False, False),
        ("1", "platinum", "active", day(3), None, True, True),
        ("2", "silver", "active", day(1), day(3), False, False),
        ("2", "silver", "paused", day(4), None, True, True),
        ("3", "silver", "active", day(3), None, True, True),
    ]


def test_building_again_changes_nothing(club_and_shop: Pipeline) -> None:
    club_and_shop.load()
    club_and_shop.build()
    before = club_and_shop.tables()
    club_and_shop.load()
    club_and_shop.build()
    assert_same(before, club_and_shop.tables())


def test_a_past_day_built_later_is_what_that_day_gave(club_and_shop: Pipeline) -> None:
    run_days(club_and_shop, DAYS[:2])
    then = club_and_shop.tables()
    run_days(club_and_shop, DAYS[2:])
    newest = club_and_shop.tables()
    club_and_shop.build(as_of=DAYS[1])
    assert_same(then, club_and_shop.tables())
    club_and_shop.build()
    assert_same(newest, club_and_shop.tables())


def day(number: int) -> date:
    return date(2024, 3, number)
