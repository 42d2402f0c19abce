"""The laws of loading over generated files and deliveries: conservation, idempotence, any order.

``python -m benchmarks.laws --cases 10000`` tries that many cases, on all cores, and prints how long
it took; a case that breaks a law is printed and ends it with code 1.
"""

import argparse
import os
import subprocess
import sys
import time

from orchestration.settings import PROJECT_ROOT

_LAWS = (
    "tests/orchestration/exports/test_laws.py",
    "tests/orchestration/exports/quarantine/test_release_laws.py",
)
_PROPERTIES = 5


def main() -> int:
    """Try the laws in one process per core, each with cases of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="cases in all (10000)")
    cases = parser.parse_args().cases
    processes = os.cpu_count() or 1
    each = -(-cases // (_PROPERTIES * processes))
    started = time.perf_counter()
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", *_LAWS, f"--hypothesis-seed={seed}"],
            cwd=PROJECT_ROOT,
            env=os.environ | {"LAW_CASES": str(each)},
        )
        for seed in range(processes)
    ]
    codes = [process.wait() for process in running]
    failed = any(codes)
    tried, seconds = each * _PROPERTIES * processes, time.perf_counter() - started
    print(f"{tried:,} cases in {seconds:,.0f} s: {'a law is broken' if failed else 'all hold'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
