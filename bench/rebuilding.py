"""Read models made anew from all events beside those that serve, and what a client's profile costs meanwhile.

By itself, with another number of events: `python -m bench.rebuilding 20000`.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import quantiles
from subprocess import Popen
from threading import Thread
from time import perf_counter
from typing import Final

from bench.measure import Figure, compared, tell
from bench.opened import fill, opened
from bench.processes import process
from bench.querying import Asking, served
from bench.sales import client, history
from domain.access import Caller, Role
from infra.embedded.postgres import EmbeddedPostgres
from infra.sql import read_models
from infra.wiring import House, request
from projections.client_card import client_card
from projections.purchase_history import purchase_history

EVENTS: Final = 2_000_000
ASKED: Final = 300
WINDOWS: Final = 5
MADE: Final = (client_card, purchase_history)


def rebuilding(new_database: Callable[[], str], home: Path, events: int = EVENTS) -> Iterator[Figure]:
    with opened(new_database, home) as house:
        filled = fill(house, history(events), request(Caller("feed:bench", Role.ASSOCIATE)))
        environment = _environment(house)
        for projection in MADE:
            # Nothing serves yet: the first generation is made the same way.
            made = _told(["rebuild", projection.name, "--json"], environment)
            url = new_database()
            read_models.migrate(url, [projection])
            tell(f"rebuild: {projection.name} by a projector")
            start = perf_counter()
            with house.projector([projection.name], batch=1000, read_url=url) as runner:
                while runner.step():
                    pass
            pairs = [(filled / made, filled / (perf_counter() - start))]
            what = f"{projection.name} from {filled:,} events, indexed and compared"
            yield compared("rebuild", what, "a projector that fills the same tables", "per second", ">= 1", pairs)
        with served(house) as asking, process([sys.executable, "-m", "infra", "project"], environment):
            clients = _clients(filled)
            before = [_p95(asking, clients) for _ in range(WINDOWS + 1)][1:]  # the first warms up
            meanwhile = list[float]()
            with process([sys.executable, "-m", "infra", "rebuild", MADE[-1].name, "--json"], environment) as running:
                _until_building(running)
                while running.poll() is None:
                    tell(f"rebuild: window {len(meanwhile) + 1} of questions meanwhile")
                    meanwhile.append(_p95(asking, clients))
        what = f"profile, p95 while {MADE[-1].name} is made from {filled:,} events"
        yield compared("rebuild", what, "the same in quiet", "microseconds", "<= 2", _paired(meanwhile, before))


def _paired(meanwhile: list[float], quiet: list[float]) -> list[tuple[float, float]]:
    """Each window beside one in quiet, taken in turn."""
    return [(taken, quiet[at % len(quiet)]) for at, taken in enumerate(meanwhile)]


def _environment(house: House) -> Mapping[str, str]:
    return {
        "CARNET_DATABASE_URL": house.databases.log,
        "CARNET_KEYS_URL": house.databases.keys,
        "CARNET_READ_URL": house.databases.read,
        "CARNET_HOME": str(house.settings.home),
    }


def _told(command: list[str], environment: Mapping[str, str]) -> float:
    """Seconds from the first thing it says to the last."""
    tell(" ".join(command))
    with process([sys.executable, "-m", "infra", *command], environment) as running:
        assert running.stdout is not None
        running.stdout.readline()
        start = perf_counter()
        *_, last = running.stdout
        assert json.loads(last)["phase"] == "serves", last
        return perf_counter() - start


def _until_building(running: "Popen[bytes]") -> None:
    assert running.stdout is not None
    while json.loads(running.stdout.readline()).get("done") is None:
        pass
    Thread(target=running.stdout.read, daemon=True).start()  # it need not wait for a reader


def _clients(events: int) -> Iterator[str]:
    made = events // 9
    return (str(client(number * 7919 % made)[0].client_id) for number in count())


def _p95(asking: Asking, clients: Iterator[str]) -> float:
    asking.connection.close()  # the server lets go of one that was idle meanwhile
    times = []
    for _ in range(ASKED):
        start = perf_counter()
        asking.get(f"/clients/{next(clients)}")
        times.append((perf_counter() - start) * 1e6)
    return quantiles(times, n=100)[94]


@contextmanager
def _server() -> Iterator[tuple[Callable[[], str], Path]]:
    with tempfile.TemporaryDirectory() as home:
        server, numbers = EmbeddedPostgres.start(Path(home) / "postgres"), count(1)
        try:
            yield lambda: server.create_database(f"bench_{next(numbers)}"), Path(home)
        finally:
            server.stop()


if __name__ == "__main__":
    with _server() as (new_database, home):
        for figure in rebuilding(new_database, home, int(sys.argv[1])):
            print(figure)
