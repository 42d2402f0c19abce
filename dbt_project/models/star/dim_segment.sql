{% set segments = [
    ('vip', 'VIP', 'The best customers by gross margin, those of the top 20 percent, who still buy.'),
    ('premium', 'Premium', 'Customers in the upper third by gross margin below the top 20 percent.'),
    ('regular', 'Regular', 'Customers who buy at a steady pace and are neither VIP nor premium.'),
    ('new', 'New', 'Customers whose first transaction is recent.'),
    ('high_value', 'High value', 'Customers whose revenue of the last year is far above the average.'),
    ('at_risk', 'At risk', 'Customers who have not bought for much longer than is usual for them.'),
] -%}

-- Segments that rules make; a customer can be in several. The exact rules stand where members are assigned.

with organizations as (

    select * from {{ ref('dim_organization') }}

),

segments as (

    {% for segment_id, display_name, description in segments -%}
    {{ 'union all ' if not loop.first }}select
        '{{ segment_id }}' as segment_id,
        '{{ display_name }}' as display_name,
        '{{ description }}' as description,
        {{ loop.index }} as display_order
    {% endfor %}
),

final as (

    select
        organizations.organization_id,
        segments.segment_id,
        segments.display_name,
        segments.description,
        segments.display_order
    from organizations
    cross join segments

)

select * from final
