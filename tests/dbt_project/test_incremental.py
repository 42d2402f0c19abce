"""Facts and marts follow what is loaded: any order, any number of times, corrections and withdrawals included."""

from collections.abc import Iterable
from datetime import date

import pytest

from tests.dbt_project.conftest import Pipeline, assert_same

DAYS = ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"]


@pytest.fixture
def club_and_shop(pipeline: Pipeline) -> Pipeline:
    """Four days of a club that books and of a shop that delivers order lines alone, with ids in common."""
    pipeline.add_organization("club", "time_zone: America/Chicago\nassumed_margin_percent: 60\n")
    pipeline.add_organization("shop", "non_product_ids: POST\n")
    deliver = pipeline.deliver

    deliver(
        "club",
        "members",
        DAYS[0],
        """member_id,name,join_date,status,membership_type
        1,Ann,2023-01-01,active,gold
        2,Bob,2023-01-01,active,silver""",
    )
    deliver(
        "club",
        "members",
        DAYS[2],
        """member_id,name,join_date,status,membership_type
        1,Ann,2023-01-01,active,platinum
        3,Cid,2024-03-03,active,silver""",
    )
    deliver(
        "club",
        "members",
        DAYS[3],
        """member_id,name,join_date,status,membership_type
        1,Ann,2023-01-01,active,platinum
        2,Bob,2023-01-01,paused,silver
        3,Cid,2024-03-03,active,silver""",
    )
    booking = "booking_id,member_id,starts_at,revenue,status,activity"
    deliver(
        "club",
        "bookings",
        DAYS[0],
        f"""{booking}
        b1,1,2024-03-01T18:00:00Z,20,booked,tennis
        b2,2,2024-03-01T19:00:00Z,20,attended,padel
        b3,1,2024-03-04T19:00:00Z,30,booked,padel""",
    )
    deliver(
        "club",
        "bookings",
        DAYS[1],
        f"""{booking}
        b1,1,2024-03-01T18:00:00Z,20,attended,tennis
        b4,2,2024-03-02T18:00:00Z,25,no_show,tennis""",
    )
    deliver(
        "club",
        "bookings",
        DAYS[3],
        f"""{booking}
        b2,1,2024-03-02T19:00:00Z,20,attended,padel
        b3,1,2024-03-04T19:00:00Z,30,cancelled,padel""",
    )
    line = "order_id,customer_id,ordered_at,product_id,product_name,product_category,quantity,unit_price,unit_cost"
    deliver(
        "shop",
        "order_lines",
        DAYS[0],
        f"""{line}
        o1,1,2024-03-01T10:00:00Z,tea,TEA,drinks,2,5.00,2.00
        o1,1,2024-03-01T10:00:00Z,POST,Postage,,1,3.00,
        o2,2,2024-03-01T11:00:00Z,pot,POT,pots,1,20.00,15.00""",
    )
    deliver(
        "shop",
        "order_lines",
        DAYS[2],
        f"""{line}
        o2,3,2024-03-01T11:00:00Z,pot,POT,pots,1,20.00,15.00
        o3,2,2024-03-03T11:00:00Z,tea,GREEN TEA,drinks,4,5.50,2.00
        o4,,2024-03-03T12:00:00Z,tea,GREEN TEA,drinks,1,5.50,2.00""",
    )
    deliver(
        "shop",
        "order_lines",
        DAYS[3],
        f"""{line}
        c3,2,2024-03-04T11:00:00Z,tea,GREEN TEA,drinks,-1,5.50,2.00""",
    )
    return pipeline


def day(number: int) -> date:
    return date(2024, 3, number)


def run_days(pipeline: Pipeline, days: Iterable[str]) -> None:
    for day in days:
        pipeline.load(day, day)
        pipeline.dbt("run")


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


