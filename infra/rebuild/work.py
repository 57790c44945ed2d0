"""A new generation of a projection's rows, filled beside the one that serves, compared with it, and switched to.

Everything it knows is stored with the rows it makes: whatever ends it, running it again goes on where it was. Trouble
on the way is no more than that, so it begins again by itself.
"""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from threading import Event, Thread
from typing import Final, Protocol

import psycopg

from consumers.rebuilding import Builder, Offsets, Stopped
from consumers.source import Unavailable
from domain.catalog import CATALOG
from infra.broker.reader import KafkaReader
from infra.failpoints import reached
from infra.log.source import LogSource
from infra.reading import Readable
from infra.sql.beside import Beside, interrupt
from infra.sql.comparing import Comparison, Snapshot
from infra.sql.engine import projecting_connection
from infra.sql.generations import Contended, Generations, Held
from infra.sql.read_models import SqlReadModels
from infra.wiring import House, require_same_source
from projections.projection import Projection

# So few events behind, it catches up in a moment in which what serves can stand still.
NEAR: Final = 2_000
# Nobody listens to what is not served.
_UNHEARD: Final = "carnet_building"
# Projectors wait meanwhile, and the server would end it a little later.
_STANDSTILL_SECONDS: Final = 3.0
_FIRST_DELAY: Final = 0.2
_LONGEST_DELAY: Final = 5.0


class Switch(StrEnum):
    """When the new generation is to serve: once it was found equal, whatever was found, or not yet."""

    IF_EQUAL = "if-equal"
    ALWAYS = "always"
    NEVER = "never"


class Ending(StrEnum):
    """What became of it: it serves; it stands ready and was not to serve yet; it stands ready, and differs."""

    SERVES = "serves"
    READY = "ready"
    DIFFERS = "differs"


class Refused(Exception):
    """Nothing was done: another generation is in the way, or there is none."""


class Telling(Protocol):
    """Who hears how far it is."""

    def phase(self, phase: str, what: str = "") -> None:
        """What is done from now on."""
        ...

    def progress(self, done: int, total: int) -> None:
        """How much of the present phase is done, in events."""
        ...

    def compared(self, comparison: Comparison | None) -> None:
        """What was found; None where nothing that serves stands where this does."""
        ...

    def trouble(self, error: str) -> None:
        """It has to begin again from what is stored."""
        ...


@dataclass(frozen=True, slots=True)
class Rebuild:
    """One projection to be rebuilt, as often as it takes until `stop` is set.

    `beside` says which generation is filled and is to serve then: a new one, or the former one again.
    """

    house: House
    projection: Projection
    tell: Telling
    stop: Event
    beside: Beside = Beside.BUILDING
    switch: Switch = Switch.IF_EQUAL
    park: bool = False

    def run(self) -> Ending:
        """Raises `Refused`, `Busy`, `OtherSource`, and what a `Builder` raises but `Unavailable`, which passes."""
        require_same_source(self.house.databases.read, self.house.settings.kafka)
        with self._interrupting():
            begun, delay = False, _FIRST_DELAY
            while True:
                try:
                    with Generations.claimed(self.house.databases.read, self.projection) as generations:
                        if not begun:
                            self._require(generations)
                            generations.begin(self.beside)
                            begun = True
                        return self._work(generations)
                except (Unavailable, psycopg.OperationalError, psycopg.InterfaceError) as trouble:
                    if self.stop.is_set():
                        raise Stopped from None
                    self.tell.trouble(_named(trouble))
                self.stop.wait(delay)
                delay = min(2 * delay, _LONGEST_DELAY)

    def _require(self, generations: Generations) -> None:
        there = {each for each in Beside if generations.standing(each) is not None}
        name = self.projection.name
        if self.beside is Beside.BUILDING and Beside.FORMER in there:
            raise Refused(f"an earlier generation of {name} is kept: go back to it with --back, or --drop it first")
        if self.beside is Beside.FORMER and Beside.FORMER not in there:
            raise Refused(f"no earlier generation of {name} is kept")

    def _work(self, generations: Generations) -> Ending:
        with ExitStack() as stack:
            source = stack.enter_context(closing(_source(self.house)))
            models = stack.enter_context(closing(SqlReadModels(generations.url(self.beside), _UNHEARD)))
            work = _Work(self, generations, source, models)
            work.catch_up("building")
            reached("rebuild.filled")
            for what in generations.finish(self.beside):
                self._go_on()
                self.tell.phase("finishing", what)
            reached("rebuild.finished")
            found = work.compared() if self.beside is Beside.BUILDING else None
            if found is not None and not found.equal and self.switch is Switch.IF_EQUAL:
                return Ending.DIFFERS
            if self.switch is Switch.NEVER:
                return Ending.READY
            work.switched()
            reached("rebuild.switched")
        return Ending.SERVES

    def _go_on(self) -> None:
        if self.stop.is_set():
            raise Stopped

    @contextmanager
    def _interrupting(self) -> Iterator[None]:
        """Who wants to stop does not wait for an index to be made."""
        ended = Event()

        def watch() -> None:
            while not ended.wait(0.2):
                if self.stop.is_set():
                    with (
                        suppress(psycopg.Error),
                        closing(projecting_connection(self.house.databases.read)) as connection,
                    ):
                        interrupt(connection, self.projection)

        watching = Thread(target=watch, name="interrupting", daemon=True)
        watching.start()
        try:
            yield
        finally:
            ended.set()
            watching.join()


