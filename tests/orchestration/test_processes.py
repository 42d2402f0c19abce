import os
import subprocess
import sys

from orchestration.processes import find, mark


def test_a_living_process_is_found_by_its_mark():
    assert find(mark(os.getpid())).pid == os.getpid()


def test_a_process_that_ended_is_not_found():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        marked = mark(process.pid)
    assert find(marked) is None


def test_a_number_given_out_again_is_another_process():
    assert find(f"{os.getpid()}@1") is None
