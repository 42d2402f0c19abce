"""Which addresses are to be asked for: those of customers who allow it, each one once."""

from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from orchestration.enrichment.candidates import candidates
from orchestration.enrichment.census.geocoder import MATCH
from orchestration.warehouse import Session

_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|"
    "NM|NY|NC|ND|OH|OK|OR|PA|PR|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
# 12 Oak St, Chicago, IL 60614
_WHOLE_ADDRESS = (
    rf"(?i)^(?P<street>.*\S)\s*,\s*(?P<city>[^,]*[^,\s])[\s,]+(?P<state>{_STATES})"
    r"(?:[\s,]+(?P<zip_code>\d{5})(?:-?\d{4})?)?\s*$"
)
_PARTS = ["street", "city", "state", "zip_code"]

_HOMES = """
select customer_type, customer_id, address_id, address, city, state, zip_code
from staging.int_home_addresses
where organization_id = $1 and is_home
order by address_id, customer_type, customer_id
"""
# Where a house is does not change; what was not found may be known to the next benchmark.
_ANSWERED = """
select distinct address_id from raw.geocodes
where organization_id = $1 and (outcome = $2 or received_at > $3)
"""


def unanswered(
    session: Session,
    organization_id: str,
    *,
    without_consents: bool,
    not_found_days: int,
    now: datetime,
) -> pa.Table:
    """Return the addresses of an organization that are not known yet.

    Parameters
    ----------
    without_consents
        As of ``candidates``.
    not_found_days
        Days after which an address without a match is asked for again.

    Returns
    -------
    pyarrow.Table
        ``address_id``, ``street``, ``city``, ``state``, ``zip_code`` as the geocoder wants them,
        one row per ``address_id``.
    """
    homes = session.query(_HOMES, [organization_id])
    allowed = candidates(session, organization_id, without_consents=without_consents)
    since = now - timedelta(days=not_found_days)
    answered = session.query(_ANSWERED, [organization_id, MATCH, since])
    homes = homes.join(
        allowed.select(["subject_type", "subject_id"]),
        keys=["customer_type", "customer_id"],
        right_keys=["subject_type", "subject_id"],
        join_type="left semi",
    ).join(answered, keys="address_id", join_type="left anti")
    texts = ["address", "city", "state", "zip_code"]
    # Spellings of one address have one id: any of them does.
    each = homes.group_by("address_id").aggregate([(name, "min") for name in texts])
    each = each.sort_by("address_id")
    return _in_parts(each.rename_columns(["address_id", *texts]))


def _in_parts(homes: pa.Table) -> pa.Table:
    """Take city, state and ZIP code from the end of an address that holds them."""
    address = pc.replace_substring_regex(homes["address"], r"\s+", " ")
    found = pc.extract_regex(address, _WHOLE_ADDRESS)
    given = [address, homes["city"], homes["state"], homes["zip_code"]]
    parts = [
        pc.coalesce(_non_empty(pc.struct_field(found, name)), value)
        for name, value in zip(_PARTS, given, strict=True)
    ]
    return pa.table([homes["address_id"], *parts], ["address_id", *_PARTS])


def _non_empty(text: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.equal(text, ""), None, text)
