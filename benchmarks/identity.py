"""How well records of one person or company are found, and how long it takes.

``python -m benchmarks.identity`` links the generated club of 5,000 customers from its exports, and
compares with the truth that it was made from. ``--files`` names CSV files of made-up duplicates in
the columns of FEBRL (``rec_id``, ``given_name``, ``surname``, ``street_number``, ``address_1``,
``suburb``, ``postcode``, ``date_of_birth``): each file by itself, or several joined by ``+``. Of a
birth date only the year is taken, and the social security number is left out: members' exports
have neither. ``--records`` asks how long so many take.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from benchmarks.building import build, load
from ml.identity import RECORD, RULING, link_records
from orchestration.sample import generate_sample
from orchestration.sample.companies import draw_companies
from orchestration.scoring.frames import read_frame
from orchestration.scoring.identity import RECORDS
from orchestration.warehouse import open_warehouse

Figures = dict[str, object]

_CLUB = "riverside_club"
_KEY = ["identity_kind", "record_type", "record_id"]
_DOMAIN_SHARE = 0.5
_NO_RULINGS = pd.DataFrame(columns=RULING)


def main() -> int:
    """Print the figures of everything that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=5000, help="of the club (5000)")
    parser.add_argument("--files", nargs="*", default=[], help="a.csv, or a.csv+b.csv")
    parser.add_argument("--records", type=int, default=100_000, help="to be timed (100000)")
    asked = parser.parse_args()
    rows = [*_club(asked.customers), *map(_febrl, asked.files), _timed(asked.records)]
    print(pd.DataFrame(rows).round(4).to_string(index=False))
    return 0


def _club(customers: int) -> Iterator[Figures]:
    """Link the generated club from its exports, and judge each kind by the truth."""
    with tempfile.TemporaryDirectory(prefix="identity-") as name:
        folder = Path(name)
        generate_sample(folder, customers=customers)
        warehouse = open_warehouse(f"duckdb:///{folder / 'warehouse.duckdb'}", folder)
        load(warehouse, folder / "organizations", folder / "landing")
        build(warehouse, folder / "target", [f"+{RECORDS[1]}"])
        with warehouse.session() as session:
            records = read_frame(session, RECORDS, _CLUB, RECORD)
        truth = pd.read_parquet(folder / "truth" / "links.parquet")
    # Of employers, which are names, the generator tells nothing.
    records = records[records["record_type"].ne("employer")]
    found, seconds = _linked(records)
    truth = truth[truth["relation"].ne("works_at")]
    personal = truth["left_type"].eq("member") | truth["right_type"].eq("member")
    for kind, true_links in (("person", truth[personal]), ("company", truth[~personal])):
        identity = found[found["identity_kind"].eq(kind)].set_index(_KEY[1:])["identity_id"]
        names = pd.MultiIndex.from_frame(records[_KEY[1:]])
        told = identity.reindex(names).reset_index(drop=True)
        yield {
            "data": f"generated club, {kind}",
            "records": len(records),
            **_judged(told, _true_identities(names, true_links)),
            "seconds": seconds,
        }


def _true_identities(names: pd.MultiIndex, true_links: pd.DataFrame) -> pd.Series:
    """Return the number of the identity of each record, from true links between them."""
    number = pd.Series(range(len(names)), names)
    ends = [
        number.reindex(pd.MultiIndex.from_frame(true_links[[f"{side}_type", f"{side}_id"]]))
        for side in ("left", "right")
    ]
    known = np.column_stack(ends)
    known = known[~np.isnan(known).any(axis=1)].astype(int)
    links = csr_array((np.ones(len(known)), known.T), shape=(len(names), len(names)))
    return pd.Series(connected_components(links, directed=False)[1])


def _febrl(files: str) -> Figures:
    """Link people whose records were copied with mistakes."""
    people = pd.concat(
        [pd.read_csv(file, skipinitialspace=True, dtype="str") for file in files.split("+")],
        ignore_index=True,
    )
    records = pd.DataFrame(
        {
            "record_type": "member",
            "record_id": people["rec_id"],
            "name": _joined(people["given_name"], people["surname"]),
            "address": _joined(people["street_number"], people["address_1"]),
            "zip_code": people["postcode"],
            "city": people["suburb"],
            "birth_year": pd.to_numeric(people["date_of_birth"].str[:4], errors="coerce"),
        }
    ).reindex(columns=RECORD)
    found, seconds = _linked(records)
    told = records["record_id"].map(found.set_index("record_id")["identity_id"])
    truth = people["rec_id"].str.extract(r"^rec-(\d+)-", expand=False)
    name = "+".join(Path(file).name for file in files.split("+"))
    return {"data": name, "records": len(records), **_judged(told, truth), "seconds": seconds}


def _joined(first: pd.Series, second: pd.Series) -> pd.Series:
    text = (first.fillna("") + " " + second.fillna("")).str.strip()
    return text.where(text.ne(""))


def _timed(size: int) -> Figures:
    """Link companies of which a third stand on another list too, with every second domain."""
    rng = np.random.default_rng(7)
    accounts = draw_companies(rng, rng.normal(size=size * 3 // 4))
    copies = accounts.sample(size - len(accounts), random_state=7)
    copies["domain"] = copies["domain"].where(rng.random(len(copies)) < _DOMAIN_SHARE)
    records = pd.concat(
        [
            accounts.assign(record_type="account", record_id=accounts.index.astype("str")),
            copies.assign(record_type="prospect", record_id=copies.index.astype("str")),
        ]
    )
    truth = records["record_id"].reset_index(drop=True)
    records = records.rename(columns={"company_name": "name"}).reindex(columns=RECORD)
    found, seconds = _linked(records)
    identity = found.set_index(_KEY[1:])["identity_id"]
    told = identity.reindex(pd.MultiIndex.from_frame(records[_KEY[1:]])).reset_index(drop=True)
    name = "generated companies"
    return {"data": name, "records": size, **_judged(told, truth), "seconds": seconds}


def _linked(records: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    started = time.perf_counter()
    found = link_records(records, _NO_RULINGS, organization_id=_CLUB)
    return found.rows, time.perf_counter() - started


def _judged(told: pd.Series, truth: pd.Series) -> Figures:
    """Compare pairs of records that are told to be one with those that are."""
    alone = pd.Series(np.arange(len(told)).astype("str"), told.index)
    told = told.fillna(alone)
    both = _pairs(pd.DataFrame({"told": told, "truth": truth}).groupby(["told", "truth"]).size())
    pairs, true_pairs = _pairs(told.value_counts()), _pairs(truth.value_counts())
    return {"pairs": true_pairs, "precision": both / pairs, "recall": both / true_pairs}


def _pairs(sizes: pd.Series) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


if __name__ == "__main__":
    sys.exit(main())
