"""What an operator decides about parked events: try those of a key again, or leave some of them out.

The rows of a key hold what came before its first parked event, and nothing after it. Every decision keeps it so: events
are tried in their order, in one transaction, the way the projector does; the first that fails again stays parked, for
its new reason, and so does all that follows it.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Protocol
from uuid import UUID

from consumers.fold import TableWrites
from consumers.projector import Failure, asked, folded
from consumers.read_models import Reason, Unwritable
from consumers.source import Decode, Record
from projections.projection import Projection, Recorded, RowChange

Lookup = Callable[[Sequence[int]], list[Record]]
"""The events at these positions of the log, in order, without those that are not there. Raises `Unavailable`."""


class Resolution(StrEnum):
    RETRIED = "retried"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Resolved:
    """What became of a letter: who decided it, when, and why, in her own words, if it was skipped."""

    resolution: Resolution
    at: datetime
    by: str
    why: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A parked event as it is kept: a reference to it and what went wrong. `resolved` is None while it is parked."""

    partition: int
    position: int
    key: UUID
    stream_id: UUID
    stream_version: int
    name: str
    reason: Reason
    error: str | None
    sqlstate: str | None
    parked_at: datetime
    resolved: Resolved | None = None


@dataclass(frozen=True, slots=True)
class ParkedKey:
    """A key with parked events: how many, and the first, which all others wait for."""

    projection: str
    version: int
    key: UUID
    events: int
    first: Letter


@dataclass(frozen=True, slots=True)
class Decision:
    """What was done about a key: positions of the events retried and skipped, and what is still parked, in order."""

    key: UUID
    retried: list[int]
    skipped: list[int]
    parked: list[Letter]


class NotParked(Exception):
    """There is no such parked event, or no longer: somebody else has decided about it. Nothing was changed."""


class NotInTheLog(Exception):
    """Where a parked event stood there is none, or another one: this is not the log that it came from."""


class Held(Protocol):
    """What is parked of one key, in one transaction; no runner moves the key's partition before that ends."""

    @property
    def letters(self) -> Sequence[Letter]:
        """What is parked, in order, as it was when the transaction began."""
        ...

    def write(self, writes: Sequence[TableWrites]) -> None:
        """Writes rows; raises `Unwritable`, and nothing of these is written then."""
        ...

    def resolve(self, letters: Sequence[Letter], resolution: Resolution, by: str, why: str | None = None) -> None:
        """These are parked no longer; runners that still think so are overtaken by it."""
        ...

    def blame(self, letter: Letter) -> None:
        """Keeps why this one stays parked."""
        ...


class DeadLetters(Protocol):
    """Where parked events are kept. Every method raises `Unavailable` when the store is out of reach for now."""

    def parked(self, projection: Projection) -> list[ParkedKey]:
        """Every key with parked events, by the position of its first."""
        ...

    def letters(self, projection: Projection, key: UUID) -> list[Letter]:
        """Everything that was ever parked of a key, in order, with what became of it."""
        ...

    def key_of(self, projection: Projection, position: int) -> UUID:
        """Whose event is parked there. Raises `NotParked`."""
        ...

    def hold(self, projection: Projection, key: UUID) -> AbstractContextManager[Held]:
        """The key's letters to decide about. An exception leaves everything as it was; else the end is durable."""
        ...

    def resume(self, projection: Projection) -> bool:
        """Lets a paused projection go on; False if it was not paused."""
        ...


class Operator:
    """Decides in the name of `by`. Events are read again from the log, so fixes and erasures since then are heeded."""

    def __init__(self, letters: DeadLetters, lookup: Lookup, decode: Decode, by: str) -> None:
        self._letters = letters
        self._lookup = lookup
        self._decode = decode
        self._by = by

    def retry(self, projection: Projection, key: UUID) -> Decision:
        """Tries what is parked of this key again; nothing happens if nothing is. Raises `Unavailable`."""
        with self._letters.hold(projection, key) as held:
            return self._again(projection, key, held, held.letters, [])

    def skip(self, projection: Projection, position: int, why: str, *, and_later: bool = False) -> Decision:
        """Leaves the event at this position out, for ever, and tries again what else is parked of its key.

        With `and_later` everything parked of its key after it is left out too. Raises `NotParked` and `Unavailable`.
        """
        key = self._letters.key_of(projection, position)
        with self._letters.hold(projection, key) as held:
            skipped: list[Letter] = []
            others: list[Letter] = []
            for letter in held.letters:
                leave = letter.position == position or (and_later and letter.position > position)
                (skipped if leave else others).append(letter)
            if not skipped or skipped[0].position != position:
                raise NotParked(f"the event at {position} is parked no longer")
            held.resolve(skipped, Resolution.SKIPPED, self._by, why)
            return self._again(projection, key, held, others, [letter.position for letter in skipped])

    def _again(
        self, projection: Projection, key: UUID, held: Held, letters: Sequence[Letter], skipped: list[int]
    ) -> Decision:
        changes: list[list[RowChange]] = []
        failure: Failure | None = None
        for event in self._events(letters):
            answer = asked(projection, event)
            if isinstance(answer, Failure):
                failure = answer
                break
            changes.append(answer)
        written, refused = _written(projection, held, changes)
        retried, parked = letters[:written], list(letters[written:])
        if retried:
            held.resolve(retried, Resolution.RETRIED, self._by)
        if (failure := refused or failure) is not None:
            parked[0] = replace(parked[0], **failure._asdict())
            held.blame(parked[0])
        return Decision(key, [letter.position for letter in retried], skipped, parked)

    def _events(self, letters: Sequence[Letter]) -> list[Recorded | Exception]:
        if not letters:
            return []
        at = {letter.position: letter for letter in letters}
        records = [record for record in self._lookup(list(at)) if _same(record, at[record.position])]
        events = {record.position: event for record, event in zip(records, self._decode(records), strict=True)}
        return [events.get(position, NotInTheLog()) for position in at]


def _same(record: Record, letter: Letter) -> bool:
    return (record.key, record.stream_id, record.stream_version, record.name) == (
        letter.key,
        letter.stream_id,
        letter.stream_version,
        letter.name,
    )


def _written(projection: Projection, held: Held, changes: Sequence[Sequence[RowChange]]) -> tuple[int, Failure | None]:
    """Writes as many events' changes as can be, from the first on: how many, and why not the next."""
    try:
        held.write(folded(projection, chain.from_iterable(changes)))
    except Unwritable as refused:
        if len(changes) == 1:
            return 0, Failure(Reason.DATABASE, refused.error, refused.sqlstate)
        middle = len(changes) // 2
        written, failure = _written(projection, held, changes[:middle])
        if failure is not None:
            return written, failure
        more, failure = _written(projection, held, changes[middle:])
        return middle + more, failure
    return len(changes), None
