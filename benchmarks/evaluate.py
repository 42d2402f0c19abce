"""How good the models are on real data, beside simple baselines.

``make evaluate DATA=../shared`` prints the table of each model in ``benchmarks/models`` and writes
the tables as CSV, and plots, into ``--out``. ``MODELS="clv churn"`` asks for some of them.
"""

import argparse
import importlib
import pkgutil
import sys
import time
from pathlib import Path

import benchmarks.models

# What the others load their data with.
_NO_MODELS = {"daily", "production"}


def main() -> int:
    """Evaluate the models that were asked for, or all."""
    known = [
        module.name
        for module in pkgutil.iter_modules(benchmarks.models.__path__)
        if module.name not in _NO_MODELS
    ]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", help=f"of {', '.join(known)} (all)")
    parser.add_argument("--data", type=Path, required=True, help="folder with landing/ and data/")
    parser.add_argument("--out", type=Path, default=Path("evaluation"), help="(evaluation/)")
    asked = parser.parse_args()
    if unknown := set(asked.models) - set(known):
        parser.error(f"no model {', '.join(sorted(unknown))}: there are {', '.join(known)}")
    if not asked.data.is_dir():
        parser.error(f"{asked.data} is no folder: DATA names the one with landing/ and data/")
    asked.out.mkdir(parents=True, exist_ok=True)
    for name in asked.models or known:
        _evaluate(name, asked.data, asked.out)
    return 0


def _evaluate(name: str, data: Path, out: Path) -> None:
    started = time.perf_counter()
    module = importlib.import_module(f"benchmarks.models.{name}")
    table = module.evaluate(data)
    table.to_csv(out / f"{name}.csv", index=False)
    print(f"\n{name} ({time.perf_counter() - started:,.0f} s)")
    print(table.round(4).to_string(index=False), flush=True)
    if hasattr(module, "plots"):
        for place, picture in module.plots(data).items():
            (out / f"{name}_{place}.png").write_bytes(picture)


if __name__ == "__main__":
    sys.exit(main())
