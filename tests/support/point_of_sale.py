"""Points of sale for tests: messages of the two formats, a house that knows something, and where pieces are parked."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from commands.feed import record_fed
from commands.ports import Change, Offset, Ports, Request, Stream
from commands.trace import Trace
from consumers.feeding import Arrived, Feeding
from consumers.feeds.parked import Aside, ParkedPiece
from consumers.feeds.till_mapping import TillMapping, load
from consumers.point_of_sale import Fate, Intake, Message, Record, Told
from domain import store
from domain.access import Caller, Role
from domain.client.events import ClientRegistered
from domain.client.facts import Reference
from domain.client.registration import client_id
from domain.store import StoreOpened
from tests.support.memory import MemoryStreams, ports, request

TILL: Final = Caller("till-1", Role.POINT_OF_SALE)
ANNA: Final = UUID(int=0xA22A)
KARL: Final = client_id(Reference("boutique-till", "K-118"))
SOME: Final = UUID(int=0x50E)


def line(ordinal: int = 1, sku: str = "R-17", paid: str = "5000.00", **other: Any) -> dict[str, Any]:
    """A line of `atelier`; without a `label` it names its article alone."""
    article = {"code": sku, **({"label": other.pop("label")} if "label" in other else {})}
    return {
        "line": ordinal,
        "article": article,
        "pieces": other.pop("pieces", 1),
        "price": {"each": "5200.00", "paid": paid},
        **other,
    }


def transaction(number: str = "T-1", *lines: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {
        "id": number,
        "boutique": "paris-1",
        "closed_at": "2026-02-27T15:04:05+0100",
        "currency": "EUR",
        "basket": list(lines) or [line(label="Ring")],
        **other,
    }


def article(code: str = "R-17", label: str = "Ring Aube", **other: Any) -> dict[str, Any]:
    return {"code": code, "label": label, **other}


def message(*transactions: dict[str, Any], articles: Sequence[dict[str, Any]] = ()) -> bytes:
    """A message of `atelier`."""
    return json.dumps({"transactions": transactions, "articles": articles}).encode()


def of(number: int) -> dict[str, Any]:
    """The n-th of many receipts: some wait for a store or an item, some name a client, some say the same again."""
    if number % 13 == 7:
        return of(number // 2)
    lines = [line(1, f"A-{number % 7}", f"{number % 90 + 1}.50"), line(2, "R-17", "10.00", label="Ring")]
    other: dict[str, Any] = {"customer": {"id": str(ANNA)}} if number % 3 else {}
    if number % 11 == 5:
        other["boutique"] = "nowhere-1"
    return transaction(f"T-{number}", *lines, **other)


def a_day(messages: int, each: int = 3) -> list[bytes]:
    """Messages of a day: the articles of most lines come first, that of some in the middle."""
    first = message(articles=[article(f"A-{n}", f"Article {n}", maker="Arvane") for n in range(6)])
    late = message(articles=[article("A-6", "Article 6"), article("A-0", "Article 0, anew")])
    told = [message(*[of(n * each + part) for part in range(each)]) for n in range(messages)]
    return [first, *told[: messages // 2], late, *told[messages // 2 :]]


class MemoryParked:
    """`consumers.feeds.parked.Parked` in memory, over a log in memory."""

    def __init__(self, streams: MemoryStreams, days: int = 30) -> None:
        self.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self._streams = streams
        self._days = timedelta(days=days)
        self._pieces: dict[UUID, ParkedPiece] = {}
        self._tried: dict[UUID, datetime] = {}

    def put(self, pieces: Sequence[Aside]) -> None:
        for each in pieces:
            id = uuid5(SOME, each.format + each.said.decode("latin-1"))
            was = self._pieces.get(id)
            self._pieces[id] = (
                replace(was, aside=each) if was else ParkedPiece(id, each, self.now, self.now + self._days)
            )
            self._tried[id] = self.now + timedelta(seconds=2 if was else 0)

    def due(self, format: str, limit: int) -> list[ParkedPiece]:
        return [
            each
            for each in self.all(format)
            if each.aside.waits_for and self._streams.events(each.aside.waits_for) and self._tried[each.id] <= self.now
        ][:limit]

    def all(self, format: str | None = None) -> list[ParkedPiece]:
        return [
            each for each in self._pieces.values() if format in (None, each.aside.format) and each.expires_at > self.now
        ]

    def settle(self, pieces: Sequence[UUID]) -> None:
        for id in pieces:
            self._pieces.pop(id, None)

    def expire(self) -> int:
        gone = [id for id, each in self._pieces.items() if each.expires_at <= self.now]
        self.settle(gone)
        return len(gone)


class MemoryMessages:
    """`consumers.feeding.Messages` in memory."""

    def __init__(self, *feeds: str) -> None:
        self.messages: dict[str, list[tuple[bytes, Trace | None]]] = {feed: [] for feed in feeds}
        self._next: dict[str, int] = {}

    def send(self, *bodies: bytes, feed: str | None = None, trace: Trace | None = None) -> None:
        self.messages.setdefault(feed or next(iter(self.messages)), []).extend((body, trace) for body in bodies)

    def beside(self) -> "MemoryMessages":
        """Somebody else who reads the same."""
        other = MemoryMessages()
        other.messages = self.messages
        return other

    def feeds(self) -> Sequence[str]:
        return list(self.messages)

    def seek(self, numbers: Mapping[str, int]) -> None:
        self._next.update(numbers)

    def poll(self, limit: int, timeout: float) -> list[Arrived]:
        found: list[Arrived] = []
        for feed, at in self._next.items():
            sent = self.messages[feed][at : at + limit - len(found)]
            found += [Arrived(feed, number, "atelier", body, trace) for number, (body, trace) in enumerate(sent, at)]
            self._next[feed] = at + len(sent)
        return found

    def close(self) -> None: ...


def welcome(streams: Any, *, stores: Sequence[str] = ("paris-1", "zurich-1"), people: bool = True) -> None:
    """Lets a log know these stores, and Anna and Karl."""
    opened = [StoreOpened(id, id, None, "FR", "Paris", "Europe/Paris", date(2020, 1, 1)) for id in stores]
    changes = [
        Change(Stream(store.stream_id(each.store_id), store.stream_id(each.store_id)), 0, (each,)) for each in opened
    ]
    if people:
        anna = ClientRegistered(ANNA, "paris-1", None, Reference("crm", "1"))
        karl = ClientRegistered(KARL, None, None, Reference("boutique-till", "K-118"))
        changes += [Change(Stream(each.client_id, each.client_id), 0, (each,)) for each in (anna, karl)]
    streams.append(changes, request())


class PointOfSale:
    """A point of sale that tells a house in memory, one message after the other."""

    def __init__(self, mapping: TillMapping | str = "atelier", known: bool = True) -> None:
        self.streams = MemoryStreams()
        self.ports: Ports = ports(self.streams)
        self.parked = MemoryParked(self.streams)
        self.fates: Counter[Fate] = Counter()
        found = load(mapping) if isinstance(mapping, str) else mapping
        name = mapping if isinstance(mapping, str) else "other"
        self.intake = Intake(name, found, self.parked, lambda _, fate, many: self.fates.update({fate: many}))
        if known:
            welcome(self.streams)

    def record(self, as_request: Callable[[], Request] = lambda: request(TILL)) -> Record:
        return lambda fed, trusted, put_aside, offset: record_fed(
            fed, trusted, put_aside, self.ports, replace(as_request(), offset=offset)
        )

    def tell(self, body: bytes, next: Offset | None = None) -> list[Told]:
        return self.intake.take([Message(body, next)], self.record())

    def told(self, body: bytes) -> list[tuple[str, str, str | None]]:
        """Number, fate and reason of every piece."""
        return [(each.number, each.fate.value, each.reason) for each in self.tell(body)]

    def retry(self) -> list[Told]:
        return self.intake.retry(self.parked.due(self.intake.format, 100), self.record())

    def feeding(self, messages: MemoryMessages, limit: int = 500) -> Feeding:
        def reached(feeds: Sequence[str]) -> dict[str, int]:
            return {feed: at for feed, at in self.streams.offsets.items() if feed in feeds}

        def record(_: Intake, trace: Trace | None) -> Record:
            return self.record(lambda: replace(request(TILL), trace=trace))

        return Feeding(messages, {"atelier": self.intake}, self.parked, reached, record, limit=limit)

    def log(self) -> dict[UUID, list[object]]:
        return {id: self.streams.events(id) for id in self.streams.streams}

    def sales(self) -> list[Any]:
        return [event for events in self.log().values() for event in events if hasattr(event, "reference")]
