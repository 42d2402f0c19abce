"""Persons to ask for, and who of them the stub knows."""

from orchestration.enrichment.demo.persons import person as known_person
from orchestration.enrichment.people_data_labs import NAME, person
from orchestration.enrichment.provider import Request


def people(count: int) -> list[Request]:
    """Return requests for so many persons, of whom some are known."""
    asked = [person(NAME, "club", email(n), {"email": email(n)}) for n in range(count)]
    return [request for request in asked if request]


def email(number: int) -> str:
    return f"p{number}@example.com"


def known(requests: list[Request]) -> list[str]:
    """Return the subjects of whom the stub has a record."""
    return sorted(r.subject for r in requests if known_person({"email": r.subject}))
