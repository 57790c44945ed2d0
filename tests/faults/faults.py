"""What is done to a Carnet at work, one function a fault; each returns when the fault is over, not when it is overcome.

Every choice is drawn from the run's seeded chance.
"""

import json
import signal
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from random import Random
from threading import Event
from typing import Any, Final
from uuid import uuid4

import psycopg
from psycopg import conninfo, sql

from infra.broker.publisher import DELIVERY_SECONDS
from infra.log.recorder import APPEND_LOCK
from infra.relay import LEASE_SECONDS
from tests.faults.supervisor import PROJECTORS, RELAYS, Carnet
from tests.faults.waiting import wait
from tests.faults.watching import Observer

# A failpoint that is not come to in this time was planned in vain.
REACHED_SECONDS: Final = 60.0
# How long after a fault everything may take until it knows all there was to know when the fault was over. The longest
# road: a relay gives up a transaction, and waits to begin again while another holds the lock.
RECOVERY_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 7.0
# Longer than the relay tries to deliver, and shorter than it waits for the end of a transaction.
AWAY_SECONDS: Final = DELIVERY_SECONDS + 1.5

FAILPOINTS: Final[Mapping[str, tuple[str, ...]]] = {
    "api": ("append.begins", "append.committed"),
    "relay": ("relay.read", "relay.sent", "relay.stored", "relay.committed"),
    "project": ("project.polled", "project.written", "project.commits", "project.committed"),
}


class Missed(Exception):
    """What a fault was to do did not come about: nothing is proved by a run without it."""


class Stage:
    """What a fault is done to, and by what chance."""

    def __init__(self, carnet: Carnet, observer: Observer, random: Random) -> None:
        self.carnet = carnet
        self.observer = observer
        self.random = random

    def caught_up(self, seconds: float = RECOVERY_SECONDS) -> float:
        """Waits until everything that is in the log now is projected; how long that took. Raises `TimeoutError`."""
        end = self.observer.end_now()
        return wait(lambda: self.observer.projected >= end, f"all is projected up to {end}", seconds)


def failpoint_chains(stage: Stage) -> dict[str, deque[str]]:
    """Every failpoint once, spread over processes that can be killed at the same time, each at its n-th occurrence."""
    chains: dict[str, deque[str]] = {"api": deque(), RELAYS[0]: deque(), PROJECTORS[0]: deque(), PROJECTORS[1]: deque()}
    for kind, points in FAILPOINTS.items():
        names = [name for name in chains if name.partition("-")[0] == kind]
        for number, point in enumerate(stage.random.sample(points, len(points))):
            chains[names[number % len(names)]].append(f"{point}:{stage.random.randint(1, 4)}")
    return chains


def failpoints(stage: Stage, chains: Mapping[str, deque[str]], told: Callable[[str], None]) -> None:
    """Lets processes, started with the first point of their chain, die at it, and starts them with the next.

    Raises `Missed` if a process does not come to its point, or ends in another way.
    """
    carnet = stage.carnet
    waiting = {name: chain.popleft() for name, chain in chains.items() if chain}
    while waiting:
        wait(lambda: any(carnet.ended(name) is not None for name in waiting), f"comes to {waiting}", REACHED_SECONDS)
        for name in [name for name in waiting if carnet.ended(name) is not None]:
            point = waiting.pop(name)
            if (status := carnet.ended(name)) != -signal.SIGKILL:
                raise Missed(f"{name} was to be killed at {point}, and ended with {status}")
            told(f"kill at {point.partition(':')[0]}")
            if chains[name]:
                waiting[name] = chains[name].popleft()
            carnet.start(name, waiting.get(name))


def at_failpoint(stage: Stage) -> str:
    """One process of any kind, killed in the midst of its work at any of its points."""
    name = stage.random.choice(["api", stage.carnet.leader() or RELAYS[0], *PROJECTORS])
    point = stage.random.choice(FAILPOINTS[name.partition("-")[0]])
    stage.carnet.kill(name)
    if name in RELAYS:  # the other would lead, and this one never come to its point
        stage.carnet.kill(next(other for other in RELAYS if other != name))
    stage.carnet.start(name, f"{point}:{stage.random.randint(1, 9)}")
    wait(lambda: stage.carnet.ended(name) is not None, f"{name} comes to {point}", REACHED_SECONDS)
    for each in RELAYS if name in RELAYS else (name,):
        stage.carnet.start(each)
    return f"kill at {point}"


def kill_broker(stage: Stage) -> str:
    stage.carnet.broker.kill()
    stage.carnet.broker.restart()
    return "broker killed"


