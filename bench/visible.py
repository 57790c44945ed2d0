"""From a command to its row, at 100 commands a second, through real processes.

The commands are sales over HTTP, sent when their time has come whether or not the ones before were answered; each is
timed from when it should have begun, so that no wait is left out. Its row is visible when the projector's transaction
that wrote it has told so. Beside it stands the sum of the hops, each measured alone on the idle house.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from threading import Event, Thread, local
from time import perf_counter, sleep
from typing import Any, NamedTuple

import orjson
import psycopg

from bench.hops import Hop, hops
from bench.measure import Figure, compared, tell
from bench.opened import brokered, free_port, opened, token
from bench.sales import sale
from infra.broker.topics import TopicAdmin
from infra.demo.process import _environment
from infra.processes.supervise import Processes
from infra.sql.offsets import CHANNEL
from infra.web.position import HEADER, Positions
from infra.wiring import House
from projections.purchase_history import purchase_history

ROUNDS = 3
COMMANDS = 600
WARM_UP = 200
A_SECOND = 100
AT_ONCE = 32
HOST = "127.0.0.1"
PATIENCE_SECONDS = 60


class Sent(NamedTuple):
    """When a command should have begun and when it was answered, and where its event is."""

    begun: float
    answered: float
    partition: int
    position: int


def visible(new_database: Callable[[], str], home: Path) -> Iterator[Figure]:
    with opened(new_database, home / "embedded") as house:
        yield from _of(house, new_database, "embedded")
    with brokered(home) as bootstrap, opened(new_database, home / "full", kafka=bootstrap) as house:
        with closing(TopicAdmin(bootstrap)) as admin:
            admin.create(house.topics)
        yield from _of(house, new_database, "Kafka")


def _of(house: House, new_database: Callable[[], str], shape: str) -> Iterator[Figure]:
    with _api(house) as (processes, commands):
        tell(f"visible, {shape}: the hops alone")
        alone = hops(house, commands.one, new_database())
        if house.settings.kafka:
            processes.start("relay", ["relay"])
        processes.start("project", ["project"])
        answered, seen = [], []
        with _listening(house) as heard:
            for each in range(ROUNDS + 1):
                tell(f"visible, {shape}: round {each} of {ROUNDS}")
                sent = commands.open_loop(COMMANDS if each else WARM_UP)
                _wait(heard, sent)
                if each:
                    answered.append([one.answered - one.begun for one in sent])
                    seen.append([heard.at(one) - one.begun for one in sent])
    for percent in (50, 99):
        for what, times, peers in (("answered", answered, alone[:1]), ("visible", seen, alone)):
            yield compared(
                "visible",
                f"{shape}, {A_SECOND} commands a second: {what}, p{percent}",
                "alone: " + ", ".join(f"{hop.name} {hop.percentile(percent) * 1e3:.1f} ms" for hop in peers),
                "microseconds",
                "",
                [
                    (
                        Hop("", each).percentile(percent) * 1e6,
                        sum(hop.percentile(percent) for hop in peers) * 1e6,
                    )
                    for each in times
                ],
            )


class Commands:
    """Sales by one caller, over connections that are kept open."""

    def __init__(self, house: House, port: int) -> None:
        self._port = port
        self._headers = {"Authorization": f"Bearer {token(house)}", "Content-Type": "application/json"}
        self._positions = Positions(house.log.incarnation, house.partition_of)
        self._numbers = count(1)
        self._open = local()

    def one(self) -> float:
        """Sends one, and returns the seconds until its answer."""
        begun = perf_counter()
        return self._send(begun).answered - begun

    def open_loop(self, commands: int) -> list[Sent]:
        """Sends so many, each when its time has come."""
        start = perf_counter() + 0.1

        def send(number: int) -> Sent:
            begin = start + number / A_SECOND
            sleep(max(0.0, begin - perf_counter()))
            return self._send(begin)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(send, range(commands)))

    def _send(self, begun: float) -> Sent:
        if not hasattr(self._open, "connection"):
            self._open.connection = HTTPConnection(HOST, self._port, timeout=10)
        connection: HTTPConnection = self._open.connection
        number = next(self._numbers)
        connection.request("POST", "/sales", _body(number), {**self._headers, "Idempotency-Key": f"bench-{number:08}"})
        answer = connection.getresponse()
        body = answer.read()
        answered = perf_counter()
        assert answer.status == 201, body
        return Sent(begun, answered, *self._positions.read(answer.headers[HEADER]))


def _body(number: int) -> bytes:
    example = sale(number)
    return orjson.dumps(
        {
            "reference": {"source": "bench", "number": str(number)},
            "store_id": example.store_id,
            "occurred_at": (example.occurred_at + timedelta(seconds=number)).isoformat(),
            "currency": example.currency,
            "lines": [
                {
                    "sku": line.sku,
                    "description": line.description,
                    "quantity": line.quantity,
                    "unit_price": str(line.unit_price),
                    "net": str(line.net),
                    "brand": line.brand,
                    "category": line.category,
                    "sellers": [{"associate_id": seller.associate_id} for seller in line.sellers],
                }
                for line in example.lines
            ],
        }
    )


class Heard:
    """What the projector told: by partition, when its rows reached which position."""

    def __init__(self) -> None:
        self._told: dict[int, list[tuple[int, float]]] = {}

    def hear(self, payload: str, time: float) -> None:
        told = orjson.loads(payload)
        if told["projection"] == purchase_history.name:
            self._told.setdefault(told["partition"], []).append((told["position"], time))

    def has(self, sent: Sent) -> bool:
        return any(position >= sent.position for position, _ in self._told.get(sent.partition, [])[-1:])

    def at(self, sent: Sent) -> float:
        """When the row of this command became visible."""
        return next(time for position, time in self._told[sent.partition] if position >= sent.position)


@contextmanager
def _listening(house: House) -> Iterator[Heard]:
    heard, stop = Heard(), Event()

    def listen(connection: psycopg.Connection[Any]) -> None:
        while not stop.is_set():
            for notify in connection.notifies(timeout=0.2):
                heard.hear(notify.payload, perf_counter())

    with psycopg.connect(house.databases.read, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}".encode())
        thread = Thread(target=listen, args=(connection,))
        thread.start()
        try:
            yield heard
        finally:
            stop.set()
            thread.join()


@contextmanager
def _api(house: House) -> Iterator[tuple[Processes, Commands]]:
    port = free_port()
    processes = Processes(
        {**_environment(house), "CARNET_HOST": HOST, "CARNET_PORT": str(port)}, house.settings.home / "logs"
    )
    try:
        processes.start("api", ["api"])
        processes.wait_ready(HOST, port, PATIENCE_SECONDS)
        yield processes, Commands(house, port)
    finally:
        processes.stop()


def _wait(heard: Heard, sent: Sequence[Sent]) -> None:
    end = perf_counter() + PATIENCE_SECONDS
    while not all(heard.has(each) for each in sent):
        assert perf_counter() < end, "rows do not become visible"
        sleep(0.05)
