"""Runs that are killed at any moment: nobody is asked twice, nothing that came is lost.

KILLS says how many runs are killed on each engine before one is let be.
"""

import os
import random
import signal
import subprocess
import sys
import time

from orchestration.settings import PROJECT_ROOT
from orchestration.warehouse import open_warehouse
from tests.orchestration.enrichment.club import load, members, rows
from tests.orchestration.enrichment.stub.people_data_labs import KEY, Stub

KILLS = int(os.environ.get("KILLS", "2"))
MEMBERS = 200 if "KILLS" not in os.environ else 4000
BUDGET = 10_000

RUN = """
import sys
from pathlib import Path
from pydantic import SecretStr
from orchestration.enrichment.people_data_labs import PeopleDataLabs
from orchestration.enrichment.run import Terms, enrich
from orchestration.enrichment.selection import Lifetimes
from orchestration.warehouse import open_warehouse

warehouse_url, data_dir, api_url, key, budget = sys.argv[1:]
print("ready", flush=True)
enrich(
    open_warehouse(warehouse_url, Path(data_dir)),
    PeopleDataLabs(SecretStr(key), base_url=api_url, batch=10, backoff=0.01),
    Terms(int(budget), int(budget), Lifetimes(matched=30, not_found=90, pending=7)),
)
"""


def start(warehouse, folder, stub):
    return subprocess.Popen(
        [sys.executable, "-c", RUN, warehouse.url, str(folder), stub.url, KEY, str(BUDGET)],
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
    )


def test_over_kills_nobody_is_asked_twice_and_no_answer_is_lost(warehouse, labs, tmp_path):
    stub, _ = labs(Stub(latency=0.02))
    load(warehouse, "members", members(MEMBERS))
    draw = random.Random(5)
    for _ in range(KILLS):
        process = start(warehouse, tmp_path, stub)
        process.stdout.readline()
        time.sleep(draw.uniform(0.0, 1.0))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert start(warehouse, tmp_path, stub).wait() == 0

    assert max(stub.asked.values()) == 1
    outcomes = rows(
        open_warehouse(warehouse.url, tmp_path),
        "select subject_id, outcome from raw.enrichment_answers",
    )
    # Everybody has one answer; what was under way at a kill is known to be in doubt.
    assert len({row["subject_id"] for row in outcomes}) == len(outcomes) == MEMBERS
    in_doubt = sum(row["outcome"] == "pending" for row in outcomes)
    assert in_doubt <= KILLS * 4 * 10
    (told,) = rows(
        warehouse,
        "select cast(sum(credits) as bigint) as credits, count(*) - count(credits) as open "
        "from ops.enrichment_calls",
    )
    assert stub.credits <= told["credits"] <= stub.credits + in_doubt
    assert told["open"] == 0
    assert rows(warehouse, "select * from ops.enrichment_asks") == []


def test_two_runs_at_once_ask_nobody_twice(warehouse, labs, tmp_path):
    stub, _ = labs(Stub(latency=0.02))
    load(warehouse, "members", members(MEMBERS))
    both = [start(warehouse, tmp_path, stub) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    assert (len(stub.asked), max(stub.asked.values())) == (MEMBERS, 1)
    answers = rows(warehouse, "select outcome from raw.enrichment_answers")
    assert len(answers) == MEMBERS
    assert "pending" not in {row["outcome"] for row in answers}
