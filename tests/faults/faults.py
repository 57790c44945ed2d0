"""What is done to a Carnet at work, one function a fault; each returns when the fault is over, not when it is overcome.

Every choice is drawn from the run's seeded chance.
"""

import signal
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from threading import Event
from time import monotonic
from typing import Final

import psycopg

from infra.broker.transaction import DELIVERY_SECONDS
from infra.log.leading import LEASE_SECONDS
from tests.faults.stage import REACHED_SECONDS, RECOVERY_SECONDS, Missed, Stage
from tests.faults.supervisor import PROJECTORS, RELAYS, Carnet
from tests.faults.tampering import stray_records
from tests.faults.waiting import wait

PAUSE_SECONDS: Final = 7.0
# Longer than the relay tries to deliver.
AWAY_SECONDS: Final = DELIVERY_SECONDS + 1
# In positions, of which receipts are nearly half.
BACKLOG: Final = 600

FAILPOINTS: Final[Mapping[str, tuple[str, ...]]] = {
    "api": ("append.begins", "append.committed"),
    "relay": ("relay.read", "relay.sent", "relay.stored", "relay.committed"),
    "project": ("project.polled", "project.written", "project.commits", "project.committed"),
}


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


def records_expired(stage: Stage) -> str:
    """The relay stands still in the midst of a large transaction, longer than it tries to deliver, and meanwhile the
    broker is killed and comes back: what was not sent has expired, and yet the library would commit."""
    carnet, observer, (relay, other) = stage.carnet, stage.observer, RELAYS
    for each in RELAYS:
        carnet.kill(each)
    relayed = observer.relayed.position if observer.relayed else 0
    wait(lambda: observer.end_of_log > relayed + BACKLOG, "there is much to send", REACHED_SECONDS)
    carnet.start(relay, "relay.sent:1:stop")
    wait(lambda: carnet.stands(relay), f"{relay} has begun to send", REACHED_SECONDS)
    expired = monotonic() + AWAY_SECONDS
    carnet.broker.kill()
    carnet.broker.restart()
    wait(lambda: monotonic() > expired, "the records have expired", AWAY_SECONDS)
    carnet.resume(relay)
    carnet.start(other)
    return "records expired"


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


FAULTS: Final[Sequence[Callable[[Stage], str | Sequence[str]]]] = (
    at_failpoint,
    kill_broker,
    broker_away,
    records_expired,
    pause_broker,
    kill_postgres,
    cut_connections,
    restart_projector,
    stray_records,
    sleepers,
)
