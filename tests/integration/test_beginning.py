"""Processes that are started together, before their database is."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

import psycopg
import pytest
import typer

from infra.embedded.postgres import EmbeddedPostgres
from infra.processes.beginning import begun
from tests.support.processes import free_port

# What each says once it has begun; the last of them also waits for a broker that is never there.
SAYS = {
    "api": "Application startup complete",
    "project": "projecting",
    "feed": "taking feeds in",
    "relay": "Bootstrap",
}


def test_a_process_waits_for_its_database_and_begins_when_it_is_there(tmp_path: Path) -> None:
    server = EmbeddedPostgres.start(tmp_path / "postgres")
    url = server.create_database("carnet")
    server.kill()
    logs = {name: tmp_path / f"{name}.log" for name in SAYS}
    started = {name: carnet(name, url, log) for name, log in logs.items()}
    try:
        for log in logs.values():
            until(log, "waits to begin")
        server.restart()
        for name, log in logs.items():
            until(log, SAYS[name])
    finally:
        for process in started.values():
            process.terminate()
        statuses = {name: process.wait(30) for name, process in started.items()}
        server.stop()

    assert set(statuses.values()) <= {0, -15}


def test_who_is_to_end_does_not_go_on_waiting() -> None:
    stop = Event()
    stop.set()

    with pytest.raises(typer.Exit) as ended, begun(lambda: opening([Event()]), stop):
        pass

    assert ended.value.exit_code == 0


def test_after_a_while_it_says_what_is_wrong() -> None:
    tried: list[Event] = []

    with pytest.raises(psycopg.OperationalError), begun(lambda: opening(tried), Event(), patience=0.2):
        pass

    assert len(tried) > 1


def test_what_goes_wrong_later_is_not_tried_again() -> None:
    opened: list[int] = []

    @contextmanager
    def house() -> Iterator[None]:
        opened.append(1)
        yield

    with pytest.raises(psycopg.OperationalError), begun(house, Event()):
        raise psycopg.OperationalError

    assert opened == [1]


@contextmanager
def opening(tried: list[Event]) -> Iterator[None]:
    """A house whose database is never there."""
    tried.append(Event())
    raise psycopg.OperationalError
    yield


def carnet(name: str, url: str, log: Path) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "CARNET_DATABASE_URL": url,
        "CARNET_HOME": str(log.parent),
        "CARNET_PORT": str(free_port()),
    }
    if name == "relay":
        environment["CARNET_KAFKA"] = f"127.0.0.1:{free_port()}"
    with log.open("wb") as written:
        return subprocess.Popen([sys.executable, "-m", "infra", name], env=environment, stderr=written, stdout=written)


def until(log: Path, says: str, seconds: float = 120) -> None:
    deadline = monotonic() + seconds
    while says not in log.read_text():
        assert monotonic() < deadline, f"{log.name} does not say: {says}"
        Event().wait(0.05)