def broker_away(stage: Stage) -> str:
    """For longer than the relay tries to deliver, while it has something to send."""
    stage.carnet.broker.kill()
    relayed = stage.observer.relayed
    Event().wait(AWAY_SECONDS)
    if relayed is None or stage.observer.end_now() <= relayed.position:
        raise Missed("the relay had nothing to send while the broker was away")
    stage.carnet.broker.restart()
    return "broker away"


def pause_broker(stage: Stage) -> str:
    stage.carnet.broker.pause()
    Event().wait(PAUSE_SECONDS)
    stage.carnet.broker.resume()
    return "broker paused"


def kill_postgres(stage: Stage) -> str:
    stage.carnet.postgres.kill()
    stage.carnet.postgres.restart()
    return "PostgreSQL killed"


def cut_connections(stage: Stage) -> str:
    """Every connection of every process to every database, all at once."""
    with psycopg.connect(stage.carnet.log) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' "
            "AND pid <> pg_backend_pid()"
        )
    return "connections cut"


def restart_projector(stage: Stage) -> str:
    """It leaves its group and comes back under its own name."""
    name = stage.random.choice(PROJECTORS)
    if (status := stage.carnet.stop(name)) != 0:
        raise Missed(f"{name} was asked to end, and ended with {status}")
    stage.carnet.start(name)
    return "projector restarted"


def sleepers(stage: Stage) -> Sequence[str]:
    """The leading relay, and a projector in the midst of a batch, stand still until others have taken over all they
    did; then both go on where they were."""
    carnet = stage.carnet
    projector = stage.random.choice(PROJECTORS)
    wait(lambda: carnet.leader() is not None, "a relay leads", RECOVERY_SECONDS)
    relay = carnet.leader()
    assert relay is not None
    wait(lambda: _stands_in_midst(carnet, projector), f"{projector} writes", REACHED_SECONDS)
    carnet.pause(relay)
    try:
        wait(lambda: carnet.leader() not in (None, relay), "the other relay leads", LEASE_SECONDS + RECOVERY_SECONDS)
        stage.caught_up()
    finally:
        carnet.resume(relay)
        carnet.resume(projector)
    return ["leader asleep", "projector asleep in a batch"]


def _stands_in_midst(carnet: Carnet, projector: str) -> bool:
    """Stops a projector; lets it go on unless it has written what it has not committed."""
    carnet.pause(projector)
    if carnet.writes(projector):
        return True
    carnet.resume(projector)
    return False


def poison(stage: Stage) -> int:
    """An event of a client that nobody can decode, in a stream of its own; its position."""
    with psycopg.connect(stage.carnet.log) as connection:
        clients = connection.execute(
            "SELECT originator_id FROM carnet_events WHERE topic = 'client.registered.v1' ORDER BY notification_id"
        ).fetchall()
        (client,) = stage.random.choice(clients[3:])
        meta: dict[str, Any] = {
            "event_id": str(uuid4()),
            "recorded_at": "2026-03-02T15:30:00+00:00",
            "key": str(client),
        }
        state = json.dumps({"meta": meta, "data": {}, "personal": {}}, separators=(",", ":")).encode()
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (APPEND_LOCK,))
        (position,) = connection.execute(
            "INSERT INTO carnet_events (originator_id, originator_version, topic, state) "
            "VALUES (%s, 1, 'client.from-the-future.v1', %s) RETURNING notification_id",
            (uuid4(), state),
        ).fetchone() or (0,)
    return int(position)


def copy_log(carnet: Carnet, to: str = "carnet_older") -> None:
    """A copy of the log as it is now, for which everybody has to let it go for a moment."""
    name = sql.Identifier(str(conninfo.conninfo_to_dict(carnet.log)["dbname"]))
    with psycopg.connect(carnet.postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        _let_go(connection)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(to), name))
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


def restore_log(carnet: Carnet, copy: str = "carnet_older") -> None:
    """Puts the copy in the place of the log. Nobody may be using it."""
    with psycopg.connect(carnet.postgres.url("postgres"), autocommit=True) as connection:
        _let_go(connection)
        connection.execute("ALTER DATABASE carnet RENAME TO carnet_newer")
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO carnet").format(sql.Identifier(copy)))


def _let_go(connection: psycopg.Connection[Any]) -> None:
    connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'carnet'")


FAULTS: Final[Sequence[Callable[[Stage], str | Sequence[str]]]] = (
    at_failpoint,
    kill_broker,
    broker_away,
    pause_broker,
    kill_postgres,
    cut_connections,
    restart_projector,
    sleepers,
)
