from datetime import timedelta


def test_full_lists_come_on_sundays_and_on_the_last_day(sample):
    first, last = sample.summary.first_day, sample.summary.last_day
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    expected = [day for day in days if day.weekday() == 6 or day == last]
    for export in ("members", "accounts"):
        dates = sample.rows(f"select distinct export_date from {export} order by 1")
        assert [day for (day,) in dates] == expected


def test_a_customer_stays_listed_until_leaving_for_good(sample):
    for export, key in (("members", "member_id"), ("accounts", '"Account No"')):
        gaps = sample.value(
            f"""
            with lists as (
                select export_date, row_number() over (order by export_date) as number
                from (select distinct export_date from {export})
            )
            select count(*) from (
                select {key} from {export} join lists using (export_date)
                group by {key} having max(number) - min(number) + 1 <> count(*)
            )
            """
        )
        assert gaps == 0


def test_some_customers_leave_the_list_and_others_arrive(sample):
    for export, key in (("members", "member_id"), ("accounts", '"Account No"')):
        gone, come = sample.row(
            f"""
            select
                count(*) filter (where last_seen < (select max(export_date) from {export})),
                count(*) filter (where first_seen > (select min(export_date) from {export}))
            from (
                select min(export_date) as first_seen, max(export_date) as last_seen
                from {export} group by {key}
            )
            """
        )
        assert gone > 10
        assert come > 10


def test_attributes_change_over_time(sample):
    changing = {
        "members": ("member_id", ("home_zip_code", "membership_type", "status")),
        "accounts": ('"Account No"', ('"City"', '"Employees"', '"Sales"')),
    }
    for export, (key, columns) in changing.items():
        for column in columns:
            versions = f"select {key} from {export} group by 1 having count(distinct {column}) > 1"
            changed = sample.value(f"select count(*) from ({versions})")
            assert changed > 3, column


def test_a_cancelled_member_never_comes_back(sample):
    assert (
        sample.value(
            """
            select count(*) from (
                select status,
                    lag(status) over (partition by member_id order by export_date) as before
                from members
            ) where before = 'cancelled' and status <> 'cancelled'
            """
        )
        == 0
    )


def test_a_key_stands_once_in_a_delivery(sample):
    keys = {
        "bookings": '"Booking #"',
        "orders": "order_id",
        "order_lines": '"Order", "Line"',
        "members": "member_id",
        "accounts": '"Account No"',
    }
    for export, key in keys.items():
        repeated = f"select 1 from {export} group by export_date, {key} having count(*) > 1"
        assert sample.value(f"select count(*) from ({repeated})") == 0


def test_a_state_never_goes_back(sample):
    steps = {
        "bookings": ('"Booking #"', '"State"', ["Booked", "Attended", "No Show", "Cancelled"]),
        "orders": ("order_id", "status", ["placed", "fulfilled", "returned", "cancelled"]),
    }
    for export, (key, status, order) in steps.items():
        backwards = sample.value(
            f"""
            select count(*) from (
                select list_position({order}, {status}) as step,
                    lag(step) over (partition by {key} order by export_date) as before
                from {export}
            ) where step is null or step < before
            """
        )
        assert backwards == 0


def test_rows_repeat_unchanged_on_the_first_of_a_month_only(sample):
    for export in ("bookings", "orders", "order_lines"):
        repeated = f"""
            select * exclude (filename, export_date),
                list(export_date order by export_date) as dates
            from {export} group by all having count(*) > 1
        """
        days = f"select distinct day(unnest(dates[2:])) from ({repeated})"
        assert sample.rows(days) == [(1,)]


def test_each_file_of_order_lines_ends_with_its_total(sample):
    totals, agreeing = sample.row(
        """
        with clean as (
            select export_date, sum("Qty"::bigint) as quantity from order_lines group by all
        )
        select count(*), count(*) filter (where "Qty"::bigint = quantity)
        from order_lines_files join clean using (export_date)
        where "Order" = 'Total'
        """
    )
    assert totals == sample.exports["order_lines"].skipped == sample.exports["order_lines"].files
    assert agreeing == totals
    for path in (sample.landing / "order_lines").iterdir():
        assert path.read_text().splitlines()[-1].startswith('"Total"')
