"""What tests of the log need: keys in memory, an example and a strategy for every event, a fresh log."""

import dataclasses
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from threading import Event
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

import psycopg
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from eventsourcing.persistence import StoredEvent
from hypothesis import strategies as st

from commands.ports import Change, Stream
from consumers.source import Record
from domain.catalog import CATALOG, Catalog, personal_fields
from domain.personal import Erased
from domain.receipt import CommandAnswered, Refused
from infra.keys.person import Keys, PersonErased, PersonKey
from infra.keys.store import KeyStore
from infra.log.application import Log
from infra.log.codec import Codec
from infra.log.document import stream_key
from tests.support.examples import (
    affiliation,
    calendar_event,
    client,
    contact,
    disclosure,
    house,
    item,
    link,
    note,
    organization,
    sale,
    tickler,
    who,
)
from tests.support.memory import NOON, counted_ids

ANN, BEN, SHOP = who.ANN, who.BEN, who.SHOP

EXAMPLES: dict[str, object] = {
    **client.EXAMPLES,
    **sale.EXAMPLES,
    **link.EXAMPLES,
    **organization.EXAMPLES,
    **note.EXAMPLES,
    **affiliation.EXAMPLES,
    **house.EXAMPLES,
    **item.EXAMPLES,
    **calendar_event.EXAMPLES,
    **contact.EXAMPLES,
    **tickler.EXAMPLES,
    **disclosure.EXAMPLES,
    "receipt.command-answered.v1": CommandAnswered(
        "5d41402abc4b2a76",
        SHOP,
        3,
        ANN,
        (Refused("client.unknown", "There is nobody with this id.", "lines.0.gift.recipient_id"),),
    ),
}


class MemoryKeys:
    """`infra.keys.person.Keys` without a database; the same keys every time."""

    def __init__(self) -> None:
        self._by_person: dict[UUID, PersonKey] = {}

    def make(self, persons: Iterable[UUID]) -> dict[UUID, PersonKey]:
        keys = {person: self._by_person.setdefault(person, fixed_key(person)) for person in persons}
        if erased := [person for person, key in keys.items() if key.cipher is None]:
            raise PersonErased(erased)
        return keys

    def fetch(self, key_ids: Iterable[UUID]) -> dict[UUID, PersonKey]:
        wanted = set(key_ids)
        return {key.id: key for key in self._by_person.values() if key.id in wanted}

    def persons(self) -> list[UUID]:
        return sorted(self._by_person)

    def destroy(self, person: UUID) -> None:
        self._by_person[person] = PersonKey(person, fixed_key(person).id, None)


def fixed_key(person: UUID) -> PersonKey:
    digest = sha256(person.bytes).digest()
    return PersonKey(person, UUID(bytes=digest[:16]), AESGCM(digest))


def make_codec(keys: Keys, catalog: Catalog = CATALOG) -> Codec:
    return Codec(catalog, keys, lambda: NOON, counted_ids())


def change(*events: object, stream: UUID = SHOP, key: UUID | None = None, after: int = 0) -> Change:
    return Change(Stream(stream, key or stream), after, events)


def records(stored: Sequence[StoredEvent]) -> list[Record]:
    """Stored events as a source would give them, counted from position 1."""
    return [
        Record(
            0, position, position, stream_key(each.state), _uuid(each), each.originator_version, each.topic, each.state
        )
        for position, each in enumerate(stored, 1)
    ]


def _uuid(stored: StoredEvent) -> UUID:
    assert isinstance(stored.originator_id, UUID)
    return stored.originator_id


_PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**63 - 1),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    UUID: st.uuids(),
    date: st.dates(),
    datetime: st.datetimes(
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=8))])
    ),
    types.NoneType: st.none(),
}


def events_of(cls: type, text: st.SearchStrategy[str] | None = None) -> st.SearchStrategy[Any]:
    """Any event of a class as a decision could make it. `text` is what its personal fields say wherever they can."""
    return _events_of(cls, text)


@cache
def _events_of(cls: type, text: st.SearchStrategy[str] | None) -> st.SearchStrategy[Any]:
    personal = personal_fields(cls)
    hints = get_type_hints(cls, include_extras=True)
    free = {
        name: _values(hints[name], text if text is not None and name in personal else st.text(max_size=8))
        for name in (field.name for field in dataclasses.fields(cls))
    }

    def consistent(event: Any) -> Any:
        nobodys = [name for name, person in personal.items() if getattr(event, person) is None]
        return dataclasses.replace(event, **dict.fromkeys(nobodys))

    return st.builds(cls, **free).map(consistent)


def _values(hint: Any, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    known = {**_PLAIN, str: text}.get(hint)
    if known is not None:
        return known
    if get_origin(hint) is not None:
        return _generic(hint, text)
    if issubclass(hint, Enum):
        return st.sampled_from(hint)
    inner = get_type_hints(hint, include_extras=True)
    return st.builds(hint, **{field.name: _values(inner[field.name], text) for field in dataclasses.fields(hint)})


def _generic(hint: Any, text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _values(arguments[0], text)
    if origin in (Union, types.UnionType):
        return st.one_of(*(_values(each, text) for each in arguments if each is not Erased))
    if origin is tuple and arguments[1:] == (...,):
        return st.lists(_values(arguments[0], text), max_size=3).map(tuple)
    raise TypeError(f"no strategy for {hint}")


@dataclasses.dataclass(frozen=True, slots=True)
class FreshLog:
    log: Log
    keys: KeyStore
    codec: Codec


@contextmanager
def fresh_log(database: Callable[[], str], connections: int = 2) -> Iterator[FreshLog]:
    """A migrated log and key store, in one database of their own on the PostgreSQL under test."""
    url = database()
    Log.migrate(url)
    keys = KeyStore(url, bytes(32), connections)
    keys.migrate()
    codec = Codec(CATALOG, keys, lambda: NOON, uuid4)
    log = Log.open(url, connections, codec)
    try:
        yield FreshLog(log, keys, codec)
    finally:
        log.close()
        keys.close()


def until_done_or_waiting(url: str, done: Callable[[], bool]) -> None:
    """Returns once somebody else's statement has either finished or stands in the queue for a lock."""
    pause = Event()
    with psycopg.connect(url, autocommit=True) as connection:
        for _ in range(3000):
            waiting = connection.execute(
                "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            if done() or waiting.fetchone() is not None:
                return
            pause.wait(0.01)
    raise AssertionError("the other statement neither finished nor waited")
