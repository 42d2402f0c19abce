"""Attribution of many touches beside bare SQL, or of a file of paths on its way through exports.

``python -m benchmarks.attribution --touches 1000000`` prints what each step costs, beside the same
tables by plain SQL; the numbers of both must agree. ``--paths FILE`` takes a CSV file with a line
per path (``path``, ``total_conversions`` and, where known, ``total_conversion_value`` and
``total_null``), delivers each journey in it as outreach events and deals, and prints what every
model credits each channel with.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from math import isclose
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from benchmarks.by_hand import make_room
from benchmarks.journeys import deliver_paths, deliver_touches
from benchmarks.pipeline import warehouses
from ml.registry import Registry
from orchestration.exports.contracts import load_contracts
from orchestration.exports.landing.zone import Landing
from orchestration.exports.loading.ingestion import ingest
from orchestration.exports.organizations import load_organizations
from orchestration.exports.tables.organizations import write_organizations
from orchestration.exports.tables.preparing import prepare
from orchestration.scoring.attribution import ATTRIBUTION
from orchestration.scoring.scoring import score_organizations
from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import Warehouse

_RULES = [
    *("int_attribution_touches", "int_attribution_conversions", "int_attribution_journeys"),
    *("int_attribution_paths", "lead_attribution"),
]
_UNITED = ["channel_attribution_scores", "channel_attribution"]
_BY_HAND = ["journeys", "paths", "lead_attribution", "channel_attribution"]
_TOLERANCE = 1e-6


def load(warehouse: Warehouse, folder: Path) -> None:
    """Load what was delivered, through the contracts."""
    organizations = load_organizations(folder / "organizations")
    prepare(warehouse)
    write_organizations(warehouse, organizations)
    for export in ("outreach_events", "deals"):
        ingest(
            warehouse,
            Landing(str(folder / "landing")),
            organizations,
            load_contracts()[export],
            date.min,
            date.max,
        ).raise_if_refused()


def build(warehouse: Warehouse, folder: Path, models: list[str], touchpoint: str) -> float:
    """Build models; return the seconds that the engine took for them, without dbt's start."""
    project = PROJECT_ROOT / "dbt_project"
    target = folder / f"target_{warehouse.engine}"
    variables = dict(_variables(project)["attribution"], touchpoint=touchpoint)
    subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--quiet", "run", "--select", *models),
            *("--project-dir", str(project), "--profiles-dir", str(project)),
            *("--target-path", str(target), "--log-path", str(target)),
            *("--vars", json.dumps({"attribution": variables})),
        ],
        env=os.environ | warehouse.dbt_environment() | {"DO_NOT_TRACK": "1"},
        check=True,
    )
    results = json.loads((target / "run_results.json").read_text())["results"]
    return sum(float(result["execution_time"]) for result in results)


def _variables(project: Path) -> dict[str, dict[str, object]]:
    import yaml  # noqa: PLC0415 - for this alone

    variables: dict[str, dict[str, object]] = yaml.safe_load(
        (project / "dbt_project.yml").read_text()
    )["vars"]
    return variables


def score(warehouse: Warehouse, folder: Path) -> float:
    """Let the models that learn from journeys credit channels; return the seconds."""
    started = time.perf_counter()
    for _ in score_organizations(ATTRIBUTION, warehouse, Registry(folder / "registry")):
        pass
    return time.perf_counter() - started


def compare(warehouse: Warehouse) -> None:
    """Hold paths and the rules' credits against those made by hand.

    Raises
    ------
    RuntimeError
        where a path counts other journeys, or a channel's credit is another one
    """
    with warehouse.session() as session:
        paths = session.query(
            "select path from staging.int_attribution_paths as ours full join by_hand.paths "
            "using (path) where ours.conversion_count is distinct from paths.conversion_count "
            "or ours.null_count is distinct from paths.null_count"
        )
        credits = session.query(
            "select a.model, a.channel, a.conversions, b.conversions as by_hand, "
            "a.revenue, b.revenue as revenue_by_hand "
            "from marts.channel_attribution as a join by_hand.channel_attribution as b "
            "on a.model = b.model and a.channel = b.channel where a.purchase_type = 'all'"
        ).to_pylist()
    if paths.num_rows or not credits:
        raise RuntimeError(f"{paths.num_rows} paths count other journeys than by hand")
    for row in credits:
        pairs = [("conversions", "by_hand"), ("revenue", "revenue_by_hand")]
        if not all(isclose(row[a], row[b], rel_tol=_TOLERANCE) for a, b in pairs):
            raise RuntimeError(f"not the same credit: {row}")


def credited(warehouse: Warehouse) -> pd.DataFrame:
    """Return conversions and revenue of each channel, a column per model."""
    with warehouse.session() as session:
        rows = session.query(
            "select channel, model, cast(conversions as double precision) as conversions, "
            "cast(revenue as double precision) as revenue "
            "from marts.channel_attribution where purchase_type = 'all'"
        ).to_pandas()
    frame: pd.DataFrame = rows.pivot(index="channel", columns="model").round(3)
    return frame


def attribute(warehouse: Warehouse, folder: Path) -> pd.DataFrame:
    """Take what was delivered all the way to the credits of each campaign."""
    load(warehouse, folder)
    build(warehouse, folder, [f"+{model}" for model in _RULES], "campaign_id")
    score(warehouse, folder)
    build(warehouse, folder, _UNITED, "campaign_id")
    return credited(warehouse)


def measure(warehouse: Warehouse, folder: Path) -> Table:
    """Measure every step on one engine."""
    load(warehouse, folder)
    build(warehouse, folder, ["+fct_outreach_events", "+fct_deals", "+dim_lead"], "channel")
    build(warehouse, folder, ["+fct_transactions", "+fct_customer_day"], "channel")
    seconds = {"by hand": make_room(warehouse, "attribution", _BY_HAND)}
    seconds["rules"] = build(warehouse, folder, _RULES, "channel")
    seconds["Markov and Shapley"] = score(warehouse, folder)
    seconds["united"] = build(warehouse, folder, _UNITED, "channel")
    compare(warehouse)
    seconds["rules / by hand"] = (seconds["rules"] + seconds["united"]) / seconds["by hand"]
    seconds["all"] = seconds["rules"] + seconds["Markov and Shapley"] + seconds["united"]
    table = Table(title=warehouse.engine, title_justify="left")
    table.add_column("step")
    table.add_column("seconds, or ratio", justify="right")
    for step, figure in seconds.items():
        table.add_row(step, f"{figure:.2f}")
    return table


def main() -> None:
    """Run the benchmark on each engine, or attribute a file of paths."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touches", type=int, default=1_000_000, help="touches (1000000)")
    parser.add_argument("--journeys", type=int, default=100_000, help="leads (100000)")
    parser.add_argument("--engines", nargs="+", default=["duckdb", "postgres"])
    parser.add_argument("--paths", type=Path, help="a file of paths to attribute instead")
    options = parser.parse_args()
    # Not below a home folder: root's Postgres runs as a user of its own.
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if options.paths:
            deliver_paths(folder, options.paths)
        else:
            deliver_touches(folder, options.touches, options.journeys)
        with warehouses(folder, options.engines) as opened:
            for warehouse in opened:
                if options.paths:
                    Console(width=220).print(attribute(warehouse, folder).to_string())
                else:
                    Console().print(measure(warehouse, folder))


if __name__ == "__main__":
    main()
