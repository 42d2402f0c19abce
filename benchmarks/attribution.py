"""Attribution of many touches beside bare SQL, or of a file of paths on its way through exports.

``python -m benchmarks.attribution --touches 1000000`` prints what each step costs, beside the same
tables by plain SQL; the numbers of both must agree. ``--paths FILE`` takes a CSV file with a line
per path (``path``, ``total_conversions``, ``total_conversion_value``, ``total_null``) through the
mapping of ``organizations/examples/conversion_paths.yml``, and prints what every model credits each
channel with.
"""

import argparse
import tempfile
import time
from math import isclose
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from rich.console import Console

from benchmarks.building import PROJECT, build, load
from benchmarks.by_hand import make_room
from benchmarks.journeys import deliver_paths, deliver_touches
from benchmarks.pipeline import warehouses
from benchmarks.reporting import report_figures
from ml.registry import Registry
from orchestration.scoring.attribution import ATTRIBUTION
from orchestration.scoring.scoring import score_organizations
from orchestration.warehouse import Warehouse

_RULES = [
    *("int_attribution_touches", "int_attribution_conversions", "int_attribution_journeys"),
    *("int_attribution_paths", "lead_attribution"),
]
_UNITED = ["channel_attribution_scores", "channel_attribution"]
_BY_HAND = ["journeys", "paths", "lead_attribution", "channel_attribution"]
_TOLERANCE = 1e-6


def load_all(warehouse: Warehouse, folder: Path) -> None:
    """Load what was delivered, through the contracts."""
    load(warehouse, folder / "organizations", folder / "landing")


def build_models(warehouse: Warehouse, folder: Path, models: list[str], touchpoint: str) -> float:
    """Build models; return the seconds that the engine took for them, without dbt's start."""
    project: dict[str, Any] = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    variables = {"attribution": project["vars"]["attribution"] | {"touchpoint": touchpoint}}
    return sum(build(warehouse, folder / f"target_{warehouse.engine}", models, variables).values())


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
    load_all(warehouse, folder)
    build_models(warehouse, folder, [f"+{model}" for model in _RULES], "campaign_id")
    score(warehouse, folder)
    build_models(warehouse, folder, _UNITED, "campaign_id")
    return credited(warehouse)


def measure(warehouse: Warehouse, folder: Path) -> dict[str, float]:
    """Measure every step on one engine; return seconds, and ratios of them."""
    load_all(warehouse, folder)
    # Whatever they are made from has to be there: what counts is building them again.
    build_models(warehouse, folder, [f"+{model}" for model in _RULES], "channel")
    seconds = {"by hand": make_room(warehouse, "attribution", _BY_HAND)}
    seconds["rules"] = build_models(warehouse, folder, _RULES, "channel")
    seconds["Markov and Shapley"] = score(warehouse, folder)
    seconds["united"] = build_models(warehouse, folder, _UNITED, "channel")
    compare(warehouse)
    seconds["rules / by hand"] = (seconds["rules"] + seconds["united"]) / seconds["by hand"]
    seconds["all"] = seconds["rules"] + seconds["Markov and Shapley"] + seconds["united"]
    return seconds


def main() -> None:
    """Run the benchmark on each engine, or attribute a file of paths."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touches", type=int, default=1_000_000, help="touches (1000000)")
    parser.add_argument("--journeys", type=int, default=100_000, help="leads (100000)")
    parser.add_argument("--won", type=int, default=20, help="percent of leads that win deals (20)")
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
            deliver_touches(folder, options.touches, options.journeys, options.won)
        with warehouses(folder, options.engines) as opened:
            for warehouse in opened:
                if options.paths:
                    Console(width=220).print(attribute(warehouse, folder).to_string())
                else:
                    Console().print(report_figures(warehouse.engine, measure(warehouse, folder)))


if __name__ == "__main__":
    main()