def test_rows_that_a_redelivered_file_no_longer_holds_are_gone(club_and_shop: Pipeline) -> None:
    club_and_shop.load()
    club_and_shop.build()
    booking = "booking_id,member_id,starts_at,revenue,status,activity"
    # b4 is gone for good; b2 falls back to the first day's version, Bob's again
    club_and_shop.deliver(
        "club", "bookings", DAYS[1], f"{booking}\nb1,1,2024-03-01T18:00:00Z,21,attended,tennis"
    )
    club_and_shop.deliver(
        "club", "bookings", DAYS[3], f"{booking}\nb3,1,2024-03-04T19:00:00Z,30,cancelled,padel"
    )
    club_and_shop.deliver(
        "shop",
        "order_lines",
        DAYS[2],
        """
        order_id,customer_id,ordered_at,product_id,product_name,product_category,quantity,unit_price,unit_cost
        o3,2,2024-03-03T11:00:00Z,tea,BLACK TEA,drinks,3,5.50,2.00""",
    )
    club_and_shop.load()
    club_and_shop.build()
    corrected = club_and_shop.tables()
    assert club_and_shop.rows(
        "select organization_id, customer_id, total_revenue from marts.customer_metrics order by 1, 2"
    ) == [
        ("club", "1", 21),
        ("club", "2", 20),
        ("club", "3", 0),
        ("shop", "1", 13),
        ("shop", "2", 31),
    ]
    club_and_shop.dbt("build", "--full-refresh", "--exclude-resource-type", "unit_test")
    assert_same(corrected, club_and_shop.tables())


def test_a_past_day_built_later_is_what_that_day_gave(club_and_shop: Pipeline) -> None:
    run_days(club_and_shop, DAYS[:2])
    then = club_and_shop.tables()
    run_days(club_and_shop, DAYS[2:])
    newest = club_and_shop.tables()
    club_and_shop.build(as_of=DAYS[1])
    assert_same(then, club_and_shop.tables())
    club_and_shop.build()
    assert_same(newest, club_and_shop.tables())


def test_a_booking_made_ahead_counts_from_its_day_on(pipeline: Pipeline) -> None:
    pipeline.add_organization("club")
    header = "booking_id,member_id,starts_at,revenue,status"
    pipeline.deliver("club", "bookings", DAYS[0], f"{header}\nb1,1,2024-03-02T12:00:00Z,20,booked")
    pipeline.deliver("club", "bookings", DAYS[1], f"{header}\nb2,2,2024-03-02T12:00:00Z,5,booked")
    revenue = "select customer_id, total_revenue from marts.customer_metrics order by 1"
    run_days(pipeline, DAYS[:1])
    assert pipeline.rows(revenue) == [("1", 0)]
    run_days(pipeline, DAYS[1:2])
    assert pipeline.rows(revenue) == [("1", 20), ("2", 5)]


def test_a_changed_setting_rebuilds_its_organization_alone(club_and_shop: Pipeline) -> None:
    club_and_shop.load()
    club_and_shop.build()
    club_and_shop.add_organization(
        "club", "time_zone: America/Chicago\nassumed_margin_percent: 10\n"
    )
    club_and_shop.load()
    club_and_shop.build()
    assert club_and_shop.rows(
        "select sum(gross_margin) as margin from star.fct_bookings where not is_cancelled"
    ) == [(pytest.approx(6.5),)]
    rebuilt = "select organization_id from ops.model_builds where model = 'fct_bookings' and rebuilt_build_id = build_id"
    assert club_and_shop.rows(rebuilt) == [("club",)]


def test_delivered_orders_take_the_place_of_those_made_from_lines(club_and_shop: Pipeline) -> None:
    club_and_shop.load()
    club_and_shop.build()
    club_and_shop.deliver(
        "shop",
        "orders",
        DAYS[3],
        """
        order_id,customer_id,ordered_at,order_revenue,gross_margin,status
        o1,1,2024-03-01T10:00:00Z,13,9,fulfilled
        o2,3,2024-03-01T11:00:00Z,20,5,returned""",
    )
    club_and_shop.load()
    club_and_shop.build()
    assert club_and_shop.rows(
        "select order_id, revenue, is_cancelled from star.fct_orders where organization_id = 'shop' order by 1"
    ) == [("o1", 13, False), ("o2", 20, True)]
    # several lines to an order: joining them must not multiply its revenue
    assert club_and_shop.rows(
        "select sum(total_revenue) as revenue from marts.customer_metrics where organization_id = 'shop'"
    ) == [(13,)]
