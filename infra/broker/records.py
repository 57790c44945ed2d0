"""A stored event as a Kafka record, and back: CloudEvents 1.0 in binary mode.

The value is the stored document itself, forwarded unread: what is personal stays sealed, and nothing can be lost on
the way. The headers repeat what a subscriber needs before she parses it. The same event makes the same bytes each time
it is sent: nothing here looks at a clock. Key and headers hold ids, stored names and times, nothing personal.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple, Protocol
from uuid import UUID

import orjson
import structlog

from consumers.source import Record
from infra.log.document import first_part, uuid_of

Header = tuple[str, bytes]

_VERSION: Final = ("ce_specversion", b"1.0")
_CONTENT_TYPE: Final = ("content-type", b"application/json")
_OPTIONAL: Final = (
    ("ce_correlationid", "correlation_id"),
    ("ce_causationid", "causation_id"),
    ("ce_traceparent", "traceparent"),  # CloudEvents' extension for distributed tracing
)

log = structlog.get_logger()


class Outgoing(NamedTuple):
    """One record to send, of a stored event; `timestamp` is when that was recorded, in milliseconds since 1970."""

    record: Record
    key: bytes
    headers: list[Header]
    timestamp: int

    @property
    def value(self) -> bytes:
        return self.record.state

    @property
    def event_id(self) -> str:
        return dict(self.headers)["ce_id"].decode()


class Message(Protocol):
    """The parts of the library's `ConsumerRecord` that matter here."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[Header]


class Foreign(Exception):
    """A record that no relay of ours wrote: says where it stands, never what it says."""


def outgoing(record: Record, incarnation: UUID) -> Outgoing:
    """The Kafka record of a stored event. A damaged one is sent all the same, for decoding to park: it stops nobody."""
    try:
        meta: dict[str, str] = orjson.loads(first_part(record.state))
        event_id, recorded_at = meta["event_id"].encode(), meta["recorded_at"].encode()
        timestamp = int(datetime.fromisoformat(meta["recorded_at"]).timestamp() * 1000)
    except (ValueError, KeyError, TypeError, AttributeError):
        meta, timestamp, recorded_at = {}, 0, b""
        event_id = f"{record.stream_id}/{record.stream_version}".encode()
    key = str(record.key).encode()
    type, schema = _of_name(record.name)
    headers = [
        _VERSION,
        ("ce_id", event_id),
        _of_log(incarnation),
        type,
        schema,
        ("ce_subject", key),
        ("ce_sequence", b"%020d" % record.position),
        ("ce_stream", key if record.stream_id == record.key else str(record.stream_id).encode()),
        ("ce_streamversion", b"%d" % record.stream_version),
        _CONTENT_TYPE,
    ]
    if recorded_at:
        headers.append(("ce_time", recorded_at))
    for name, field in _OPTIONAL:
        if (told := meta.get(field)) is not None:
            headers.append((name, told.encode()))
    return Outgoing(record, key, headers, timestamp)


def outgoing_all(records: Iterable[Record], incarnation: UUID) -> list[Outgoing]:
    """The Kafka records of stored events."""
    return [outgoing(record, incarnation) for record in records]


@lru_cache
def _of_name(name: str) -> tuple[Header, Header]:
    return ("ce_type", name.encode()), ("ce_dataschema", f"urn:carnet:{name}".encode())


@lru_cache
def _of_log(incarnation: UUID) -> Header:
    return "ce_source", f"carnet/{incarnation}".encode()


def incoming(message: Message) -> Record:
    """The stored event in a Kafka record. Raises `Foreign`."""
    headers = dict(message.headers)
    try:
        if message.key is None or message.value is None:
            raise ValueError
        key, stream = uuid_of(message.key), headers["ce_stream"]
        return Record(
            partition=message.partition,
            offset=message.offset,
            position=int(headers["ce_sequence"]),
            key=key,
            stream_id=key if stream == message.key else uuid_of(stream),
            stream_version=int(headers["ce_streamversion"]),
            name=headers["ce_type"].decode(),
            state=message.value,
        )
    except (KeyError, ValueError):
        raise Foreign(f"offset {message.offset} of partition {message.partition} is no event of ours") from None


def incoming_all(messages: Iterable[Message]) -> Iterator[Record]:
    """The stored events in Kafka records; what is none of ours is left out, and that is logged."""
    for message in messages:
        try:
            yield incoming(message)
        except Foreign as foreign:
            log.warning("record left out", reason=str(foreign))