class _Work:
    """What is done in one go, on connections that have not been lost yet."""

    def __init__(self, rebuild: Rebuild, generations: Generations, source: Readable, models: SqlReadModels) -> None:
        self._rebuild = rebuild
        self._generations = generations
        self._source = source
        self._goal: Offsets = {}
        self._builder = Builder(
            source,
            rebuild.house.codec,
            models,
            rebuild.projection,
            silent=_silent(rebuild.projection),
            park=rebuild.park,
            told=self._told,
            stopped=rebuild.stop.is_set,
        )

    def catch_up(self, phase: str) -> None:
        """Fills until little is missing to where what serves is."""
        self._rebuild.tell.phase(phase)
        while True:
            self._goal = self._wanted()
            self._builder.fill(self._goal, self._generations.skipped())
            if sum(self._wanted().values()) - sum(self._goal.values()) <= NEAR:
                return

    def compared(self) -> Comparison | None:
        """What there is to compare once both stand at the same positions."""
        self.catch_up("catching up")
        house, projection = self._rebuild.house, self._rebuild.projection
        with ExitStack() as stack:
            with self._held() as held:
                if not self._generations.level(self._rebuild.beside):
                    self._rebuild.tell.compared(None)
                    return None
                snapshot = stack.enter_context(Snapshot.taken(house.databases.read, projection, self._rebuild.beside))
                held.still()
            reached("rebuild.compares")
            for table in snapshot.compared():
                self._rebuild.tell.phase("comparing", table)
        self._rebuild.tell.compared(snapshot.result)
        return snapshot.result

    def switched(self) -> None:
        delay = _FIRST_DELAY
        while True:
            self.catch_up("switching")
            try:
                with self._held():
                    reached("rebuild.held")
                    self._generations.switch(self._rebuild.beside)
            except Contended as contended:
                self._rebuild.tell.phase("switching", str(contended))
            else:
                return
            if self._rebuild.stop.wait(delay):
                raise Stopped
            delay = min(2 * delay, _LONGEST_DELAY)

    @contextmanager
    def _held(self) -> Iterator[Held]:
        """What serves stands still, and this where it stands."""
        with self._generations.held(self._source.partitions) as held:
            self._goal = self._wanted()
            self._builder.fill(self._goal, self._generations.skipped(), _STANDSTILL_SECONDS)
            yield held

    def _wanted(self) -> Offsets:
        """Where what serves is; the end of all there is while nothing serves yet, as after a release with a new
        version."""
        serving = self._generations.serving()
        if not serving.begun:
            return self._source.ends()
        return {p: serving.offsets.get(p, 0) for p in self._source.partitions}

    def _told(self, at: Offsets) -> None:
        self._rebuild.tell.progress(sum(at.values()), sum(self._goal.values()))


def _silent(projection: Projection) -> frozenset[str]:
    """The stored names that it does nothing about."""
    names = [*CATALOG.events, *CATALOG.upcasts]
    return frozenset(name for name in names if CATALOG.resolve(name)[0] not in projection.handlers)


def _source(house: House) -> Readable:
    if house.settings.kafka is None:
        return LogSource(house.log, sorted(CATALOG.internal))
    return KafkaReader(house.settings.kafka, house.topics)


def _named(trouble: Exception) -> str:
    if isinstance(trouble, psycopg.Error):
        return f"{type(trouble).__name__} {trouble.sqlstate or ''}".strip()
    return str(trouble)
