"""People Data Labs: who a person is and where they work, what a company is, which are alike.

``client`` asks, ``questions`` make requests of what is known, ``search`` goes from page to page,
``reading`` makes rows of answers.
"""

from orchestration.enrichment.people_data_labs.client import NAME, PeopleDataLabs
from orchestration.enrichment.people_data_labs.endpoints import COMPANY, COMPANY_SEARCH, PERSON
from orchestration.enrichment.people_data_labs.questions import company, person
from orchestration.enrichment.people_data_labs.reading import companies, companies_found, persons
from orchestration.enrichment.people_data_labs.search import company_search, next_page, records_on

__all__ = [
    "COMPANY",
    "COMPANY_SEARCH",
    "NAME",
    "PERSON",
    "PeopleDataLabs",
    "companies",
    "companies_found",
    "company",
    "company_search",
    "next_page",
    "person",
    "persons",
    "records_on",
]
