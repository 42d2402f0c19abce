"""Records to link: what is said of one, and strangers to find it among."""

import numpy as np
import pandas as pd

from ml.identity import RECORD, RULING, Identities, link_records

_GIVEN = [
    "Ada",
    "Bela",
    "Cora",
    "Dora",
    "Emil",
    "Fritz",
    "Gustav",
    "Hanna",
    "Ines",
    "Jonas",
    "Klara",
    "Ludwig",
    "Moritz",
    "Nora",
]
_STREETS = ["Ash", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Juniper", "Larch"]
_TOWNS = ["Aachen", "Bremen", "Celle", "Dachau", "Erfurt", "Fulda"]


def record(who: str, /, **said: object) -> dict[str, object]:
    """Return what is said of a record such as ``member 17``."""
    record_type, _, record_id = who.partition(" ")
    return {"record_type": record_type, "record_id": record_id, **said}


def strangers(count: int, seed: int = 5) -> list[dict[str, object]]:
    """Return members and accounts of whom no two are one."""
    rng = np.random.default_rng(seed)
    syllables = np.array(["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu"])
    families = ["".join(rng.choice(syllables, 3)).title() + "er" for _ in range(count)]
    people = [
        record(
            f"member s{number}",
            name=f"{rng.choice(_GIVEN)} {family}",
            email=f"{family.lower()}{number}@post.example",
            phone=f"030 {rng.integers(10**6, 10**7)}",
            address=f"{rng.integers(1, 200)} {rng.choice(_STREETS)} Street",
            zip_code=str(rng.integers(10_000, 10_080)),
            birth_year=int(rng.integers(1940, 2005)),
        )
        for number, family in enumerate(families)
    ]
    companies = [
        record(
            f"account s{number}",
            name=f"{family} {rng.choice(['Sport', 'Foods', 'Print'])} GmbH",
            domain=f"{family.lower()}{number}.example",
            city=str(rng.choice(_TOWNS)),
            industry=str(rng.choice(["Retail", "Printing", "Catering"])),
            employee_count=int(rng.integers(5, 500)),
        )
        for number, family in enumerate(families)
    ]
    return people + companies


def frame(rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=RECORD)


def rulings(*rows: tuple[str, str, bool]) -> pd.DataFrame:
    """Return rulings such as ``("member 1", "lead 2", True)``."""
    split = [(*left.split(" ", 1), *right.split(" ", 1), same) for left, right, same in rows]
    return pd.DataFrame(split, columns=RULING)


def link(rows: list[dict[str, object]], *ruled: tuple[str, str, bool]) -> Identities:
    return link_records(frame(rows), rulings(*ruled), organization_id="club")


def identities(found: Identities, kind: str) -> list[set[str]]:
    """Return the records of each identity of a kind."""
    rows = found.rows[found.rows["identity_kind"].eq(kind)]
    names = rows["record_type"] + " " + rows["record_id"]
    return [set(group) for _, group in names.groupby(rows["identity_id"])]


def told(found: Identities, kind: str, name: str) -> dict[str, object]:
    """Return what is told of a record."""
    record_type, _, record_id = name.partition(" ")
    rows = found.rows
    [row] = rows[
        rows["identity_kind"].eq(kind)
        & rows["record_type"].eq(record_type)
        & rows["record_id"].eq(record_id)
    ].to_dict("records")
    return row
