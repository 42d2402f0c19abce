"""A model's work of a day: every organization scored, its rows and runs written."""

from collections.abc import Iterator

import pyarrow as pa
from threadpoolctl import threadpool_limits

from ml.registry import Registry
from orchestration.scoring.frames import as_of_dates
from orchestration.scoring.history import keep_only, note_scored, thin_out, write_scores
from orchestration.scoring.outcome import Outcome, Scorer
from orchestration.scoring.runs import record_runs
from orchestration.warehouse import Warehouse


def score_organizations(
    scorer: Scorer, warehouse: Warehouse, registry: Registry, *, train_anew: bool = False
) -> Iterator[tuple[str, Outcome]]:
    """Score every organization as of the day that its tables speak of, and yield what came of it.

    All that a model says of an organization's day is written, or nothing.

    Parameters
    ----------
    train_anew
        Whether a challenger is trained even where nothing asks for one.
    """
    with warehouse.session() as session:
        days = as_of_dates(session, scorer.organizations)
    for organization_id, day in days.items():
        # In one thread sums are the same on every machine, and small models are quicker.
        with threadpool_limits(limits=1):
            outcome = scorer.score(warehouse, registry, organization_id, day, train_anew)
        with warehouse.session() as session:
            session.lock("ingest")
            for table, rows in outcome.tables.items():
                arrow = pa.Table.from_pandas(rows, preserve_index=False)
                write_scores(session, table, organization_id, day, arrow)
                if not scorer.keeps_days:
                    keep_only(session, table, organization_id, day)
                elif scorer.thins_out:
                    thin_out(session, table, organization_id, day)
            note_scored(session, scorer.model, organization_id, day)
            record_runs(session, organization_id, scorer.model, day, outcome.runs)
        yield organization_id, outcome
