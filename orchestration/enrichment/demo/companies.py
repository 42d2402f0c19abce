"""Made-up companies, in the form of People Data Labs' records."""

from collections.abc import Iterator, Mapping

from orchestration.enrichment.demo.draws import pick, share

KNOWN_SHARE = 0.85
"""Share of companies of which something is known."""

FOUND_BY_A_SEARCH = 250
"""Companies that a search finds, before the page runs out."""

_INDUSTRIES = (
    "law practice",
    "computer software",
    "hospital & health care",
    "financial services",
    "management consulting",
    "higher education",
    "construction",
    "health, wellness and fitness",
    "sporting goods",
    "hospitality",
)
_BANDS = {
    "1-10": (2, 10),
    "11-50": (11, 50),
    "51-200": (51, 200),
    "201-500": (201, 500),
    "501-1000": (501, 1000),
    "1001-5000": (1001, 5000),
    "10001+": (10_001, 40_000),
}
_CITIES = (
    ("chicago", "illinois", "60601", "41.88,-87.62"),
    ("evanston", "illinois", "60201", "42.05,-87.69"),
    ("milwaukee", "wisconsin", "53202", "43.05,-87.90"),
    ("detroit", "michigan", "48226", "42.33,-83.05"),
    ("boston", "massachusetts", "02108", "42.36,-71.06"),
)
_LEADS = ("amber", "birch", "copper", "delta", "ember", "falcon", "garnet", "hickory", "indigo")
_KINDS = ("analytics", "builders", "clinic", "foods", "legal", "logistics", "partners", "systems")


def company(website: str) -> dict[str, object] | None:
    """Return the record of the company at ``website``, None where nothing is known of it."""
    if share("known", website) >= KNOWN_SHARE:
        return None
    return _record(website, {})


def employer(*of: str) -> str:
    """Return the website of a made-up employer that ``of`` decides."""
    return f"{pick(_LEADS, 'lead', *of)}-{pick(_KINDS, 'kind', *of)}.example"


def found(query: object, first: int, size: int) -> list[dict[str, object]]:
    """Return a page of what a search finds: companies with the terms of its query."""
    terms = dict(_terms(query))
    last = min(first + size, FOUND_BY_A_SEARCH)
    return [_record(f"{_LEADS[n % 9]}-prospect-{n}.example", terms) for n in range(first, last)]


def _record(website: str, terms: Mapping[str, list[str]]) -> dict[str, object]:
    def drawn(field: str, things: tuple[str, ...]) -> str:
        return pick(terms.get(field) or things, field, website)

    name = website.removesuffix(".example").replace("-", " ")
    size = drawn("size", tuple(_BANDS))
    least, most = _BANDS.get(size, (1, 1))
    city, region, postal_code, geo = pick(_CITIES, "city", website)
    region = drawn("location.region", (region,))
    return {
        "id": f"made-up-{name.replace(' ', '-')}",
        "name": name,
        "display_name": name.title(),
        "website": website,
        "linkedin_url": f"linkedin.com/company/made-up-{name.replace(' ', '-')}",
        "size": size,
        "employee_count": least + int(share("employees", website) * (most - least)),
        "founded": 1950 + int(share("founded", website) * 70),
        "industry": drawn("industry", _INDUSTRIES),
        "type": "private",
        "location": {
            "name": f"{city}, {region}, united states",
            "locality": city,
            "region": region,
            "country": "united states",
            "postal_code": postal_code,
            "geo": geo,
        },
    }


def _terms(query: object) -> Iterator[tuple[str, list[str]]]:
    """Yield the fields that a query holds to some values, wherever they stand in it."""
    if isinstance(query, list):
        for part in query:
            yield from _terms(part)
    elif isinstance(query, dict):
        for kind, part in query.items():
            if kind in ("term", "terms") and isinstance(part, dict):
                for field, value in part.items():
                    values = value if isinstance(value, list) else [value]
                    yield field, [str(one) for one in values]
            elif kind != "must_not":
                yield from _terms(part)
