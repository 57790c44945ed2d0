"""Domain events to stored events and back, many at a time.

The clear fields of an event are stored as JSON; its personal fields are sealed, one ciphertext for each person, by that
person's key, and bound to the stream, the version, the person and the stored name: moved anywhere else they cannot be
opened. Reading is strict. What cannot be read is an exception, never an erased field: `ERASED` comes from a key that is
known to be destroyed and from nothing else.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.exceptions import InvalidTag
from eventsourcing.persistence import StoredEvent
from msgspec import ValidationError

from commands.ports import Change, Clock, NewId, Request
from consumers.source import Record
from domain.catalog import Catalog
from infra.keys.person import Keys, PersonKey
from infra.log.document import Sealed, join, read_meta, read_sealed, split
from infra.log.sections import where
from infra.log.shape import Shape, Unreadable, Unstorable, to_json
from projections.projection import Recorded


class Undecodable(Exception):
    """A stored event that cannot be read. Says where it stands and what kind of thing is wrong, never a value."""

    def __init__(self, record: Record, reason: str) -> None:
        super().__init__(f"{record.name}, version {record.stream_version} of {record.stream_id}: {reason}")


class NameUnknown(Undecodable):
    """A stored name that this release does not know: a newer release wrote it."""


class KeyUnknown(Undecodable):
    """Sealed with a key that the key store never held: the key store is not the one that belongs to this log."""


class Corrupt(Undecodable):
    """The stored bytes are not what this release or an earlier one wrote."""


class _Parts(NamedTuple):
    meta: bytes
    data: bytes
    sealed: dict[str, Sealed]


_Seals = dict[str, tuple[PersonKey, str]]
"""What is sealed, by the field that holds the person's id: her key, and the ciphertext."""


class Codec:
    """`decode` is a `consumers.source.Decode`. Holds no state: one for all threads."""

    def __init__(self, catalog: Catalog, keys: Keys, clock: Clock, new_id: NewId) -> None:
        self._keys = keys
        self._clock = clock
        self._new_id = new_id
        self._by_name = {name: Shape.of(catalog, name) for name in (*catalog.events, *catalog.upcasts)}
        self._by_class = {cls: self._by_name[name] for cls, name in catalog.names().items()}

    def encode(self, changes: Sequence[Change], request: Request) -> list[StoredEvent]:
        """The events of all changes, in order, as they are stored; missing person keys are made first, all at once.

        Raises `Unstorable`, and `PersonErased` if personal data of an erased person would be stored.
        """
        now = self._clock()
        if now.tzinfo is None:
            raise Unstorable("the clock tells times without an offset")
        recorded_at = now.isoformat()
        of_request = _meta_of(request)
        keys = self._keys_of(event for change in changes for event in change.events)
        stored = []
        for change in changes:
            for version, event in enumerate(change.events, change.after + 1):
                shape = self._shape_of(event)
                meta = {"event_id": self._new_id(), "recorded_at": recorded_at, "key": change.stream.key, **of_request}
                data, personal = shape.seal(event, change.stream.id, version, keys)
                state = join(to_json(meta), data, personal)
                stored.append(StoredEvent(change.stream.id, version, shape.name, state))
        return stored

    def decode(self, records: Sequence[Record]) -> list[Recorded | Exception]:
        """Each record's event, or in its place the `Undecodable` that says why not; all keys are fetched at once."""
        return [
            self._recorded(record, *each) if isinstance(each, tuple) else each
            for record, each in zip(records, self._with_keys(records), strict=True)
        ]

    def personal(self, records: Sequence[Record]) -> list[bytes | Undecodable]:
        """What is personal in each record as it is stored, in clear: one JSON object, with `ERASED` where a key is
        destroyed. In place of one that cannot be opened, why not."""
        return [
            self._personal(record, *each) if isinstance(each, tuple) else each
            for record, each in zip(records, self._with_keys(records), strict=True)
        ]

    def __call__(self, records: Sequence[Record]) -> list[Recorded | Exception]:
        return self.decode(records)

    def _with_keys(self, records: Sequence[Record]) -> list[tuple[Shape, _Parts, _Seals] | Undecodable]:
        """The parts of each record, with what opens them."""
        parts = [_apart(record) for record in records]
        key_ids = {sealed.k for each in parts if isinstance(each, _Parts) for sealed in each.sealed.values()}
        ring = self._keys.fetch(key_ids) if key_ids else {}
        return [
            self._prepared(record, each, ring) if isinstance(each, _Parts) else each
            for record, each in zip(records, parts, strict=True)
        ]

    def _prepared(
        self, record: Record, parts: _Parts, ring: dict[UUID, PersonKey]
    ) -> tuple[Shape, _Parts, _Seals] | Undecodable:
        shape = self._by_name.get(record.name)
        if shape is None:
            return NameUnknown(record, "this release does not know the name")
        keys = {}
        for field, sealed in parts.sealed.items():
            key = ring.get(sealed.k)
            if key is None:
                return KeyUnknown(record, f"the key {sealed.k} is unknown")
            keys[field] = (key, sealed.c)
        return shape, parts, keys

    def _personal(self, record: Record, shape: Shape, parts: _Parts, keys: _Seals) -> bytes | Undecodable:
        try:
            return shape.personal(keys, record.stream_id, record.stream_version)
        except Exception as error:
            return Corrupt(record, _reason(error))

    def _recorded(self, record: Record, shape: Shape, parts: _Parts, keys: _Seals) -> Recorded | Undecodable:
        try:
            event = shape.reveal(parts.data, keys, record.stream_id, record.stream_version)
            meta = read_meta(parts.meta)
            if meta.key != record.key:
                raise Unreadable("filed under another stream's key")
            return Recorded(
                record.position,
                record.key,
                record.stream_id,
                record.stream_version,
                record.name,
                event,
                meta.event_id,
                meta.recorded_at,
                meta.actor,
                meta.on_behalf_of,
                meta.correlation_id,
                meta.causation_id,
            )
        except Exception as error:  # whatever an old shape's steps make of damaged fields
            return Corrupt(record, _reason(error))

    def _keys_of(self, events: Iterable[object]) -> dict[UUID, PersonKey]:
        persons = {person for event in events for person in self._shape_of(event).persons(event)}
        return self._keys.make(persons) if persons else {}

    def _shape_of(self, event: object) -> Shape:
        shape = self._by_class.get(type(event))
        if shape is None:
            raise Unstorable(f"{type(event).__qualname__} is not in the catalog")
        return shape


def _meta_of(request: Request) -> dict[str, Any]:
    meta = {
        "actor": request.caller.id,
        "on_behalf_of": request.caller.on_behalf_of,
        "correlation_id": request.correlation_id,
        "causation_id": request.causation_id,
        "command_id": request.command_id,
        "traceparent": None if request.trace is None else str(request.trace),
    }
    return {name: value for name, value in meta.items() if value is not None}


def _apart(record: Record) -> _Parts | Corrupt:
    try:
        meta, data, personal = split(record.state)
        return _Parts(meta, data, read_sealed(personal) if len(personal) > 2 else {})
    except ValueError as error:
        return Corrupt(record, _reason(error))


def _reason(error: Exception) -> str:
    if isinstance(error, Unreadable):
        return str(error)
    if isinstance(error, InvalidTag):
        return "a seal does not fit"
    if isinstance(error, ValidationError):
        return where(error)
    return type(error).__qualname__
