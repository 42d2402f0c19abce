"""What People Data Labs is asked about a customer: requests of the fields that are known."""

from collections.abc import Mapping

from orchestration.enrichment.people_data_labs.endpoints import COMPANY, PERSON
from orchestration.enrichment.provider import Request

_SUFFICIENT = ("profile", "email", "phone", "email_hash", "lid", "pdl_id")
_BESIDE_NAME = (
    "company",
    "school",
    "location",
    "street_address",
    "locality",
    "region",
    "country",
    "postal_code",
    "birth_date",
)
_COMPANY_KEYS = ("pdl_id", "website", "profile", "ticker", "name")


def person(
    provider: str, organization_id: str, subject: str, known: Mapping[str, str | None]
) -> Request | None:
    """Return the request about a person, None where too little is known to tell who it is.

    Parameters
    ----------
    provider : name of the provider, as it shall stand with the answer
    organization_id, subject : whom the answer is for
    known : parameters of the endpoint, such as ``email``, ``phone``, ``name``, ``postal_code``;
        empty ones are left out
    """
    params = _filled(known)
    is_named = "name" in params or {"first_name", "last_name"} <= params.keys()
    is_enough = any(name in params for name in _SUFFICIENT) or (
        is_named and any(name in params for name in _BESIDE_NAME)
    )
    return Request(provider, PERSON, organization_id, subject, params) if is_enough else None


def company(
    provider: str, organization_id: str, subject: str, known: Mapping[str, str | None]
) -> Request | None:
    """Return the request about a company, None where neither name nor website is known.

    Parameters as of ``person``; ``known`` has ``website`` or ``name``, places may go with them.
    """
    params = _filled(known)
    is_enough = any(name in params for name in _COMPANY_KEYS)
    return Request(provider, COMPANY, organization_id, subject, params) if is_enough else None


def _filled(known: Mapping[str, str | None]) -> dict[str, str]:
    stripped = {name: (value or "").strip() for name, value in known.items()}
    return {name: value for name, value in stripped.items() if value}
