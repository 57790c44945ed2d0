"""Queries over HTTP, one after the other on one connection, beside the bare SELECT through the same server."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from bench.measure import Figure, compared, tell
from bench.opened import fill, free_port, opened, token
from bench.sales import client, history
from domain.access import Caller, Role
from infra.wiring import House, request

EVENTS = 90_000
ASKED = 1500
ROUNDS = 5
PATHS = {"profile": "/clients/{}", "purchases": "/clients/{}/purchases?limit=50"}


def querying(new_database: Callable[[], str], home: Path) -> Iterator[Figure]:
    with opened(new_database, home) as house:
        fill(house, history(EVENTS), request(Caller("feed:bench", Role.ASSOCIATE)))
        with house.projector(batch=2000) as runner:
            while runner.step():
                pass
        clients = [str(client(number)[0].client_id) for number in range(EVENTS // 9)]
        random.Random(7).shuffle(clients)
        with served(house) as asking:
            for name, path in PATHS.items():
                p50, p95 = [], []
                for each in range(ROUNDS + 1):
                    tell(f"query, {name}: round {each} of {ROUNDS}")
                    ours, bare = _ask(asking, path, f"/bare/{name}/{{}}", clients[:ASKED])
                    if each:
                        p50.append((ours[49], bare[49]))
                        p95.append((ours[94], bare[94]))
                for percentile, pairs in (("p50", p50), ("p95", p95)):
                    yield compared(
                        "query",
                        f"{name}, {percentile}",
                        "the bare SELECT through the same server",
                        "microseconds",
                        "<= 1.5",
                        pairs,
                    )


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody at a server, with a connection and a token."""

    connection: HTTPConnection
    bearer: str

    def get(self, path: str) -> None:
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {self.bearer}"})
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, body


def _ask(asking: Asking, path: str, bare: str, clients: list[str]) -> tuple[list[float], list[float]]:
    """The percentiles, in microseconds, of both ways of asking, client by client in turn."""
    taken: tuple[list[float], list[float]] = ([], [])
    for id in clients:
        for times, template in zip(taken, (path, bare), strict=True):
            start = perf_counter()
            asking.get(template.format(id))
            times.append((perf_counter() - start) * 1e6)
    ours, theirs = (quantiles(times, n=100) for times in taken)
    return ours, theirs


@contextmanager
def served(house: House, read_url: str | None = None, role: Role = Role.ASSOCIATE) -> Iterator[Asking]:
    """The house over HTTP, in a process of its own; `read_url` names other read models than the house's."""
    port = free_port()
    environment = {
        "CARNET_DATABASE_URL": house.databases.log,
        "CARNET_KEYS_URL": house.databases.keys,
        "CARNET_READ_URL": read_url or house.databases.read,
        "CARNET_HOME": str(house.settings.home),
    }
    # A line for each request is part of what is measured; nobody has to read it.
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.served", str(port)],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    connection = HTTPConnection("127.0.0.1", port)
    try:
        while not _listens(port):
            assert server.poll() is None, "the server ended"
            time.sleep(0.05)
        yield Asking(connection, token(house, role))
    finally:
        connection.close()
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
