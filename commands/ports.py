"""What the write side asks of the world."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from commands.trace import Trace
from domain.access import Caller, Policy, Viewer
from domain.membership import Tie
from domain.receipt import Refused
from domain.sale.gift_code import GiftReceipt

# How far another clock, a till's or a telephone's, may run ahead of ours.
AHEAD: Final = timedelta(minutes=5)

Clock = Callable[[], datetime]
NewId = Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Stream:
    """The events of one aggregate. `key` is fixed when the stream begins and decides its partition for ever: the client
    id for everything that belongs to one client, else the stream's own id."""

    id: UUID
    key: UUID


@dataclass(frozen=True, slots=True)
class History:
    """What a stream holds: its events in order, and the position of each in the log."""

    events: tuple[object, ...] = ()
    positions: tuple[int, ...] = ()

    @property
    def version(self) -> int:
        return len(self.events)


@dataclass(frozen=True, slots=True)
class Change:
    """New events for a stream that was at version `after` when they were decided."""

    stream: Stream
    after: int
    events: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where the receipt of this request is kept, and a keyed fingerprint of its body."""

    stream_id: UUID
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Offset:
    """How far a feed is: what comes `next`, counted in a sequence of that feed's own.

    Who reads a feed that others may read too says `after` what it goes on: is the feed anywhere else, nothing is
    stored. What takes several appends moves it with the last; with the others it is only looked whether it could.
    """

    feed: str
    next: int
    after: int | None = None
    moves: bool = True

    def follows(self, at: int) -> bool:
        """Whether it may move there from where it is, 0 at first."""
        return at < self.next if self.after is None else at == self.after


@dataclass(frozen=True, slots=True)
class Request:
    """Around a command: who asks, what it belongs to, and what it insists on.

    `expected_version` is the stream version the caller has seen (`If-Match`); `receipt` makes a retry safe. `offset` is
    where the feed that asks is afterwards: it moves in the same append, also if there is no news. `trace` is this
    request's own step in a trace, if it has one.
    """

    caller: Caller
    correlation_id: UUID
    command_id: UUID
    causation_id: UUID | None = None
    expected_version: int | None = None
    receipt: Receipt | None = None
    offset: Offset | None = None
    trace: Trace | None = None


class OffsetTaken(Exception):
    """The feed is as far already, or elsewhere than it was thought to be. Nothing of the append was stored."""


class Conflict(Exception):
    """Somebody else appended to one of the streams first. Nothing of the append was stored."""


class Streams(Protocol):
    """The log, as far as deciding needs it."""

    def read(self, ids: Sequence[UUID]) -> list[History]:
        """The streams with these ids, in this order, in one round trip; a stream that does not exist is empty."""
        ...

    def append(self, changes: Sequence[Change], request: Request) -> list[tuple[int, ...]]:
        """Appends all changes in one transaction and returns the positions of each change's events.

        Raises `Conflict` if any stream is no longer at its expected version, and `OffsetTaken` if the request's feed is
        not where its offset follows; then nothing was stored.
        """
        ...


OpenReceipt = Callable[[str], GiftReceipt]
"""What was opened at a till, by the token that was given out for it; refuses with `GiftReceiptUnknown` any other."""


class Clients(Protocol):
    """Which clients a command about many is about, as far as the read side knows: where to look, never what is decided.

    Each refuses with `ReadModelBehind` unless it knows all that the log knows by now.
    """

    def in_book(self, associate_id: str, since: date, until: date | None) -> Sequence[UUID]:
        """The clients whom this associate serves, or will serve, on any of these days."""
        ...

    def invitable(
        self, viewer: Viewer, calendar_event_id: UUID, organization_id: UUID, tie: Tie | None, most: int
    ) -> Sequence[UUID]:
        """The first `most` living clients whom the viewer sees, whom this calendar event reaches, and who belong to
        this organization, or are interested in it, on one of its days; with `tie` only who does the one or the
        other."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything a handler may use that is not its own argument."""

    streams: Streams
    clock: Clock
    new_id: NewId
    policy: Policy
    clients: Clients

    def lies_ahead(self, at: datetime) -> bool:
        """Whether this is yet to be, however far another clock may run ahead of ours."""
        return at > self.clock() + AHEAD


@dataclass(frozen=True, slots=True)
class Done:
    """A command's outcome.

    `subject_id` is the thing it made or changed, `version` its stream's version now, `position` that of the stream's
    last event, `events` what was appended (empty if it was no news), `repeated` whether a receipt answered, `refused`
    what was said along with it and was not recorded.
    """

    subject_id: UUID
    stream: Stream
    version: int
    position: int
    events: tuple[object, ...] = field(default=())
    repeated: bool = False
    refused: tuple[Refused, ...] = field(default=(), kw_only=True)
