"""Processes that are kept running on one machine."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from infra.demo.process import demonstrate
from infra.processes.supervise import ProcessEnded, Processes, taken


@pytest.fixture
def processes(database: Callable[[], str], tmp_path: Path) -> Iterator[Processes]:
    databases = {f"CARNET_{name}_URL": database() for name in ("DATABASE", "KEYS", "READ")}
    found = Processes({**databases, "CARNET_HOME": str(tmp_path)}, tmp_path / "logs")
    yield found
    found.stop()


def ended(processes: Processes, seconds: float = 60) -> list[str]:
    """Who was started again, once anybody was."""
    deadline = monotonic() + seconds
    while monotonic() < deadline:
        if killed := processes.revive():
            return killed
    raise AssertionError("nobody ended")


def test_who_is_killed_is_started_again(processes: Processes) -> None:
    processes.start("project", ["project"])
    first = processes.pids["project"]
    os.kill(first, signal.SIGKILL)

    assert ended(processes) == ["project"]
    assert processes.pids["project"] != first


def test_who_ends_by_itself_ends_the_others(processes: Processes) -> None:
    processes.start("project", ["project", "no such projection"])

    with pytest.raises(ProcessEnded, match="project ended with status 2"):
        ended(processes)


def test_a_house_is_not_begun_where_somebody_listens_already(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("CARNET_HOME", str(tmp_path))
        monkeypatch.setenv("CARNET_PORT", str(port))
        assert demonstrate(1, 1, kafka=False) == 1

    assert f"127.0.0.1:{port}" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
    assert not taken("127.0.0.1", port)
