"""Pipelines to test with: empty ones, and those that go on from where another was saved."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from orchestration.warehouse import open_warehouse
from tests.conftest import fresh_database
from tests.dbt_project.dbt_client import DbtClient
from tests.dbt_project.pipeline import Pipeline


class Saved(NamedTuple):
    """What is needed to go on from a pipeline: its files, and its DuckDB file or Postgres database."""

    engine: str
    folder: Path
    database: str


class Pipelines:
    """Lends pipelines, one at a time.

    All of them have one warehouse's name and one target folder: dbt reads the project once, not for
    each of them.
    """

    def __init__(
        self,
        request: pytest.FixtureRequest,
        tmp_path_factory: pytest.TempPathFactory,
        worker_id: str,
        dbt_client: DbtClient,
    ) -> None:
        self._request, self._client = request, dbt_client
        self._new_folder = lambda: tmp_path_factory.mktemp("pipeline")
        self._shared = tmp_path_factory.mktemp("dbt")
        self._file = self._shared / "warehouse.duckdb"
        self._database = f"pipeline_{worker_id}"

    @contextmanager
    def empty(self, engine: str) -> Iterator[Pipeline]:
        """Lend a pipeline without a file or a table."""
        with ExitStack() as stack:
            if engine == "postgres":
                url = stack.enter_context(fresh_database(self._server, self._database))
            else:
                stack.callback(self._file.unlink, missing_ok=True)
                url = f"duckdb:///{self._file}"
            yield self._over(url, self._new_folder())

    @contextmanager
    def save(self, pipeline: Pipeline) -> Iterator[Saved]:
        """Keep how a pipeline stands, to go on from there as often as one likes."""
        folder = self._new_folder()
        shutil.copytree(pipeline.folder, folder, dirs_exist_ok=True)
        if pipeline.engine == "postgres":
            kept = f"saved_{folder.name}_{self._database}"
            with fresh_database(self._server, kept, template=self._database):
                yield Saved("postgres", folder, kept)
        else:
            yield Saved("duckdb", folder, shutil.copy(self._file, folder))

    @contextmanager
    def like(self, saved: Saved) -> Iterator[Pipeline]:
        """Lend a pipeline that stands as one that was saved."""
        folder = self._new_folder()
        shutil.copytree(saved.folder, folder, dirs_exist_ok=True)
        with ExitStack() as stack:
            if saved.engine == "postgres":
                database = fresh_database(self._server, self._database, template=saved.database)
                url = stack.enter_context(database)
            else:
                shutil.copy(saved.database, self._file)
                stack.callback(self._file.unlink, missing_ok=True)
                url = f"duckdb:///{self._file}"
            yield self._over(url, folder)

    def _over(self, url: str, folder: Path) -> Pipeline:
        engine = url.partition(":")[0].removesuffix("ql")
        target = self._shared / f"target_{engine}"
        return Pipeline(engine, open_warehouse(url, folder), folder, target, self._client)

    @property
    def _server(self) -> str:
        server: str = self._request.getfixturevalue("postgres_server")
        return server


@pytest.fixture(scope="session")
def dbt_client() -> Iterator[DbtClient]:
    client = DbtClient()
    yield client
    client.stop()


@pytest.fixture(scope="session")
def pipelines(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
    dbt_client: DbtClient,
) -> Pipelines:
    """Return who lends pipelines."""
    return Pipelines(request, tmp_path_factory, worker_id, dbt_client)


@pytest.fixture(scope="session")
def open_pipeline(pipelines: Pipelines) -> Callable[[str], AbstractContextManager[Pipeline]]:
    """Return how to lend an empty pipeline on an engine."""
    return pipelines.empty


@pytest.fixture(scope="module", params=["postgres", "duckdb"])
def engine(request: pytest.FixtureRequest) -> str:
    """Return the name of an engine; all that use it run once on each."""
    name: str = request.param
    return name


@pytest.fixture
def pipeline(engine: str, pipelines: Pipelines) -> Iterator[Pipeline]:
    """Return an empty pipeline; the test runs once on each engine."""
    with pipelines.empty(engine) as lent:
        yield lent
