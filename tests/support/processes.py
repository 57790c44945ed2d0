"""Carnet as real processes on Kafka: the API, the relay and a projector, with what they write."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from types import MappingProxyType
from typing import Any

from infra.broker.topics import Topics
from infra.processes.supervise import ready
from infra.settings import Settings
from infra.wiring import house
from tests.support.kafka import fresh_topics
from tests.support.running import Running

PARTITIONS = 3


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Carnet:
    """Real processes with the planted faults of `tests.support.failing`, and what they wrote."""

    running: Running
    topics: Topics
    logs: Path
    environment: dict[str, str]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def start(self, name: str, **more: str) -> None:
        """One of `carnet`'s processes; `more` are settings of its own."""
        with (self.logs / name).open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "tests.support.failing", name],
                env={**self.environment, **more},
                stderr=log,
                stdout=log,
            )

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(30)

    def written(self) -> str:
        return "".join(path.read_text() for path in self.logs.iterdir())

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.logs / name).read_text().splitlines()]


@contextmanager
def processes(
    kafka: str,
    database: Callable[[], str],
    tmp_path: Path,
    metrics: Mapping[str, int] = MappingProxyType({}),
    **more: str,
) -> Iterator[Carnet]:
    """Ends with the context; `metrics` are ports of the processes that tell them, `more` are settings."""
    port = free_port()
    topics = fresh_topics(kafka, PARTITIONS)
    settings = Settings(database_url=database(), keys_url=database(), read_url=database(), home=tmp_path)
    environment = {
        **os.environ,
        "CARNET_DATABASE_URL": str(settings.database_url),
        "CARNET_KEYS_URL": str(settings.keys_url),
        "CARNET_READ_URL": str(settings.read_url),
        "CARNET_HOME": str(tmp_path),
        "CARNET_PORT": str(port),
        "CARNET_KAFKA": kafka,
        "CARNET_KAFKA_PREFIX": topics.prefix,
        "CARNET_KAFKA_PARTITIONS": str(PARTITIONS),
        **more,
    }
    (tmp_path / "said").mkdir()
    with ExitStack() as stack:
        opened = stack.enter_context(house(settings))
        found = Carnet(Running(f"http://127.0.0.1:{port}", opened), topics, tmp_path / "said", environment)
        stack.callback(found.stop)
        for name in ("api", "relay", "project"):
            found.start(name, **({"CARNET_METRICS_PORT": str(metrics[name])} if name in metrics else {}))
        until(lambda: ready("127.0.0.1", port), "the API is ready", found)
        yield found


def until(done: Callable[[], object], what: str, of: Carnet, seconds: float = 120) -> None:
    pause, deadline = Event(), monotonic() + seconds
    while not done():
        ended = [name for name, process in of.processes.items() if process.poll() is not None]
        assert not ended, f"{ended} ended\n{of.written()}"
        assert monotonic() < deadline, f"not in {seconds:g} seconds: {what}\n{of.written()}"
        pause.wait(0.05)
