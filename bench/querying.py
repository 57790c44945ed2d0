"""Queries over HTTP, one after the other on one connection, beside the bare SELECT through the same server."""

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
        with _served(house) as (connection, bearer):
            for name, path in PATHS.items():
                p50, p95 = [], []
                for each in range(ROUNDS + 1):
                    tell(f"query, {name}: round {each} of {ROUNDS}")
                    ours, bare = _ask(connection, bearer, path, f"/bare/{name}/{{}}", clients[:ASKED])
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


def _ask(
    connection: HTTPConnection, bearer: str, path: str, bare: str, clients: list[str]
) -> tuple[list[float], list[float]]:
    """The percentiles, in microseconds, of both ways of asking, client by client in turn."""
    taken: tuple[list[float], list[float]] = ([], [])
    headers = {"Authorization": f"Bearer {bearer}"}
    for id in clients:
        for times, template in zip(taken, (path, bare), strict=True):
            start = perf_counter()
            connection.request("GET", template.format(id), headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            times.append((perf_counter() - start) * 1e6)
            assert answer.status == 200, body
    ours, theirs = (quantiles(times, n=100) for times in taken)
    return ours, theirs


@contextmanager
def _served(house: House) -> Iterator[tuple[HTTPConnection, str]]:
    port = free_port()
    environment = {
        "CARNET_DATABASE_URL": house.databases.log,
        "CARNET_KEYS_URL": house.databases.keys,
        "CARNET_READ_URL": house.databases.read,
        "CARNET_HOME": str(house.settings.home),
    }
    server = subprocess.Popen([sys.executable, "-m", "bench.served", str(port)], env={**os.environ, **environment})
    connection = HTTPConnection("127.0.0.1", port)
    try:
        while not _listens(port):
            assert server.poll() is None, "the server ended"
            time.sleep(0.05)
        yield connection, token(house)
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
