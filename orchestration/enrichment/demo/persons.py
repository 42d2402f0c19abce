"""Made-up persons, in the form of People Data Labs' records."""

from collections.abc import Mapping

from orchestration.enrichment.demo.companies import company, employer
from orchestration.enrichment.demo.draws import pick, share

KNOWN_SHARE = 0.7
"""Share of persons of whom something is known."""

EMPLOYED_SHARE = 0.8
"""Share of the known who have an employer, where their address at work does not name it."""

_PRIVATE_MAIL = (
    "example.com",
    "gmail.com",
    "hotmail.com",
    "icloud.com",
    "outlook.com",
    "yahoo.com",
)
_TITLES: tuple[tuple[str, str, list[str]], ...] = (
    ("software engineer", "engineering", ["entry"]),
    ("account manager", "sales", ["senior"]),
    ("attorney", "legal", ["senior"]),
    ("registered nurse", "health", []),
    ("teacher", "education", []),
    ("marketing manager", "marketing", ["manager"]),
    ("director of operations", "operations", ["director"]),
    ("vice president of finance", "finance", ["vp"]),
    ("chief executive officer", "operations", ["cxo"]),
    ("founder", "operations", ["owner"]),
)


def person(params: Mapping[str, object]) -> tuple[dict[str, object], int] | None:
    """Return record and likelihood of the person that ``params`` tell of, None if unknown."""
    said = {name: _first(value).lower() for name, value in params.items()}
    who = said.get("email") or said.get("phone") or "\x1f".join(sorted(said.values()))
    if share("known", who) >= KNOWN_SHARE:
        return None
    likelihood = 2 + int(9 * share("likelihood", who) ** 0.5)
    website = _employer(who, said.get("email", ""))
    job = _job(who, website) if website else {}
    name = said.get("name") or f"{said.get('first_name', '')} {said.get('last_name', '')}".strip()
    first, _, last = name.partition(" ")
    return {
        "id": f"made-up-{share('id', who):.12f}"[:20],
        "full_name": name or None,
        "first_name": first or None,
        "last_name": last or None,
        "sex": pick(("female", "male", None), "sex", who),
        "birth_year": 1945 + int(share("birth", who) * 60),
        "linkedin_url": f"linkedin.com/in/made-up-{share('profile', who):.8f}"[:40],
        "personal_emails": [said["email"]] if "email" in said else [],
        "mobile_phone": said.get("phone"),
        "location_name": "chicago, illinois, united states",
        "location_locality": "chicago",
        "location_region": "illinois",
        "location_country": "united states",
        "location_postal_code": said.get("postal_code"),
        "location_geo": "41.88,-87.62",
        **job,
    }, likelihood


def _employer(who: str, email: str) -> str | None:
    domain = email.partition("@")[2]
    if domain and domain not in _PRIVATE_MAIL:
        return domain
    return employer(who) if share("employed", who) < EMPLOYED_SHARE else None


def _job(who: str, website: str) -> dict[str, object]:
    title, role, levels = pick(_TITLES, "title", who)
    known = company(website) or {"website": website}
    location = known.get("location")
    started = 2005 + int(share("year", who) * 19), 1 + int(share("month", who) * 12)
    return {
        "industry": known.get("industry"),
        "job_title": title,
        "job_title_role": role,
        "job_title_levels": levels,
        "job_start_date": "{}-{:02}".format(*started),
        **{
            f"job_company_{field}": known.get(field)
            for field in ("id", "name", "website", "size", "founded", "industry", "linkedin_url")
        },
        **{
            f"job_company_location_{field}": value
            for field, value in (location.items() if isinstance(location, dict) else ())
        },
    }


def _first(value: object) -> str:
    return str(value[0] if isinstance(value, list) and value else value)
