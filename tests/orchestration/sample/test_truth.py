import json


def test_truth_knows_every_customer_once(sample):
    assert sample.value("select count(*) from truth") == 900
    assert sample.value("select count(distinct customer_id) from truth") == 900
    assert sample.value("select count(*) from truth where customer_type = 'member'") == 540


def test_delivered_purchases_and_revenue_reconcile_to_the_files(sample):
    sample.con.sql(
        """
        create or replace temp view from_files as
        select "Member" as customer_id, count(*) as purchases, sum(revenue) as revenue
        from booking_states
        where "State" <> 'Cancelled' and starts_at::date <= (select max(export_date) from bookings)
        group by all
        union all
        select customer_id, count(*) filter (where order_id like 'SO%'),
            sum(order_revenue::decimal(18, 2))
        from order_states
        where status not in ('cancelled', 'returned') and customer_id is not null
        group by all
        """
    )
    customers, wrong = sample.row(
        """
        select count(*), count(*) filter (
            where coalesce(purchases, 0) <> delivered_purchases
                or coalesce(revenue, 0) <> delivered_revenue
        )
        from truth full join from_files using (customer_id)
        """
    )
    assert (customers, wrong) == (900, 0)


def test_nothing_counts_before_acquisition_or_after_dropout(sample):
    outside = sample.value(
        """
        select count(*) from (
            select "Member" as customer_id, starts_at::date as day from booking_states
            union all
            select customer_id, timezone('America/Chicago', ordered_at::timestamptz)::date
            from order_states where order_id like 'SO%'
        )
        join truth using (customer_id)
        where day < acquired_on or acquired_on is null
            or day > dropped_out_on and day < coalesce(returned_on, date '9999-12-31')
        """
    )
    assert outside == 0


def test_members_cancel_only_after_dropping_out(sample):
    early = sample.value(
        """
        select count(*) from members join truth on customer_id = member_id
        where status <> 'active' and (dropped_out_on is null or export_date <= dropped_out_on)
        """
    )
    assert early == 0


def test_purchases_of_the_process_reach_the_files(sample):
    """Apart from late rows at the end, and returned orders whose return is not known yet."""
    true, delivered = sample.row(
        """
        select sum(repeat_purchases + 1), sum(delivered_purchases)
        from truth where acquired_on is not null and returned_on is null
        """
    )
    assert abs(delivered / true - 1) < 0.01


def test_parameters_name_the_process_of_each_type(sample):
    parameters = json.loads((sample.folder / "truth" / "parameters.json").read_text())
    assert parameters["seed"] == 3
    assert (parameters["first_day"], parameters["last_day"]) == ("2024-01-01", "2025-05-14")
    for kind in ("member", "account"):
        assert {"r", "alpha", "a", "b", "p", "q", "v"} < set(parameters["customer_types"][kind])
        assert len(parameters["customer_types"][kind]["season"]["months"]) == 12
