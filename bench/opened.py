"""A house on databases of the benchmark's server, and a broker."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from bench.measure import tell
from commands.ports import Change, Request, Stream
from domain.access import Caller, Role
from infra.embedded.kafka import EmbeddedKafka
from infra.settings import Settings
from infra.web.caller import issue
from infra.wiring import House, house, now

TOLD_EACH: Final = 100_000


@contextmanager
def opened(new_database: Callable[[], str], home: Path, **other: Any) -> Iterator[House]:
    """A house of its own; `other` settings as they are named."""
    settings = Settings(
        database_url=new_database(), keys_url=new_database(), read_url=new_database(), home=home, **other
    )
    with house(settings) as found:
        yield found


@contextmanager
def brokered(home: Path) -> Iterator[str]:
    """The address of a broker that runs as long as the context."""
    tell("starting Kafka")
    broker = EmbeddedKafka.start(home / "kafka")
    try:
        yield broker.bootstrap
    finally:
        broker.stop()


def token(house: House, role: Role = Role.ASSOCIATE) -> str:
    """Good for an hour."""
    return issue(
        house.secrets.signing_key,
        Caller("bench", role),
        issuer=house.settings.token_issuer,
        audience=house.settings.token_audience,
        now=now(),
        valid=timedelta(hours=1),
    )


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def fill(house: House, streams: Iterator[tuple[UUID, tuple[object, ...]]], request: Request, at_once: int = 500) -> int:
    """Appends new streams as they are, so many events at a time; returns how many events."""
    tell("filling a log")
    log = house.ports.streams
    filled, changes, waiting = 0, list[Change](), 0
    for id, events in streams:
        changes.append(Change(Stream(id, id), 0, events))
        waiting += len(events)
        if waiting >= at_once:
            log.append(changes, request)
            filled, changes, waiting = filled + waiting, [], 0
            if filled % TOLD_EACH < at_once:
                tell(f"filling a log: {filled:,} events")
    if changes:
        log.append(changes, request)
    return filled + waiting
