"""The log in memory, and ports with a fixed clock and counted ids, for tests that need no database."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import count
from threading import Lock
from uuid import UUID

from typing_extensions import override

from commands.ports import Change, Conflict, History, OffsetTaken, Ports, Receipt, Request, Stream, Streams
from domain import affiliation, membership
from domain.access import HOUSE_POLICY, Caller, Policy, Role, Viewer
from domain.affiliation import Affiliation
from domain.calendar_event import state as calendar_event
from domain.client import state as client
from domain.membership import Term, Tie

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ASSOCIATE = Caller("associate-7", Role.ASSOCIATE, "paris-1")


class MemoryStreams:
    """`commands.ports.Streams` without a database: same order, same conflicts, nothing kept."""

    def __init__(self) -> None:
        self.streams: dict[UUID, Stream] = {}
        self.requests: list[Request] = []
        self.offsets: dict[str, int] = {}
        self._histories: dict[UUID, History] = {}
        self._last_position = 0
        self._lock = Lock()

    def read(self, ids: Sequence[UUID]) -> list[History]:
        with self._lock:
            return [self._histories.get(id, History()) for id in ids]

    def append(self, changes: Sequence[Change], request: Request) -> list[tuple[int, ...]]:
        with self._lock:
            histories = dict(self._histories)
            last = self._last_position
            answer: list[tuple[int, ...]] = []
            for change in changes:
                was = histories.get(change.stream.id, History())
                if was.version != change.after:
                    raise Conflict(change.stream.id)
                positions = tuple(range(last + 1, last + 1 + len(change.events)))
                last += len(positions)
                histories[change.stream.id] = History(was.events + change.events, was.positions + positions)
                answer.append(positions)
            if (offset := request.offset) is not None:
                if not offset.follows(self.offsets.get(offset.feed, 0)):
                    raise OffsetTaken(offset.feed)
                if offset.moves:
                    self.offsets[offset.feed] = offset.next
            self.streams.update({change.stream.id: change.stream for change in changes})
            self._histories, self._last_position = histories, last
            self.requests.append(request)
            return answer

    def events(self, id: UUID) -> list[object]:
        return list(self.read([id])[0].events)


class Stops(Exception):
    """The process ends here."""


class Fragile(MemoryStreams):
    """Counts what each append brings, and stops after so many appends."""

    def __init__(self) -> None:
        super().__init__()
        self.left: int | None = None
        self.sizes: list[int] = []

    @override
    def append(self, changes: Sequence[Change], request: Request) -> list[tuple[int, ...]]:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Stops
        self.sizes.append(sum(len(change.events) for change in changes))
        return super().append(changes, request)


def counted_ids() -> Callable[[], UUID]:
    """Ids 1, 2, 3 ... in the order they are asked for."""
    numbers = count(1)
    return lambda: UUID(int=next(numbers))


class MemoryClients:
    """`commands.ports.Clients` on a log in memory, which it always knows to the end. Everybody is seen, and every event
    national."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def in_book(self, associate_id: str, since: date, until: date | None) -> Sequence[UUID]:
        return sorted(
            stream.key
            for stream, events in self._all()
            for each in affiliation.after(events).by_id.values()
            if each.associate_id == associate_id and _overlaps(each, since, until)
        )

    def invitable(
        self, viewer: Viewer, calendar_event_id: UUID, organization_id: UUID, tie: Tie | None, most: int
    ) -> Sequence[UUID]:
        event = calendar_event.after(self._streams.read([calendar_event_id])[0].events)
        assert event.held is not None
        days = (event.held.first_day, event.held.last_day)
        known = [(stream.key, membership.after(events)) for stream, events in self._all()]
        members = {
            client_id
            for client_id, now in known
            if now.begun and now.begun.organization_id == organization_id and tie in (None, now.begun.tie)
            if organization_id in event.organizations and any(_overlaps(term, *days) for term in now.terms.values())
            if not client.after(self._streams.read([client_id])[0].events).died
        }
        return sorted(members)[:most]

    def _all(self) -> list[tuple[Stream, list[object]]]:
        assert isinstance(self._streams, MemoryStreams), "only a log in memory can be looked through"
        return [(stream, self._streams.events(id)) for id, stream in self._streams.streams.items()]


def _overlaps(each: Affiliation | Term, since: date, until: date | None) -> bool:
    return (each.until is None or each.until >= since) and (until is None or each.since is None or each.since <= until)


def ports(streams: Streams | None = None, now: datetime = NOON, policy: Policy = HOUSE_POLICY) -> Ports:
    streams = streams or MemoryStreams()
    return Ports(streams, lambda: now, counted_ids(), policy, MemoryClients(streams))


def request(
    caller: Caller = ASSOCIATE, *, expected_version: int | None = None, receipt: Receipt | None = None
) -> Request:
    return Request(caller, UUID(int=1), UUID(int=2), None, expected_version, receipt)
