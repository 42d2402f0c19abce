import os
import subprocess
import sys

import pytest
from dagster import DagsterRunStatus
from dagster._core.test_utils import create_run_for_test

from orchestration.cli.home import PROCESS_TAG, enter_home, open_history
from orchestration.processes import mark
from orchestration.settings import PROJECT_ROOT, Settings


@pytest.fixture
def settings(tmp_path, monkeypatch):
    # enter_home() writes these for the processes that it starts: the test takes them back.
    for name in ("DAGSTER_HOME", "DO_NOT_TRACK", "DAGSTER_EVENT_BATCH_SIZE"):
        monkeypatch.setenv(name, "")
    return Settings(data_dir=tmp_path)


def test_the_configuration_is_that_of_the_project(settings):
    assert (enter_home(settings) / "dagster.yaml").resolve() == PROJECT_ROOT / "dagster.yaml"


def test_everything_dagster_keeps_lies_in_the_data_folder(settings, tmp_path):
    home = enter_home(settings)
    with open_history(settings) as history:
        assert history.root_directory == str(home)
        assert not history.telemetry_enabled
    assert home.is_relative_to(tmp_path)
    assert (home / "history" / "runs.db").exists()


def test_a_run_whose_process_was_killed_is_marked_as_failed(settings):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with open_history(settings) as history:
        run = create_run_for_test(
            history, status=DagsterRunStatus.STARTED, tags={PROCESS_TAG: f"{gone.pid}@1"}
        )
    with open_history(settings) as history:
        assert history.get_run_by_id(run.run_id).status is DagsterRunStatus.FAILURE


def test_a_run_of_a_living_process_is_left_alone(settings):
    with open_history(settings) as history:
        run = create_run_for_test(
            history, status=DagsterRunStatus.STARTED, tags={PROCESS_TAG: mark(os.getpid())}
        )
    with open_history(settings) as history:
        assert history.get_run_by_id(run.run_id).status is DagsterRunStatus.STARTED


def test_a_number_that_another_process_took_over_is_not_that_process(settings):
    with open_history(settings) as history:
        run = create_run_for_test(
            history, status=DagsterRunStatus.STARTED, tags={PROCESS_TAG: f"{os.getpid()}@1"}
        )
    with open_history(settings) as history:
        assert history.get_run_by_id(run.run_id).status is DagsterRunStatus.FAILURE
