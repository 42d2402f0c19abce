{% set channels = [
    ('email', 'E-mail', 'Messages sent to a mailbox.', false),
    ('linkedin', 'LinkedIn', 'Messages and invitations on LinkedIn.', false),
    ('contact_form', 'Contact form', 'Messages through the form on a web site.', false),
    ('phone', 'Phone', 'Calls.', false),
    ('paid_search', 'Paid search', 'Advertisements beside search results.', true),
    ('display', 'Display', 'Banners on other web sites.', true),
    ('video', 'Video', 'Advertisements in videos.', true),
    ('social', 'Social', 'Posts and advertisements on social networks.', true),
    ('direct', 'Direct', 'The lead came on its own.', false),
    ('other', 'Other', 'Whatever the source calls otherwise.', false),
] -%}

with organizations as (

    select * from {{ ref('dim_organization') }}

),

channels as (

    {% for channel, display_name, description, is_paid_media in channels -%}
    {{ 'union all ' if not loop.first }}select
        '{{ channel }}' as channel,
        '{{ display_name }}' as display_name,
        '{{ description }}' as description,
        {{ is_paid_media }} as is_paid_media
    {% endfor %}
),

final as (

    select
        organizations.organization_id,
        channels.channel,
        channels.display_name,
        channels.description,
        channels.is_paid_media
    from organizations
    cross join channels

)

select * from final
