"""A club and a shop on four days that correct each other."""

from collections.abc import Iterable

from tests.dbt_project.pipeline import Pipeline

# What their exports fill of the star, and what is summed up from it; marts over months have histories
# of their own.
MODELS = ["--select", "+customer_metrics", "+customer_value_monthly", "+dim_product"]
DAYS = ["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"]


def deliver_club_and_shop(pipeline: Pipeline) -> None:
    """Deliver four days of a club that books and of a shop with order lines alone, with ids in common."""
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


def run_days(pipeline: Pipeline, days: Iterable[str]) -> None:
    """Load and build one day after the other."""
    for day in days:
        pipeline.load(day, day)
        pipeline.dbt("run", *MODELS)


def run_and_test(pipeline: Pipeline, *arguments: str) -> None:
    """Build the models and hold them against all data tests that look at nothing else."""
    tests = ("--indirect-selection", "cautious", "--exclude-resource-type", "unit_test")
    pipeline.dbt("build", *MODELS, *tests, *arguments)
