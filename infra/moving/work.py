"""A house moves: all that is no read model, byte by byte, to other databases; compared there, and only then complete.

Events are the bulk and never change: killed anywhere, it goes on behind the last that was copied. All else is little
and may have changed in between: it is copied anew. The house that is moved is left as it is.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from infra.databases import Databases
from infra.failpoints import reached
from infra.keys.secrets import Secrets
from infra.keys.store import KeyStore
from infra.log.application import Log
from infra.moving.ends import Destination, Origin, Standing, read_only
from infra.moving.kept import EVENTS, Connection, Differs, Kept, copy, count, last, require_equal, windows
from infra.wiring import parked_at


class Stopped(Exception):
    """Asked to stop. What was copied is kept."""


class Telling(Protocol):
    """Who hears how far it is."""

    def phase(self, phase: str, what: str = "") -> None:
        """What is done from now on."""
        ...

    def progress(self, done: int, total: int) -> None:
        """How much of the present phase is done, in rows."""
        ...


@dataclass(frozen=True, slots=True)
class Moved:
    """What there is now: the log's name, the position of its last event, and rows of each kind. `destroyed` of the keys
    are; `before`: it was all there before."""

    incarnation: UUID
    end: int
    rows: dict[str, int]
    destroyed: int
    before: bool


@dataclass(frozen=True, slots=True)
class Move:
    """From these databases to those, with the secrets of both."""

    source: Databases
    target: Databases
    secrets: Secrets
    tell: Telling
    stopped: Callable[[], bool]

    def run(self) -> Moved:
        """Raises `Refused`, `Differs`, `KeyDamaged`, `Stopped`; all but the first leave it to be gone on with."""
        with (
            Origin.opened(self.source) as old,
            Destination.opened(self.target, old.incarnation) as new,
        ):
            self._open_keys(read_only(self.source.keys), only_first=True)  # the wrong secrets show at once
            before = new.standing is Standing.COMPLETE
            if not before:
                self._copy(old, new)
            self._compare(old, new)
            destroyed = self._open_keys(self.target.keys)
            reached("move.compared")
            if not before:
                new.arrive(old.incarnation, old.sequence())
            rows = {table.rows: count(new.of(table), table) for table in old.columns}
            return Moved(old.incarnation, last(new.log, EVENTS) or 0, rows, destroyed, before)

    def _copy(self, old: Origin, new: Destination) -> None:
        if new.standing is Standing.NOTHING:
            new.begin(old.incarnation)
        Log.make_tables(self.target.log)
        with closing(KeyStore(self.target.keys, self.secrets.wrapping_key, 1)) as keys:
            keys.migrate()
        with closing(parked_at(self.target.log, self.secrets)) as parked:
            parked.migrate()
        for table, columns in old.columns.items():
            source, target = old.of(table), new.of(table)
            if table is not EVENTS:
                target.execute(f"TRUNCATE {table.name}".encode())
            self.tell.phase("copying", table.rows)
            done, total = count(target, table), count(source, table)
            for window in windows(source, table, last(target, table)):
                self._go_on()
                copy(source, target, table, columns, window)
                done += window.rows
                self.tell.progress(done, total)

    def _compare(self, old: Origin, new: Destination) -> None:
        for table, columns in old.columns.items():
            source, target = old.of(table), new.of(table)
            self.tell.phase("comparing", table.rows)
            done, total = 0, count(source, table)
            for window in windows(source, table):
                self._go_on()
                require_equal(source, target, table, columns, window)
                done += window.rows
                self.tell.progress(done, total)
            self._require_no_more(target, table, done)

    def _require_no_more(self, target: Connection, table: Kept, rows: int) -> None:
        if (more := count(target, table) - rows) > 0:
            raise Differs(f"{more:,} {table.rows} are there that were not in the house that is moved")

    def _open_keys(self, url: str, *, only_first: bool = False) -> int:
        """Whether the wrapping key opens every key, or at least the first; how many are destroyed."""
        destroyed = 0
        with closing(KeyStore(url, self.secrets.wrapping_key, 1)) as keys:
            for portion in keys.each():
                destroyed += sum(key.cipher is None for key in portion)
                if only_first:
                    return destroyed
                self._go_on()
        return destroyed

    def _go_on(self) -> None:
        if self.stopped():
            raise Stopped
