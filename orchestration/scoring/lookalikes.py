"""Companies to win or win back, ranked by how like the best customers they are."""

from datetime import date
from typing import Any

import pandas as pd

from ml.lookalikes import Lookalikes, find_lookalikes
from ml.registry import Card, Decision, Record, Registry, Training, data_hash
from orchestration.scoring.champions import Trained, reign
from orchestration.scoring.frames import read_frame
from orchestration.scoring.outcome import Outcome, Scorer, runs_of
from orchestration.scoring.provenance import with_provenance
from orchestration.scoring.triggers import too_old
from orchestration.warehouse import Warehouse

MODEL = "lookalikes"
CUSTOMERS = ("staging", "int_companies")
PROSPECTS = ("staging", "int_prospects")


def score(
    warehouse: Warehouse,
    registry: Registry,
    organization_id: str,
    scored_as_of: date,
    train_anew: bool,
) -> Outcome:
    """Rank the prospects and lapsed companies of an organization."""
    with warehouse.session() as session:
        customers = read_frame(session, CUSTOMERS, organization_id)
        prospects = read_frame(session, PROSPECTS, organization_id)

    def find(model: Any | None = None) -> Lookalikes:
        return find_lookalikes(customers, prospects, organization_id=organization_id, model=model)

    def train(_: Any | None) -> Trained:
        return Trained(_training(find(), scored_as_of), promote)

    def promote(version: str) -> Decision:
        # Which customers are best changes: the newest likeness is the one that is asked for.
        return registry.promote(
            organization_id, MODEL, version, as_of=scored_as_of, reason="the newest is in use"
        )

    def why_train(record: Record, _: Any) -> str | None:
        return "asked for" if train_anew else too_old(record, scored_as_of)

    reigning = reign(
        *(registry, organization_id, MODEL, scored_as_of),
        data_hash=lambda: data_hash(customers, prospects),
        why_train=why_train,
        train=train,
        insists=train_anew,
    )
    result = find(reigning.estimator)
    return Outcome(
        tables={
            "lookalike_scores": with_provenance(result.targets, reigning),
            "lookalike_reasons": with_provenance(result.reasons, reigning),
        },
        runs=runs_of(reigning, organization_id, MODEL, scored_as_of, len(result.targets)),
    )


def _training(result: Lookalikes, trained_as_of: date) -> Training:
    metrics = pd.DataFrame(result.metrics.items(), columns=["figure", "value"])
    return Training(
        estimator=result.model,
        model_name=result.model.likeness_.model_name_,
        trained_as_of=trained_as_of,
        window=(trained_as_of, trained_as_of),
        data_hash="",
        parameters=result.parameters,
        metrics=result.metrics,
        card=Card(
            purpose=(
                "Which companies resemble the best customers, for choosing whom to approach first. "
                "It does not say who will buy."
            ),
            samples={
                "best customers": int(result.metrics["n_best"]),
                "market": int(result.metrics["n_market"]),
            },
            held_out="Best customers held out of the fit, ranked among the market.",
            tables={"Figures": metrics},
            limits=(
                "Companies that were never approached count as unlabelled, not as unlike.",
                "What the export does not say of a company counts as unknown, for and against.",
            ),
        ),
    )


LOOKALIKES = Scorer(
    model=MODEL,
    description="Ranks prospects and lapsed companies by likeness to the best customers.",
    tables={
        "lookalike_scores": "Targets of the days that were scored, with what they promise.",
        "lookalike_reasons": "What each trait of a target adds to its likeness.",
    },
    reads=(CUSTOMERS, PROSPECTS),
    checks={},
    score=score,
)
