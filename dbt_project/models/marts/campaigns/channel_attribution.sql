{% set group = ['organization_id', 'purchase_type', 'model'] -%}

-- Rounded on the way through the channels, not each by itself: the channels add up to all conversions and revenue.

with organizations as (

    select * from {{ ref('dim_organization') }}

),

lead_credits as (

    select * from {{ ref('lead_attribution') }}

),

ruled as (

    select
        organization_id,
        purchase_type,
        model,
        channel,
        sum(credit) as conversions,
        sum(revenue) as revenue
    from lead_credits
    group by organization_id, purchase_type, model, channel

    union all

    select
        organization_id,
        'all' as purchase_type,
        model,
        channel,
        sum(credit) as conversions,
        sum(revenue) as revenue
    from lead_credits
    group by organization_id, model, channel

),

scored as (

    select
        scores.organization_id,
        scores.purchase_type,
        scores.model,
        scores.channel,
        cast(scores.conversions as numeric(28, 12)) as conversions,
        cast(scores.revenue as numeric(28, 12)) as revenue
    from {{ ref('channel_attribution_scores') }} as scores
    inner join organizations
        on
            scores.organization_id = organizations.organization_id
            and scores.scored_as_of = organizations.as_of_date

),

credits as (

    select * from ruled
    union all
    select * from scored

),

travelled as (

    select distinct
        organization_id,
        purchase_type,
        channel
    from {{ ref('int_attribution_journeys') }}

),

channels as (

    select * from travelled

    union

    select
        organization_id,
        'all' as purchase_type,
        channel
    from travelled

),

models as (

    select distinct
        organization_id,
        purchase_type,
        model
    from credits

),

filled as (

    select
        models.organization_id,
        models.purchase_type,
        models.model,
        channels.channel,
        coalesce(credits.conversions, 0) as conversions,
        case
            when credits.channel is not null then credits.revenue
            when max(credits.revenue) over (
                partition by models.organization_id, models.purchase_type, models.model
            ) is not null then 0
        end as revenue
    from models
    inner join channels
        on
            models.organization_id = channels.organization_id
            and models.purchase_type = channels.purchase_type
    left join credits
        on
            models.organization_id = credits.organization_id
            and models.purchase_type = credits.purchase_type
            and models.model = credits.model
            and channels.channel = credits.channel

),

accumulated as (

    select
        *,
        sum(conversions) over (
            partition by {{ group | join(', ') }}
            order by {{ binary('channel') }} rows between unbounded preceding and current row
        ) as conversions_until,
        sum(conversions) over (partition by {{ group | join(', ') }}) as all_conversions,
        sum(revenue) over (
            partition by {{ group | join(', ') }}
            order by {{ binary('channel') }} rows between unbounded preceding and current row
        ) as revenue_until,
        sum(revenue) over (partition by {{ group | join(', ') }}) as all_revenue
    from filled

),

final as (

    select
        accumulated.organization_id,
        organizations.as_of_date,
        accumulated.purchase_type,
        accumulated.model,
        accumulated.channel,
        cast(
            round(accumulated.conversions_until, 6)
            - round(accumulated.conversions_until - accumulated.conversions, 6) as numeric(18, 6)
        ) as conversions,
        100 * {{ ratio('accumulated.conversions', 'accumulated.all_conversions') }} as conversion_share_percent,
        cast(
            round(accumulated.revenue_until, 2)
            - round(accumulated.revenue_until - accumulated.revenue, 2) as numeric(18, 2)
        ) as revenue,
        100 * {{ ratio('accumulated.revenue', 'accumulated.all_revenue') }} as revenue_share_percent,
        organizations.currency
    from accumulated
    inner join organizations
        on accumulated.organization_id = organizations.organization_id

)

select * from final
