"""How the systems write their exports.

Every column comes out as text, as it stands in the file. The booking system and the ERP have a
SELECT per export over the simulation; the other systems write canonical columns, some of them under
names of their own. What is not canonical needs the source mapping in ``mapping``.
"""

from types import MappingProxyType

import pandas as pd
import pyarrow as pa

HEADERS = MappingProxyType(
    {
        "support_tickets": (
            "Ticket",
            "Requester",
            "Created",
            "Solved",
            "Group",
            "Priority",
            "Subject",
            "Description",
            "Status",
            "Satisfaction",
            "NPS",
        ),
        "leads": (
            "Lead ID",
            "Campaign",
            "Company",
            "E-Mail",
            "Website",
            "Created",
            "Stage",
            "CRM Account",
        ),
        "shipments": (
            "Consignment",
            "Account",
            "Collected",
            "Charge",
            "Weight",
            "Service",
            "State",
        ),
    }
)
"""Names that a system gives to an export's columns, in the order of the contract's."""


def written(export: str, frame: pd.DataFrame) -> pa.Table:
    """Write canonical columns as the text of an export's file; times are local."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    columns = [column.cast(pa.string()) for column in table.columns]
    return pa.table(columns, HEADERS.get(export, table.column_names))


BOOKINGS = """
select
    d.delivered,
    format('B{:07d}', d.row + 1) as "Booking #",
    m.member_id as "Member",
    strftime(b.booked_at, '%m/%d/%Y %H:%M') as "Booked On",
    strftime(b.starts_at, '%m/%d/%Y %H:%M') as "Start",
    b.duration::varchar as "Mins",
    'Court ' || b.court as "Court",
    b.activity as "Activity",
    format('${:,}.{:02d}', b.cents // 100, b.cents % 100) as "Price",
    case d.status
        when 'no_show' then 'No Show'
        else upper(d.status[1]) || d.status[2:]
    end as "State"
from booking_versions as d
join bookings as b on b.row = d.row
join members as m on m.customer = b.customer
order by d.delivered, d.row
"""

ORDERS = """
select
    d.delivered,
    case when o.refund then 'CR' else 'SO' end || format('{:07d}', d.row + 1) as order_id,
    a.customer_id,
    strftime(
        timezone('UTC', timezone($time_zone, o.ordered_at)), '%Y-%m-%dT%H:%M:%SZ'
    ) as ordered_at,
    (o.revenue_cents::decimal(18, 2) / 100)::decimal(18, 2)::varchar as order_revenue,
    ((o.revenue_cents - o.cost_cents)::decimal(18, 2) / 100)::decimal(18, 2)::varchar
        as gross_margin,
    'USD' as currency,
    d.status
from order_versions as d
join orders as o on o.row = d.row
left join accounts as a on a.customer = o.customer
order by d.delivered, d.row
"""

ORDER_LINES = """
select
    d.delivered,
    case when o.refund then 'CR' else 'SO' end || format('{:07d}', o.row + 1) as "Order",
    l.line_number::varchar as "Line",
    a.customer_id || '.0' as "Account",
    strftime(o.ordered_at, '%m/%d/%Y %H:%M') as "Date",
    p.product_id as "SKU",
    p.product_name as "Item",
    p.product_category as "Group",
    l.quantity::varchar as "Qty",
    format('${:,}.{:02d}', l.price_cents // 100, l.price_cents % 100) as "Price",
    format('${:,}.{:02d}', l.cost_cents // 100, l.cost_cents % 100) as "Cost",
    'US' as "Ship To"
from order_line_versions as d
join order_lines as l on l.line = d.row
join orders as o on o.row = l.row
join products as p on p.product = l.product
left join accounts as a on a.customer = o.customer
order by d.delivered, d.row
"""

ORDER_LINE_TOTALS = """
select
    d.delivered,
    'Total' as "Order",
    null::varchar as "Line",
    null::varchar as "Account",
    null::varchar as "Date",
    null::varchar as "SKU",
    null::varchar as "Item",
    null::varchar as "Group",
    sum(l.quantity)::varchar as "Qty",
    null::varchar as "Price",
    null::varchar as "Cost",
    null::varchar as "Ship To"
from order_line_versions as d
join order_lines as l on l.line = d.row
group by d.delivered
order by d.delivered
"""

MEMBERS = """
select
    member_id,
    name,
    email,
    phone,
    ($first_day::date + known::integer)::varchar as join_date,
    case
        when $day >= cancelled then 'cancelled'
        when $day >= paused then 'paused'
        else 'active'
    end as status,
    if($day >= switched, membership_type_after, membership_type) as membership_type,
    if($day >= moved, home_address_after, home_address) as home_address,
    if($day >= moved, home_zip_code_after, home_zip_code) as home_zip_code,
    birth_year::varchar as birth_year
from members
where known <= $day and $day < removed
order by customer
"""

ACCOUNTS = """
select
    customer_id || '.0' as "Account No",
    customer_name as "Company",
    email as "E-Mail",
    domain as "Web",
    industry as "Industry",
    naics as "NAICS",
    if($day >= moved, city_after, city) as "City",
    if($day >= moved, state_after, state) as "State",
    -- The ERP stores ZIP codes as numbers and loses their leading zero.
    if($day >= moved, zip_code_after, zip_code)::integer::varchar as "Zip",
    'US' as "Country",
    if($day >= revised, employee_count_after, employee_count)::varchar as "Employees",
    format('${:,}.00', if($day >= revised, annual_revenue_after, annual_revenue)) as "Sales",
    ($first_day::date + known::integer)::varchar as "Created"
from accounts
where known <= $day and $day < removed
order by customer
"""
