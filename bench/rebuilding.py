"""New generations made of two million events beside those that serve, and what questions cost meanwhile.

The log is one of clients and sales, each person with her own key. By itself, with another number of events:
`python -m bench.rebuilding 20000`.
"""

import json
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from statistics import quantiles
from subprocess import Popen
from threading import Thread
from time import perf_counter, sleep
from typing import Any, Final

from bench.measure import Figure, compared, tell
from bench.memory import in_memory
from bench.opened import fill, opened
from bench.processes import process
from bench.querying import PATHS, Asking, served
from bench.sales import client, history
from domain.access import Caller, Role
from infra import logging
from infra.embedded.postgres import EmbeddedPostgres
from infra.sql import read_models
from infra.wiring import House, request
from projections.client_card import client_card
from projections.projection import Projection
from projections.purchase_history import purchase_history

STAGE: Final = "generations"
EVENTS: Final = 2_000_000
# A sale of a luxury house has few.
LINES: Final = 2
# An append of more is no faster.
AT_ONCE: Final = 2_000
BATCH: Final = 1_000
ASKED: Final = 300
WARM_UP: Final = 5
# What it asked of the server last is done by then.
SETTLED_SECONDS: Final = 0.2
MADE: Final = (client_card, purchase_history)
TOLD_SECONDS: Final = 10.0


def rebuilding(new_database: Callable[[], str], home: Path, events: int = EVENTS) -> Iterator[Figure]:
    with opened(new_database, home) as house:
        filled = fill(house, history(events, LINES), request(Caller("feed:bench", Role.ASSOCIATE)), AT_ONCE)
        environment = _environment(house)
        for projection in MADE:
            # Nothing serves yet: the first generation is made the same way.
            with _rebuild(projection, environment) as running:
                start = perf_counter()
                _Heard(running).serves()
                made = filled / (perf_counter() - start)
            what = f"{projection.name} from {filled:,} events, indexed"
            peer = f"a projector that fills the same tables, from the first {filled // 10:,}"
            pairs = [(made, _projected(house, new_database(), projection, filled // 10))]
            yield compared(STAGE, what, peer, "per second", ">= 1", pairs)
        # Whatever else there is to project is none of it: catching up would take a core from whoever asks.
        project = [sys.executable, "-m", "infra", "project", *(each.name for each in MADE)]
        with served(house) as asking, process(project, environment):
            meanwhile = list(_meanwhile(asking, _clients(filled), house.databases.read, environment))
        for name in PATHS:
            what = f"{name}, p95 while another {MADE[-1].name} is made and compared"
            each = [(busy[name], quiet[name]) for busy, quiet in meanwhile]
            yield compared(STAGE, what, "the same in quiet", "microseconds", "<= 2", each)


def _meanwhile(
    asking: Asking, clients: Iterator[str], read_url: str, environment: Mapping[str, str]
) -> Iterator[tuple[Mapping[str, float], Mapping[str, float]]]:
    """Each p95 beside one of the same minute, for which the rebuild was stopped where it was.

    While the server makes an index or compares there is nothing to stop: the last in quiet stands beside those.
    """
    in_memory(read_url)
    for _ in range(WARM_UP):
        quiet = _p95(asking, clients)
    with _rebuild(MADE[-1], environment) as running:
        rebuild = _Heard(running)
        while rebuild.goes_on:
            if rebuild.phase == "building":
                with _stopped(running):
                    quiet = _p95(asking, clients)
            busy = _p95(asking, clients)
            if rebuild.goes_on:
                yield busy, quiet
        rebuild.serves()


def _projected(house: House, url: str, projection: Projection, events: int) -> float:
    """Events per second."""
    tell(f"{STAGE}: {projection.name} by a projector")
    read_models.migrate(url, [projection])
    start = perf_counter()
    with house.projector([projection.name], batch=BATCH, read_url=url) as runner:
        for _ in range(events // BATCH):
            runner.step()
    return events / (perf_counter() - start)


@contextmanager
def _rebuild(projection: Projection, environment: Mapping[str, str]) -> Iterator["Popen[bytes]"]:
    """The command at work, once it has begun to build."""
    command = [sys.executable, "-m", "infra", "rebuild", projection.name, "--json"]
    tell(f"{STAGE}: carnet rebuild {projection.name}")
    with process(command, environment) as running:
        assert running.stdout is not None
        running.stdout.readline()
        yield running


@contextmanager
def _stopped(running: "Popen[bytes]") -> Iterator[None]:
    """It stands still where it is. Not for long: the server ends a transaction that stands still."""
    running.send_signal(signal.SIGSTOP)
    sleep(SETTLED_SECONDS)
    try:
        yield
    finally:
        running.send_signal(signal.SIGCONT)


class _Heard:
    """What a rebuild says of itself, listened to on a thread."""

    def __init__(self, running: "Popen[bytes]") -> None:
        self._running = running
        self._last: Mapping[str, Any] = {"phase": "building"}
        self._listening = Thread(target=self._listen, daemon=True)
        self._listening.start()

    @property
    def goes_on(self) -> bool:
        return self._listening.is_alive()

    @property
    def phase(self) -> str:
        return str(self._last["phase"])

    def serves(self) -> None:
        """Waits until it does."""
        self._listening.join()
        assert self.phase == "serves", self._last

    def _listen(self) -> None:
        told = perf_counter()
        for line in self._running.stdout or ():
            self._last = json.loads(line)
            if perf_counter() - told > TOLD_SECONDS:
                told = perf_counter()
                tell(f"{STAGE}: {_progress(self._last)}")


def _progress(said: Mapping[str, Any]) -> str:
    if "done" not in said:
        return " ".join(map(str, filter(None, [said["phase"], said.get("what")])))
    left = "" if said["seconds_left"] is None else f", {said['seconds_left']:.0f} s left"
    return f"{said['phase']}, {said['done']:,} of {said['total']:,} events{left}"


def _environment(house: House) -> Mapping[str, str]:
    return {
        "CARNET_DATABASE_URL": house.databases.log,
        "CARNET_KEYS_URL": house.databases.keys,
        "CARNET_READ_URL": house.databases.read,
        "CARNET_HOME": str(house.settings.home),
    }


def _clients(events: int) -> Iterator[str]:
    made = events // 9
    return (str(client(number * 7919 % made)[0].client_id) for number in count())


def _p95(asking: Asking, clients: Iterator[str]) -> Mapping[str, float]:
    """Of each question, asked about the same clients in turn, in microseconds."""
    asking.connection.close()  # the server lets go of one that was idle meanwhile
    times: dict[str, list[float]] = {name: [] for name in PATHS}
    for id in islice(clients, ASKED):
        for name, path in PATHS.items():
            start = perf_counter()
            asking.get(path.format(id))
            times[name].append((perf_counter() - start) * 1e6)
    return {name: quantiles(taken, n=100)[94] for name, taken in times.items()}


@contextmanager
def _server() -> Iterator[tuple[Callable[[], str], Path]]:
    with tempfile.TemporaryDirectory() as home:
        server, numbers = EmbeddedPostgres.start(Path(home) / "postgres"), count(1)
        try:
            yield lambda: server.create_database(f"bench_{next(numbers)}"), Path(home)
        finally:
            server.stop()


if __name__ == "__main__":
    logging.configure("bench", "warning")
    with _server() as (new_database, home):
        for figure in rebuilding(new_database, home, int(sys.argv[1])):
            print(figure)
