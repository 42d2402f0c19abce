"""What is asked about whom: subjects of the exports as requests for persons and companies."""

from collections.abc import Mapping
from typing import Any

from orchestration.enrichment.candidates import MEMBER
from orchestration.enrichment.provider import Request
from orchestration.enrichment.store import subject

PERSON, COMPANY = "person/enrich", "company/enrich"

# What is sent, by what the exports call it.
_PERSON = {
    "name": "name",
    "email": "email",
    "phone": "phone",
    "address": "street_address",
    "zip_code": "postal_code",
}
_COMPANY = {
    "name": "name",
    "domain": "website",
    "city": "locality",
    "state": "region",
    "country": "country",
}
# A name alone is nobody; with one of these it is somebody.
_PLACES = ("street_address", "postal_code")


def question(provider: str, organization_id: str, row: Mapping[str, Any]) -> Request | None:
    """Return the request about a candidate, None where too little is known to ask.

    Parameters
    ----------
    row : as of ``candidates``
    """
    is_person = row["subject_type"] == MEMBER
    names = _PERSON if is_person else _COMPANY
    said = {sent: str(row[own]).strip() for own, sent in names.items() if row[own]}
    params: dict[str, object] = {name: value for name, value in said.items() if value}
    # Without its country's code a number is nobody's.
    if not said.get("phone", "+").startswith("+"):
        del params["phone"]
    if not _suffices(params, is_person):
        return None
    return Request(
        provider=provider,
        endpoint=PERSON if is_person else COMPANY,
        organization_id=organization_id,
        subject=subject(row["subject_type"], row["subject_id"]),
        params=params,
    )


def _suffices(params: Mapping[str, object], is_person: bool) -> bool:
    if not is_person:
        return "name" in params or "website" in params
    is_named = "name" in params and any(place in params for place in _PLACES)
    return is_named or "email" in params or "phone" in params
