"""What there is to do today, over HTTP in a house of a million clients and five thousand calendar events, beside ten
thousand clients; and how long an event for all of them takes to be on their ticklers."""

import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from http.client import HTTPResponse
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Final
from uuid import uuid4

import orjson
import psycopg
from psycopg import sql

from bench.measure import Figure, compared, tell
from bench.memory import in_memory
from bench.opened import opened
from bench.processes import process
from bench.querying import Asking, served
from bench.spread import A_CALENDAR, A_STORE, ASSOCIATES, BUSY, TAKEN, busy, spread, store_id
from domain.access import Caller, Role
from infra.demo.circles import CLUBS, club
from infra.demo.load import load
from infra.web.position import HEADER
from infra.wiring import House, request
from projections.client_card import card

SMALL: Final = 10_000
LARGE: Final = 1_000_000
STORES: Final = 4
"""Of so many stores, and of an associate of each, the day is asked for; of the small house of its one."""
ROUNDS: Final = 4
EVENTS: Final = 5
CLIENTS: Final = 20
PATIENCE_SECONDS: Final = 60
TODAY: Final = date(2026, 10, 20)
EVERYBODYS: Final = club(CLUBS[0])
QUESTIONS: Final[dict[str, tuple[str, Callable[[int], str], int]]] = {
    f"an associate's day with {BUSY} clients": ("/associates/{}/ticklers?on={}", busy, 40),
    f"a store's day with {ASSOCIATES} associates": ("/stores/{}/ticklers?on={}", store_id, 20),
}
"""What is asked, of whom, and how often in a round."""


def ticklers(new_database: Callable[[], str], home: Path, large: int = LARGE) -> Iterator[Figure]:
    with opened(new_database, home) as house:
        tell("ticklers: the example house")
        load(house.ports, lambda: request(Caller("bench", Role.HEAD_OFFICE)), TAKEN, 1)
        with house.projector(batch=2000) as runner:
            while runner.step():
                pass
        few, many = (spread(house, new_database(), clients, EVERYBODYS, TODAY) for clients in (SMALL, large))
        with served(house, few, Role.HEAD_OFFICE) as in_small, served(house, many, Role.HEAD_OFFICE) as in_large:
            for what, (path, whose, asked) in QUESTIONS.items():
                for url in (few, many):
                    in_memory(url)
                of_few, of_many = (
                    [path.format(whose(store), TODAY) for store in range(min(STORES, clients // A_STORE))]
                    for clients in (SMALL, large)
                )
                pairs = []
                for each in range(ROUNDS + 1):
                    tell(f"ticklers, {what}: round {each} of {ROUNDS}")
                    pair = _p95(in_large, of_many, asked), _p95(in_small, of_few, asked)
                    if each:  # the first warms up
                        pairs.append(pair)
                case = f"{what}, p95 at {large:,} clients and {large // A_CALENDAR:,} calendar events"
                yield compared("ticklers", case, f"the same at {SMALL:,}", "microseconds", "<= 1.2", pairs)
            yield _until_told(house, many, in_large, f"{large:,} linked clients")


def _p95(asking: Asking, paths: list[str], asked: int) -> float:
    asking.connection.close()  # the server lets go of one that was idle meanwhile
    times = []
    for path in islice(cycle(paths), asked):
        start = perf_counter()
        asking.get(path)
        times.append((perf_counter() - start) * 1e6)
    return quantiles(times, n=100)[94]


def _until_told(house: House, read_url: str, asking: Asking, whose: str) -> Figure:
    """From the command that schedules a national event until it is on the ticklers of clients of its organization, the
    last of so many that are asked for one after the other."""
    clients = _some_of(read_url)
    asking.connection.close()
    times = []
    with process([sys.executable, "-m", "infra", "project"], _environment(house, read_url)):
        for each in range(EVENTS + 1):
            start = perf_counter()
            made, position = _schedule(asking)
            for client in clients:
                while made not in _ticklers(asking, client, position):
                    assert perf_counter() - start < PATIENCE_SECONDS, "it does not become visible"
            taken = (perf_counter() - start) * 1e3
            tell(f"ticklers, an event for {whose}: {taken:.0f} ms")
            if each:  # the first waits for the projector to start
                times.append((taken, 1000.0))
    case = f"a national event for {whose}, until it is on the ticklers of {CLIENTS} of them"
    return compared("ticklers", case, "a second", "milliseconds", "<= 1", times)


def _schedule(asking: Asking) -> tuple[bytes, str]:
    body = {
        "name": "A gala",
        "kind": "gala",
        "organizations": [EVERYBODYS],
        "scope": {"reach": "national"},
        "starts": f"{TODAY + timedelta(28)}T19:00",
        "ends": f"{TODAY + timedelta(28)}T23:00",
        "time_zone": "Europe/Paris",
    }
    answer, told = _send(asking, "POST", "/calendar-events", orjson.dumps(body), {"Idempotency-Key": str(uuid4())})
    assert answer.status == 201, told
    id: str = answer.headers["Location"].rsplit("/", 1)[-1]
    return id.encode(), answer.headers[HEADER]


def _ticklers(asking: Asking, client: str, position: str) -> bytes:
    answer, told = _send(asking, "GET", f"/clients/{client}/ticklers?on={TODAY}", None, {HEADER: position})
    return told if answer.status == 200 else b""


def _send(
    asking: Asking, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
) -> tuple[HTTPResponse, bytes]:
    who = {"Authorization": f"Bearer {asking.bearer}", "Content-Type": "application/json"}
    asking.connection.request(method, path, body, {**who, **headers})
    answer = asking.connection.getresponse()
    return answer, answer.read()


def _some_of(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        found = connection.execute(
            sql.SQL(
                "SELECT client_id::text FROM {} WHERE is_client AND NOT died ORDER BY md5(client_id::text) LIMIT %s"
            ).format(sql.Identifier(card.name)),
            (CLIENTS,),
        ).fetchall()
    return [id for (id,) in found]


def _environment(house: House, read_url: str) -> Mapping[str, str]:
    return {
        "CARNET_DATABASE_URL": house.databases.log,
        "CARNET_KEYS_URL": house.databases.keys,
        "CARNET_READ_URL": read_url,
        "CARNET_HOME": str(house.settings.home),
    }
