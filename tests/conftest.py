"""Fixtures that several folders share: the PostgreSQL under test and fresh databases on it."""

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import gettempdir

import psycopg
import pytest
import structlog
from hypothesis import HealthCheck, settings

from infra.embedded.postgres import EmbeddedPostgres
from tests.support.broker import shared_broker
from tests.support.postgres import Databases
from tests.support.running import Running, running

pytest_plugins = ["tests.support.summary"]

# Relays and projectors run in threads of a test: what they log is no part of what a command prints meanwhile.
structlog.configure(
    logger_factory=structlog.ReturnLoggerFactory(), wrapper_class=structlog.make_filtering_bound_logger(logging.INFO)
)

# How long an example takes says nothing where others use the machine as well.
settings.register_profile("carnet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("carnet")


@pytest.fixture(scope="session")
def postgres(testrun_uid: str) -> Iterator[EmbeddedPostgres]:
    """One server for the whole run: the workers of pytest-xdist name the same data directory and share it.

    Not below pytest's own directory: another run that starts closes that to the user the server runs as.
    """
    data = Path(gettempdir()) / f"carnet-tests-{testrun_uid}" / "postgres"
    server = EmbeddedPostgres.start(data)
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        # Nobody cuts this machine's power: who kills a server has one of its own.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server
    server.stop()
    if not (data / "postmaster.pid").exists():
        shutil.rmtree(data.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(postgres: EmbeddedPostgres) -> Databases:
    return Databases(postgres)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Where the one broker of the whole run answers; each test makes topics of its own on it."""
    base = tmp_path_factory.getbasetemp()
    with shared_broker((base if worker_id == "master" else base.parent) / "kafka") as bootstrap:
        yield bootstrap


@pytest.fixture
def database(databases: Databases) -> Iterator[Callable[[], str]]:
    """Makes a fresh, empty database and returns its libpq URI; emptied after the test."""
    with ExitStack() as used:
        yield lambda: used.enter_context(databases.fresh())


@pytest.fixture(scope="session")
def carnet(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A whole Carnet over HTTP, one for each worker of the run: tests make what they need and share nothing else."""
    with (
        ExitStack() as used,
        running(lambda: used.enter_context(databases.fresh()), tmp_path_factory.mktemp("carnet")) as found,
    ):
        yield found


@pytest.fixture(scope="session")
def carnet_on_kafka(databases: Databases, kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The same on Kafka: a relay, and two projectors that share the partitions."""
    home = tmp_path_factory.mktemp("carnet-on-kafka")
    with ExitStack() as used, running(lambda: used.enter_context(databases.fresh()), home, kafka) as found:
        yield found
