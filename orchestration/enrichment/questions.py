"""What is asked about whom: candidates of the exports as requests for persons and companies."""

from collections.abc import Mapping
from typing import Any

from orchestration.enrichment.candidates import MEMBER
from orchestration.enrichment.people_data_labs import company, person
from orchestration.enrichment.provider import Request, subject

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


def question(provider: str, organization_id: str, row: Mapping[str, Any]) -> Request | None:
    """Return the request about a candidate, None where too little is known to ask.

    Parameters
    ----------
    provider : name of the provider, as it shall stand with the answer
    row : as of ``candidates``
    """
    is_person = row["subject_type"] == MEMBER
    names = _PERSON if is_person else _COMPANY
    known = {sent: row[own] for own, sent in names.items()}
    # Without its country's code a number is nobody's.
    if not (known.get("phone") or "").strip().startswith("+"):
        known.pop("phone", None)
    about = subject(row["subject_type"], row["subject_id"])
    return (person if is_person else company)(provider, organization_id, about, known)
