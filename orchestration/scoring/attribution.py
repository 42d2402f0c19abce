"""What channels earned, by models that learn from all journeys of an organization."""

from collections.abc import Iterator
from datetime import date

import pandas as pd

from ml.attribution import MarkovAttribution, ShapleyAttribution
from ml.registry import Registry, data_hash
from orchestration.scoring.frames import read_frame
from orchestration.scoring.outcome import Outcome, Scorer
from orchestration.scoring.runs import ModelRun, untrained_run
from orchestration.warehouse import Warehouse

MODEL = "attribution"
TABLE = "channel_attribution_scores"
PATHS = ("staging", "int_attribution_paths")

_COLUMNS = [
    *("purchase_type", "model", "channel", "conversions", "revenue", "removal_effect"),
    *("conversions_standard_error", "revenue_standard_error"),
    *("model_name", "model_version", "trained_as_of"),
]
_SEPARATOR = " > "
_COUNTS = ["conversion_count", "revenue", "null_count"]


def score(
    warehouse: Warehouse,
    registry: Registry,
    organization_id: str,
    scored_as_of: date,
    train_anew: bool,
) -> Outcome:
    """Credit the channels of an organization with its first, its repeat and all purchases."""
    with warehouse.session() as session:
        paths = read_frame(session, PATHS, organization_id)
    credited = [_credits(of_type, name) for name, of_type in _by_purchase_type(paths)]
    rows = pd.concat([pd.DataFrame(columns=_COLUMNS), *credited])
    rows = rows.assign(model_version="", trained_as_of=scored_as_of)[_COLUMNS]
    runs = [
        _run(organization_id, scored_as_of, str(name), paths, len(rows_of_model))
        for name, rows_of_model in rows.groupby("model_name")
    ]
    return Outcome(tables={TABLE: rows}, runs=runs)


def _by_purchase_type(paths: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the paths of each type of purchase that there was, and of all of them."""
    same_for_all = ["markov_order", "shapley_game"]
    together = paths.groupby(["path", *same_for_all], as_index=False)[_COUNTS].sum(min_count=1)
    for name, of_type in [("all", together), *paths.groupby("purchase_type")]:
        if of_type["conversion_count"].sum():
            yield str(name), of_type


def _credits(paths: pd.DataFrame, purchase_type: str) -> pd.DataFrame:
    order, game = int(paths["markov_order"].iloc[0]), str(paths["shapley_game"].iloc[0])
    is_told = paths["revenue"].notna().any()
    revenue = paths["revenue"].fillna(0) if is_told else None
    counted = (paths["path"], paths["conversion_count"], revenue, paths["null_count"])
    markov = (
        MarkovAttribution(order=order, separator=_SEPARATOR)
        .fit(*counted)
        .credits_.assign(
            model="markov",
            model_name=f"markov_order_{order}",
            conversions_standard_error=0.0,
            revenue_standard_error=0.0 if is_told else float("nan"),
        )
    )
    shapley = (
        ShapleyAttribution(game=game, order=order, separator=_SEPARATOR)
        .fit(*counted)
        .credits_.assign(model="shapley", model_name=f"shapley_{game}", removal_effect=float("nan"))
    )
    return pd.concat([markov, shapley]).assign(purchase_type=purchase_type)


def _run(
    organization_id: str, scored_as_of: date, model_name: str, paths: pd.DataFrame, rows: int
) -> ModelRun:
    return untrained_run(
        *(organization_id, MODEL, scored_as_of),
        model_name=model_name,
        reason="learns from all journeys every day",
        data_hash=data_hash(paths),
        parameters={"paths": len(paths)},
        metrics={
            "conversions": int(paths["conversion_count"].sum()),
            "journeys": int(paths[["conversion_count", "null_count"]].to_numpy().sum()),
        },
        scored_rows=rows,
    )


ATTRIBUTION = Scorer(
    model=MODEL,
    description="Credits channels with conversions and revenue: Markov chain and Shapley value.",
    tables={TABLE: "What each channel earned by the days that were scored."},
    reads=(PATHS,),
    checks={},
    score=score,
    organizations=("staging", "as_of_dates"),
)
