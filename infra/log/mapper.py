"""The library's way to our events: its event store, notification log and subscriptions read what we store."""

from dataclasses import dataclass
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent
from typing_extensions import override

from consumers.source import Record
from infra.log.codec import Codec
from infra.log.document import stream_key


@dataclass(frozen=True, slots=True)
class OfStream:
    """A domain event, with where it stands, under the names that the library gives these."""

    originator_id: UUID
    originator_version: int
    event: object


class CodecMapper(Mapper[UUID]):
    """Reads one event at a time: for tools and tests. Without a codec, as in the relay, nothing is read at all."""

    def __init__(self, codec: Codec | None) -> None:
        self._codec = codec

    @override
    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        raise TypeError("an event is stored with its request, many at a time: infra/log/streams.py")

    @override
    def to_domain_event(self, stored_event: StoredEvent) -> OfStream:
        if self._codec is None:
            raise TypeError("this log was opened without a codec")
        id, version, state = stored_event.originator_id, stored_event.originator_version, stored_event.state
        assert isinstance(id, UUID)
        record = Record(0, 0, 0, stream_key(state), id, version, stored_event.topic, state)
        (recorded,) = self._codec.decode([record])
        if isinstance(recorded, Exception):
            raise recorded
        return OfStream(id, version, recorded.event)
