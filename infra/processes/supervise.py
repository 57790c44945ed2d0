"""Several processes of Carnet on one machine, started together and stopped together."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from types import FrameType, MappingProxyType

STOP_SECONDS = 15


class ProcessEnded(Exception):
    """A process that should run for as long as the others ended by itself."""


class Processes:
    """Child processes, each `carnet` with other arguments, each with a log file of its own in the directory `logs`."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self._environment = {**os.environ, **environment}
        self._logs = logs
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._begun: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {}

    def start(self, name: str, arguments: Sequence[str], environment: Mapping[str, str] = MappingProxyType({})) -> None:
        self._logs.mkdir(parents=True, exist_ok=True)
        self._begun[name] = arguments, environment
        with self._log(name).open("ab" if name in self._children else "wb") as log:
            # In a group of its own, so that Ctrl-C reaches the supervisor alone, which stops the others in order.
            self._children[name] = subprocess.Popen(  # noqa: S603 - our own program, with our own arguments
                [sys.executable, "-m", "infra", *arguments],
                env={**self._environment, **environment},
                stderr=log,
                start_new_session=True,
            )

    @property
    def pids(self) -> dict[str, int]:
        return {name: child.pid for name, child in self._children.items()}

    def check(self) -> None:
        """Raises `ProcessEnded` if any child is no longer running."""
        for name, child in self._children.items():
            if (status := child.poll()) is not None:
                raise self._ended(name, status)

    def wait_ready(self, host: str, port: int, seconds: float) -> None:
        """Waits until the API there answers `/ready` with 200; raises `ProcessEnded` or `TimeoutError`."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.check()
            if ready(host, port):
                return
            time.sleep(0.05)
        raise TimeoutError(f"not ready after {seconds:g} seconds")

    def revive(self) -> list[str]:
        """Starts those again that were killed, and names them; raises `ProcessEnded` if one ended by itself."""
        # Asked once: who is killed between two looks would be taken for one that ended by itself.
        ended = {name: status for name, child in self._children.items() if (status := child.poll()) is not None}
        for name, status in ended.items():
            if status >= 0:
                raise self._ended(name, status)
            self.start(name, *self._begun[name])
        return list(ended)

    def watch(self, told: Callable[[str], None]) -> None:
        """Returns on SIGINT or SIGTERM; raises `ProcessEnded` if a child ends by itself before. `told` hears of each
        that was killed and started again."""
        with stop_signals() as stopped:
            while not stopped.wait(0.5):
                for name in self.revive():
                    told(name)

    def _ended(self, name: str, status: int) -> ProcessEnded:
        return ProcessEnded(f"{name} ended with status {status}, see {self._log(name)}")

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def stop(self) -> None:
        """Asks every child to end, last started first, and kills what has not ended in time."""
        for child in reversed(self._children.values()):
            if child.poll() is None:
                child.terminate()
        for child in self._children.values():
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def taken(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    with socket.socket() as probe:
        # As the API does: what a connection that is over left behind is in nobody's way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def ready(host: str, port: int) -> bool:
    """Whether the API there answers `/ready` with 200."""
    connection = HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/ready")
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """An event that is set by SIGINT or SIGTERM, as long as the context lasts."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
