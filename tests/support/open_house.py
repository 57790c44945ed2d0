"""A house in which decisions are taken by chance, and what its rows should be."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from threading import Event
from uuid import UUID

from commands.ports import Change, Stream
from domain.catalog import CATALOG
from infra.log.source import LogSource
from infra.settings import Settings
from infra.wiring import House, house
from projections.projection import Recorded
from projections.registry import PROJECTIONS
from tests.support.decisions.journal import random_history
from tests.support.memory import request
from tests.support.projections import Tables, applied_one_by_one
from tests.support.store import Store, as_stored


class Open:
    """A house in which decisions are taken by chance."""

    def __init__(self, house: House, chance: Random) -> None:
        self.house = house
        self.chance = chance
        self.position = 0
        self._history = random_history(Random(chance.random()), 1_000_000)
        self._versions = Counter[UUID]()

    def happen(self, decisions: int, stop: Event | None = None) -> None:
        streams = self.house.ports.streams
        for stream, key, events in islice(self._history, decisions):
            if events:
                change = Change(Stream(stream, key), self._versions[stream], tuple(events))
                [[*_, self.position]] = streams.append([change], request())
                self._versions[stream] += len(events)
            if stop is not None and stop.wait(0.02):
                return

    def project(self) -> None:
        with self.house.projector() as runner:
            while runner.step():
                pass

    def rows(self) -> Tables:
        return Store(self.house.databases.read, PROJECTIONS).rows()

    def of_the_log(self) -> Tables:
        """What all events of the log ask for, one after the other."""
        with closing(LogSource(self.house.log, sorted(CATALOG.internal))) as source:
            decoded = self.house.codec.decode(source.poll(1_000_000, 0.0))
        recorded = [event for event in decoded if isinstance(event, Recorded)]
        assert len(recorded) == len(decoded)
        return as_stored(
            applied_one_by_one(a for event in recorded for each in PROJECTIONS for a in each.changes(event))
        )


@contextmanager
def opened(database: Callable[[], str], home: Path, seed: int, **more: object) -> Iterator[Open]:
    settings = Settings(database_url=database(), keys_url=database(), read_url=database(), home=home, **more)  # type: ignore[arg-type]
    with house(settings) as found:
        yield Open(found, Random(seed))
