{{ config(schema='staging', materialized='view') }}

{% set rule = var('tiers') -%}
{% set segments = [
    ('rfm_class', 'champion', 'Champions', 'Bought recently, often and much.'),
    ('rfm_class', 'loyal', 'Loyal', 'Buy often and much, if not all of them lately.'),
    ('rfm_class', 'potential_loyalist', 'Potential loyalists', 'Bought recently, more than once, but not often or much yet.'),
    ('rfm_class', 'new_customer', 'New customers', 'Bought for the first time, recently.'),
    ('rfm_class', 'needs_attention', 'Need attention', 'Average in all three, and not seen for a while.'),
    ('rfm_class', 'about_to_sleep', 'About to sleep', 'Seldom bought, and not seen for a while.'),
    ('rfm_class', 'at_risk', 'At risk', 'Bought often or much, but not for long.'),
    ('rfm_class', 'cannot_lose', 'Cannot lose', 'Were among the best and have not come for longest.'),
    ('rfm_class', 'hibernating', 'Hibernating', 'Seldom bought, and not for long.'),
    ('rfm_class', 'lost', 'Lost', 'Seldom bought, and not for longest.'),
    ('rfm_class', 'never_bought', 'Never bought', 'Known, but without a purchase.'),
    ('volume_tier', 'high', 'High volume', 'The largest customers, who together bring the first ' ~ rule.volume_high_percent ~ ' percent of a year of revenue.'),
    ('volume_tier', 'medium', 'Medium volume', 'Those who bring what is between that and ' ~ rule.volume_medium_percent ~ ' percent of it.'),
    ('volume_tier', 'low', 'Low volume', 'Those who bring the rest of it.'),
    ('volume_tier', 'none', 'No volume', 'Customers without a purchase in a year.'),
    ('profitability_tier', 'high', 'High margin', 'Customers whose margin is well above that of all.'),
    ('profitability_tier', 'medium', 'Usual margin', 'Customers whose margin is about that of all.'),
    ('profitability_tier', 'low', 'Low margin', 'Customers whose margin is well below that of all.'),
    ('profitability_tier', 'unprofitable', 'Unprofitable', 'Customers who bought within a year and brought no margin.'),
    ('profitability_tier', 'none', 'No margin yet', 'Customers without a purchase in a year.'),
    ('segment_id', 'inactive', 'Inactive', 'No purchase in a year.'),
    ('segment_id', 'key_account', 'Key accounts', 'Accounts of the high volume tier.'),
    ('segment_id', 'growing_account', 'Growing accounts', 'Accounts that bought much more lately than in the months before.'),
    ('segment_id', 'core_account', 'Core accounts', 'Accounts of the medium volume tier.'),
    ('segment_id', 'small_account', 'Small accounts', 'All other accounts.'),
    ('segment_id', 'corporate_power_user', 'Corporate power users', 'Members with an employer that the club knows, or a large one, who come about weekly.'),
    ('segment_id', 'corporate_member', 'Corporate members', 'Members with an employer that the club knows, or a large one.'),
    ('segment_id', 'frequent_player', 'Frequent players', 'Members who come about weekly.'),
    ('segment_id', 'casual_player', 'Casual players', 'All other members.'),
] -%}
{% for motivation, segment_id in var('customer_segments').motivations.items() -%}
{% set display_name = (segment_id | replace('_', ' ') | capitalize) ~ 's' -%}
{% do segments.append(('segment_id', segment_id, display_name, 'Members who came for ' ~ motivation ~ '.')) -%}
{% endfor -%}

with organizations as (

    select * from {{ ref('dim_organization') }}

),

named as (

    select * from {{ ref('dim_segment') }}

),

made_here as (

    {% for segment_type, segment_id, display_name, description in segments -%}
    {{ 'union all ' if not loop.first }}select
        '{{ segment_type }}' as segment_type,
        '{{ segment_id }}' as segment_id,
        '{{ display_name }}' as display_name,
        '{{ description }}' as description,
        {{ loop.index }} as display_order
    {% endfor %}
),

final as (

    select
        organization_id,
        'named' as segment_type,
        segment_id,
        display_name,
        description,
        display_order
    from named

    union all

    select
        organizations.organization_id,
        made_here.segment_type,
        made_here.segment_id,
        made_here.display_name,
        made_here.description,
        made_here.display_order
    from organizations
    cross join made_here

)

select * from final
