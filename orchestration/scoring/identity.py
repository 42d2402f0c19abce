"""Which customers, leads, prospects and employers are the same person or company."""

from datetime import date

import pandas as pd

from ml.identity import RECORD, RULING, Identities, link_records
from ml.registry import Registry, data_hash
from orchestration.scoring.frames import read_frame
from orchestration.scoring.outcome import Finding, Outcome, Scorer
from orchestration.scoring.runs import untrained_run
from orchestration.warehouse import Warehouse

MODEL = "identity"
TABLE = "identity_links"
RECORDS = ("staging", "int_identity_records")
RULINGS = ("raw", "identity_rulings")
KNOWN_RECORDS = "rulings_name_known_records"


def score(
    warehouse: Warehouse,
    registry: Registry,
    organization_id: str,
    scored_as_of: date,
    train_anew: bool,
) -> Outcome:
    """Link the records of an organization; there is nothing to train."""
    with warehouse.session() as session:
        records = read_frame(session, RECORDS, organization_id, RECORD)
        rulings = _standing(
            read_frame(
                session,
                RULINGS,
                organization_id,
                [*RULING, "since"],
                where="(since is null or since <= $2)",
                parameters=[scored_as_of],
            )
        )
    found = link_records(records, rulings, organization_id=organization_id)
    run = untrained_run(
        *(organization_id, MODEL, scored_as_of),
        model_name="fellegi_sunter",
        reason="links all records every day",
        data_hash=data_hash(records, rulings),
        parameters={"records": len(records), "rulings": len(rulings)},
        metrics=_figures(found.rows),
        scored_rows=len(found.rows),
    )
    return Outcome(
        tables={TABLE: found.rows},
        runs=[run] if len(found.rows) else [],
        findings=[_rulings(found)],
    )


def _standing(rulings: pd.DataFrame) -> pd.DataFrame:
    """Return the newest ruling on each pair of records, whichever of them it names first."""
    sides = [rulings[f"{side}_type"] + " " + rulings[f"{side}_id"] for side in ("left", "right")]
    first = sides[0].where(sides[0] < sides[1], sides[1])
    last = sides[1].where(sides[0] < sides[1], sides[0])
    since = pd.to_datetime(rulings["since"])
    newest = since.groupby([first, last]).transform("max")
    # Where none says since when, all of them always held.
    return rulings.loc[since.eq(newest) | newest.isna(), RULING]


def _figures(rows: pd.DataFrame) -> dict[str, int]:
    methods = rows["method"].value_counts()
    return {
        "identities": rows["identity_id"].nunique(),
        **{
            str(method): int(count)
            for method, count in methods.drop("primary", errors="ignore").items()
        },
    }


def _rulings(found: Identities) -> Finding:
    unknown = found.unknown_rulings
    sides = [unknown[f"{side}_type"] + " " + unknown[f"{side}_id"] for side in ("left", "right")]
    pairs = ", ".join((sides[0] + " - " + sides[1]).head(10))
    return Finding(KNOWN_RECORDS, not len(unknown), {"unknown": len(unknown), "such as": pairs})


IDENTITY_LINKS = Scorer(
    model=MODEL,
    description="Links customers, leads, prospects and employers that are one; merges nothing.",
    tables={TABLE: "Which records are one with others, how surely and why."},
    reads=(RECORDS, RULINGS),
    checks={
        KNOWN_RECORDS: "Records that the organization's file calls the same or different exist.",
    },
    score=score,
    organizations=("staging", "as_of_dates"),
    keeps_days=False,
)
