"""What there is to judge by: the workload's own history, the log, the topic, the rows, and what was seen on the way."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from infra.broker.position import Relayed
from tests.faults.history import Command
from tests.faults.witness import Move
from tests.support.projections import Tables


@dataclass(frozen=True, slots=True)
class Stored:
    """One event as it stands in the log; `command_id` is shared by all that one command appended.

    `internal` ones are not relayed. `answers`, of a receipt, are the stream, version and subject it names.
    """

    position: int
    stream_id: UUID
    version: int
    name: str
    key: UUID
    event_id: str
    command_id: UUID | None
    state: bytes = b""
    internal: bool = False
    answers: tuple[UUID, int, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """One record of the topic; `content` is all that a subscriber gets of it."""

    partition: int
    offset: int
    position: int
    stream_id: UUID
    version: int
    event_id: str
    content: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    projection: str
    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A rebuild into an empty database: what came of it, and what the world looked like before and after."""

    rows: Tables
    before: tuple[int, int]
    after: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Taken at rest. `poison` are the positions of events that cannot be decoded; `receipts` says which command each
    receipt's stream belongs to."""

    commands: Sequence[Command]
    receipts: Mapping[UUID, str]
    stored: Sequence[Stored]
    tailed: Sequence[int]
    committed: Sequence[Sent]
    uncommitted: Sequence[Sent]
    relayed: Relayed | None
    partitions: int
    rows: Tables
    folded: Tables
    replayed: Replayed | None
    letters: Sequence[Letter]
    projections: Sequence[str]
    moves: Sequence[Move]
    writes: Mapping[str, set[str]]
    poison: frozenset[int] = frozenset()
    troubles: Sequence[str] = field(default_factory=list)

    @property
    def relayable(self) -> list[Stored]:
        return [event for event in self.stored if not event.internal]


def parked(stored: Iterable[Stored], poison: frozenset[int]) -> dict[int, bool]:
    """The positions that must be parked, in order, and whether each is poison itself: a bad event, and what follows it
    of its key."""
    keys: set[UUID] = set()
    found: dict[int, bool] = {}
    for event in stored:
        if event.internal:
            continue
        if event.key in keys:
            found[event.position] = False
        elif event.position in poison:
            keys.add(event.key)
            found[event.position] = True
    return found
