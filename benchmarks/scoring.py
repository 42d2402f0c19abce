"""What it costs to train all models on many customers, and to score them, beside one bare model.

``python -m benchmarks.scoring --customers 200000`` invents companies, takes them through loading
and dbt into a DuckDB, and measures each model as a run does: first trained and scored, then scored
again by the same version. The measure is one boosting of scikit-learn that learns from the same
features of as many customers, and forecasts as many.
"""

import argparse
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from threadpoolctl import threadpool_limits

from benchmarks.building import build, load
from benchmarks.companies import DAYS, FIRST_DAY, deliver
from benchmarks.measuring import Measure, measure
from benchmarks.reporting import report_costs
from ml.churn.features import churn_features
from ml.churn.labels import label_churn
from ml.registry import Registry
from orchestration.scoring.churn import CHURN, FEATURES, HORIZON_DAYS, PURCHASES
from orchestration.scoring.frames import KEY, read_frame
from orchestration.scoring.lifetime_value import LIFETIME_VALUE
from orchestration.scoring.lookalikes import LOOKALIKES
from orchestration.scoring.outcome import Scorer
from orchestration.scoring.scoring import score_organizations
from orchestration.scoring.segmentation import SEGMENTATION
from orchestration.scoring.sentiment import SENTIMENT
from orchestration.warehouse import Warehouse, open_warehouse

_SCORERS = [SENTIMENT, SEGMENTATION, LIFETIME_VALUE, CHURN, LOOKALIKES]
_ORGANIZATION = "bench"


def prepare(folder: Path, customers: int) -> None:
    """Invent customers and build what the models read."""
    deliver(folder, customers)
    warehouse = _open(folder)
    load(warehouse, folder / "organizations", folder / "landing")
    read = {table for scorer in _SCORERS for schema, table in scorer.reads if schema != "raw"}
    build(warehouse, folder / "target", [f"+{table}" for table in sorted(read)])


def bare(warehouse: Warehouse) -> Callable[[], object]:
    """Return what to measure: a boosting of the newest closed month, and its forecast of today.

    It has one thread, as our models have.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - slow to import

    today = FIRST_DAY + timedelta(days=DAYS - 1)
    # The newest month end whose window has closed.
    month = (today - timedelta(days=HORIZON_DAYS)).replace(day=1) - timedelta(days=1)
    with warehouse.session() as session:
        then, now = (
            read_frame(session, FEATURES, _ORGANIZATION, where="cutoff = $2", parameters=[day])
            for day in (month, today)
        )
        bought = read_frame(session, PURCHASES, _ORGANIZATION, [*KEY, "transaction_date"])
    known = label_churn(then, bought, today, HORIZON_DAYS)
    seen, latest = (churn_features(rows).select_dtypes("number") for rows in (known, now))
    told = seen.dropna(axis="columns", how="all").columns

    def boost() -> None:
        with threadpool_limits(1):
            model = HistGradientBoostingClassifier(random_state=0)
            model.fit(seen[told], known["churned"]).predict_proba(latest[told])

    return boost


def score(scorer: Scorer, warehouse: Warehouse, registry: Registry) -> None:
    """Do what a run does with one model.

    Raises
    ------
    RuntimeError
        If it has scored nobody.
    """
    outcomes = dict(score_organizations(scorer, warehouse, registry))
    if not outcomes or not all(len(rows) for rows in outcomes[_ORGANIZATION].tables.values()):
        raise RuntimeError(f"{scorer.model} has written no rows")


def run(warehouse: Warehouse, registry: Registry) -> dict[str, Measure]:
    """Measure every model."""
    return {
        scorer.model: measure(partial(score, scorer, warehouse, registry)) for scorer in _SCORERS
    }


def _open(folder: Path) -> Warehouse:
    return open_warehouse(f"duckdb:///{folder / 'bench.duckdb'}", folder)


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=200_000, help="customers (200000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        # What preparing leaves in memory is none of the models' doing.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            other.submit(prepare, folder, options.customers).result()
        warehouse, registry = _open(folder), Registry(folder / "registry")
        alone = measure(bare(warehouse))
        # The second time a version stands: nothing is left but to score.
        for what in ("trained and scored", "scored again"):
            title = f"{options.customers:,} customers, {what}"
            Console().print(report_costs(title, run(warehouse, registry), alone))


if __name__ == "__main__":
    main()
