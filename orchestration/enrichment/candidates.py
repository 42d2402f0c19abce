"""Who could be asked for: listed customers who allow it, and the companies that members work for.

Read from the loaded rows, so that it holds before any table is built; what a customer is worth is
known once the marts are.
"""

import pyarrow as pa

from orchestration.warehouse import Session

MEMBER, ACCOUNT, EMPLOYER = "member", "account", "employer"

_PURPOSE = "enrichment"

# The rows that stand of an export: of a full list those of the newest, else each key's newest.
_STANDING = """
select * from (
    select
        raw.*,
        row_number() over (
            partition by {key} order by raw._export_date desc, raw._load_id desc, raw._line desc
        ) as version_rank
    from raw.{export} as raw
    join raw.organization_exports as deliveries
        on deliveries.organization_id = raw.organization_id and deliveries.export = '{export}'
    where
        raw.organization_id = $1
        and (
            deliveries.delivery = 'changes'
            or raw._export_date = (
                select max(loads.export_date) from ops.file_loads as loads
                where loads.organization_id = $1 and loads.export = '{export}'
                    and loads.status = 'loaded'
            )
        )
) as versions where version_rank = 1
"""

_CUSTOMERS = f"""
with members as ({_STANDING.format(export="members", key="member_id")}),
accounts as ({_STANDING.format(export="accounts", key="customer_id")}),
consents as (
    {_STANDING.format(export="consents", key="customer_id, purpose")} and purpose = '{_PURPOSE}'
),
erasures as (select distinct customer_id from raw.erasure_requests where organization_id = $1),
customers as (
    select
        '{MEMBER}' as subject_type, member_id as subject_id, name, email, phone,
        cast(null as text) as domain, home_address as address, cast(null as text) as city,
        cast(null as text) as state, cast(null as text) as country, home_zip_code as zip_code
    from members
    union all
    select
        '{ACCOUNT}', customer_id, customer_name, email, cast(null as text), domain,
        cast(null as text), city, state, country, zip_code
    from accounts
)
select customers.*, {{value}} as value
from customers
left join consents
    on consents.customer_id = customers.subject_id
    -- an id without a type is the account's where there is one
    and (
        customers.subject_type = '{ACCOUNT}'
        or customers.subject_id not in (select customer_id from accounts)
    )
{{metrics}}
where
    customers.subject_id not in (select customer_id from erasures)
    and (
        consents.granted
        or ($2 and not exists (
            select 1 from ops.file_loads
            where organization_id = $1 and export = 'consents' and status = 'loaded'
        ))
    )
"""
_METRICS = """
left join marts.customer_metrics as metrics
    on metrics.organization_id = $1 and metrics.customer_type = customers.subject_type
    and metrics.customer_id = customers.subject_id
"""
_EMPLOYERS = f"""
select
    '{EMPLOYER}' as subject_type, employer_id as subject_id, employer_name as name,
    cast(null as text) as email, cast(null as text) as phone, domain,
    cast(null as text) as address, city, state, country, cast(null as text) as zip_code,
    cast(member_count as double precision) as value
from star.dim_employer
where organization_id = $1 and account_id is null
"""


def candidates(session: Session, organization_id: str, *, without_consents: bool) -> pa.Table:
    """Return whom enrichment may ask for in an organization, as of its newest loaded exports.

    Parameters
    ----------
    without_consents : whether to ask where the organization delivers no consents at all; where it
        does, only customers whose newest consent to enrichment is granted are asked for

    Returns
    -------
    One row per customer or employer: ``subject_type``, ``subject_id``, what the exports tell of it,
    and ``value``: of customers the gross margin so far in the organization's currency, null where
    it is unknown; of employers the number of members who work there.
    """
    tables = session.tables()
    has_value = ("marts", "customer_metrics") in tables
    customers = session.query(
        _CUSTOMERS.format(
            value="cast(metrics.total_gross_margin as double precision)"
            if has_value
            else "cast(null as double precision)",
            metrics=_METRICS if has_value else "",
        ),
        [organization_id, without_consents],
    )
    if ("star", "dim_employer") not in tables:
        return customers
    employers = session.query(_EMPLOYERS, [organization_id])
    return pa.concat_tables([customers, employers.cast(customers.schema)])
