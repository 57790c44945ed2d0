"""Fixtures that several folders share: the PostgreSQL under test and fresh databases on it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from infra.embedded.postgres import EmbeddedPostgres
from tests.support.postgres import fresh_database
from tests.support.running import Running, running

pytest_plugins = ["tests.support.summary"]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[EmbeddedPostgres]:
    """One server for the whole run: the workers of pytest-xdist name the same data directory and share it."""
    base = tmp_path_factory.getbasetemp()
    server = EmbeddedPostgres.start((base if worker_id == "master" else base.parent) / "postgres")
    yield server
    server.stop()


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> Iterator[Callable[[], str]]:
    """Makes a fresh, empty database and returns its libpq URI; dropped after the test."""
    with ExitStack() as databases:
        yield lambda: databases.enter_context(fresh_database(postgres))


@pytest.fixture(scope="session")
def carnet(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A whole Carnet over HTTP, one for each worker of the run: tests make what they need and share nothing else."""
    with ExitStack() as databases, running(
        lambda: databases.enter_context(fresh_database(postgres)), tmp_path_factory.mktemp("carnet")
    ) as found:
        yield found
