"""Who is who: records of customers, leads, prospects and employers that are one and the same."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.identity.clusters import PAIR, gather
from ml.identity.companies import are_companies, link_companies
from ml.identity.links import WHY, with_reason
from ml.identity.persons import are_persons, link_persons
from ml.identity.rulings import check, overrule, resolve

RECORD_TYPES = ("account", "member", "lead", "prospect", "employer")
"""The first of them that an identity has is its primary record."""

RECORD = [
    "record_type", "record_id", "name", "email", "phone", "domain", "address", "city", "state",
    "zip_code", "birth_year", "industry", "employee_count", "customer_type", "customer_id",
]  # fmt: skip
NUMBERS = ("birth_year", "employee_count")
IDENTITY = [
    "identity_kind", "identity_id", "record_type", "record_id", "is_primary", "record_count",
    "linked_record_type", "linked_record_id", "confidence", "method", "reason",
]  # fmt: skip
THRESHOLD = 0.95
HIGHEST_PROBABILITY = 0.9999


@dataclass(frozen=True)
class Identities:
    """Who is who.

    Attributes
    ----------
    rows : columns ``IDENTITY``, one row for each record that is one with others, of each kind
        (``person`` or ``company``)
    unknown_rulings : rulings that name a record that is not there
    """

    rows: pd.DataFrame
    unknown_rulings: pd.DataFrame


def link_records(
    records: pd.DataFrame, rulings: pd.DataFrame, *, organization_id: str
) -> Identities:
    """Link the records of an organization that are the same person or company.

    Links come from operators' rulings, from what a source says itself (the customer that a lead
    became), from keys (e-mail, domain), and from all else that is known (`comparing`). No identity
    holds a pair that is ruled to be different, or two people who must be of one family.

    Parameters
    ----------
    records : columns ``RECORD``, as sources write them; of shape (n, 15)
    rulings : columns ``rulings.RULING``
    organization_id : part of the identities' ids

    Raises
    ------
    RulingError
        If rulings contradict each other.
    """
    # Columns that are empty throughout come with any type.
    types = {name: "float64" if name in NUMBERS else "str" for name in RECORD}
    rank = records["record_type"].map({kind: place for place, kind in enumerate(RECORD_TYPES)})
    records = (
        records[RECORD]
        .astype(types)
        .assign(rank=rank)
        .sort_values(["rank", "record_id"], ignore_index=True)
    )
    ruled, unknown = resolve(rulings, records)
    check(ruled, records, organization_id)
    declared, size = _declared(records), len(records)
    persons, companies = are_persons(records), are_companies(records)
    personal, contradictions = link_persons(records[persons], THRESHOLD)
    corporate = link_companies(records[companies], THRESHOLD)
    is_corporate = _both(companies, ruled)
    rows = []
    for kind, told, differ, speaks_of_it in (
        ("person", _with(declared, "member", personal), contradictions, ~is_corporate),
        ("company", _with(declared, "account", corporate), contradictions[:0], is_corporate),
    ):
        links, apart = overrule(told, differ, ruled, speaks_of_it)
        found = gather(links, apart, size).join(links[WHY], on="link")
        rows.append(_described(organization_id, kind, records, found))
    return Identities(pd.concat(rows, ignore_index=True), unknown)


def _declared(records: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of a record and the customer that its source says it is."""
    key = ["customer_type", "customer_id"]
    customers = records[["record_type", "record_id"]].set_axis(key, axis=1)
    said = records[key].dropna().rename_axis("record").reset_index()
    pairs = said.merge(customers.rename_axis("customer").reset_index(), on=key)
    # Customers rank before those who became one.
    return pairs.rename(columns={"customer": "left", "record": "right"})


def _with(declared: pd.DataFrame, customer_type: str, links: pd.DataFrame) -> pd.DataFrame:
    of_type = declared.loc[declared["customer_type"].eq(customer_type), PAIR]
    return pd.concat([with_reason(of_type, 1.0, "exact", "its source names the customer"), links])


def _both(flags: pd.Series, pairs: pd.DataFrame) -> pd.Series:
    return pairs["left"].map(flags).astype(bool) & pairs["right"].map(flags).astype(bool)


def _described(
    organization_id: str, kind: str, records: pd.DataFrame, found: pd.DataFrame
) -> pd.DataFrame:
    """Say of each record which identity it belongs to, and why.

    Parameters
    ----------
    found : as ``gather`` returns it, with ``confidence``, ``method`` and ``reason`` of the link
    """
    key = records[["record_type", "record_id"]]
    primary = (key["record_type"] + "|" + key["record_id"]).loc[found["primary"]]
    is_primary, is_probable = found["linked"].isna(), found["method"].eq("probable")
    confidence = found["confidence"].mask(is_primary, 1.0)
    confidence = confidence.mask(is_probable, confidence.clip(upper=HIGHEST_PROBABILITY))
    shown = (np.floor(confidence * 100) / 100).map(" ({:.2f})".format).astype("str")
    reason = found["reason"].mask(is_probable, found["reason"] + shown)
    return pd.DataFrame(
        {
            "identity_kind": kind,
            "identity_id": (f"{organization_id}|{kind}|" + primary).map(_hash).to_numpy(),
            **key.loc[found["record"]].reset_index(drop=True),
            "is_primary": is_primary,
            "record_count": found.groupby("primary")["primary"].transform("size"),
            **key.reindex(found["linked"]).reset_index(drop=True).add_prefix("linked_"),
            "confidence": confidence.round(6),
            "method": found["method"].mask(is_primary, "primary"),
            "reason": reason.mask(is_primary, "the record that the others are linked to"),
        },
        columns=IDENTITY,
    )


def _hash(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
