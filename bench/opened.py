"""A house on databases of the benchmark's server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from commands.ports import Change, Request, Stream
from infra.settings import Settings
from infra.wiring import House, house


@contextmanager
def opened(new_database: Callable[[], str], home: Path) -> Iterator[House]:
    settings = Settings(database_url=new_database(), keys_url=new_database(), read_url=new_database(), home=home)
    with house(settings) as found:
        yield found


def fill(house: House, streams: Iterator[tuple[UUID, tuple[object, ...]]], request: Request) -> int:
    """Appends new streams as they are, 500 events at a time; returns how many events."""
    log = house.ports.streams
    filled, changes, waiting = 0, list[Change](), 0
    for id, events in streams:
        changes.append(Change(Stream(id, id), 0, events))
        waiting += len(events)
        if waiting >= 500:
            log.append(changes, request)
            filled, changes, waiting = filled + waiting, [], 0
    if changes:
        log.append(changes, request)
    return filled + waiting
