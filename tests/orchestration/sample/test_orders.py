def test_an_order_is_the_sum_of_its_lines_to_the_cent(sample):
    orders, agreeing = sample.row(
        """
        with sums as (
            select "Order" as order_id,
                sum(quantity * unit_price) as revenue,
                sum(quantity * (unit_price - unit_cost)) as margin
            from line_states group by all
        )
        select count(*), count(*) filter (
            where order_revenue::decimal(18, 2) = revenue and gross_margin::decimal(18, 2) = margin
        )
        from order_states full join sums using (order_id)
        """
    )
    assert orders > 3000
    assert agreeing == orders


def test_lines_are_numbered_without_a_gap(sample):
    gaps = """select "Order" from line_states group by all having max("Line"::int) <> count(*)"""
    assert sample.value(f"select count(*) from ({gaps})") == 0


def test_refunds_are_negative_and_sales_are_not(sample):
    wrong = "(order_id like 'CR%') <> (order_revenue::decimal(18, 2) < 0)"
    assert sample.value(f"select count(*) from order_states where {wrong}") == 0
    assert sample.value("select count(*) from order_states where order_id like 'CR%'") > 20


def test_some_orders_have_no_customer(sample):
    share = sample.value("select avg((customer_id is null)::int) from order_states")
    assert 0.003 < share < 0.03


def test_some_orders_arrive_up_to_three_days_late_and_none_early(sample):
    placed = "timezone('America/Chicago', min(ordered_at::timestamptz))::date"
    days = f"""
        select date_diff('day', {placed}, min(export_date)) as late from orders group by order_id
    """
    late = dict(sample.rows(f"select late, count(*) from ({days}) group by 1"))
    assert set(late) == {0, 1, 2, 3}
    assert 0.01 < 1 - late[0] / sum(late.values()) < 0.06


def test_utc_times_are_opening_hours_in_local_time_all_year(sample):
    outside = sample.value(
        """
        select count(*) from orders
        where hour(timezone('America/Chicago', ordered_at::timestamptz)) not between 7 and 17
        """
    )
    assert outside == 0
    hours = "select count(distinct hour(timezone('UTC', ordered_at::timestamptz))) from orders"
    assert sample.value(hours) == 12


def test_every_outcome_occurs(sample):
    states = dict(sample.rows("select status, count(*) from order_states group by 1"))
    assert set(states) == {"placed", "fulfilled", "cancelled", "returned"}
    void = (states["cancelled"] + states["returned"]) / sum(states.values())
    assert 0.04 < void < 0.10


def test_an_order_and_its_lines_arrive_on_the_same_day(sample):
    apart = sample.value(
        """
        with orders_known as (select order_id, min(export_date) as day from orders group by 1),
        lines_known as (select "Order", min(export_date) as day from order_lines group by 1)
        select count(*) from orders_known as o join lines_known as l on l."Order" = o.order_id
        where o.day <> l.day
        """
    )
    assert apart == 0


def test_quantities_answer_to_prices_as_the_catalogue_says(sample):
    """Slope of log quantity on log price, both less the mean of their product."""
    slope, expected, error = sample.row(
        """
        with centred as (
            select
                ln(quantity) - avg(ln(quantity)) over same_product as quantity,
                ln(unit_price) - avg(ln(unit_price)) over same_product as price,
                elasticity
            from line_states join products on product_id = "SKU"
            where "Order" like 'SO%' and base_cents < 1500
            window same_product as (partition by "SKU")
        )
        select
            regr_slope(quantity, price),
            sum(elasticity * price ^ 2) / sum(price ^ 2),
            stddev(quantity) * sqrt((1 - corr(quantity, price) ^ 2) / count(*)) / stddev(price)
        from centred
        """
    )
    assert error < 0.15
    assert abs(slope - expected) < 3 * error
