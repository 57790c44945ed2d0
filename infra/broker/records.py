"""A stored event as a Kafka record, and back: CloudEvents 1.0 in binary mode.

The value is the stored document itself, forwarded unread: what is personal stays sealed, and nothing can be lost on
the way. The headers repeat what a subscriber needs before she parses it. The same event makes the same bytes each time
it is sent: nothing here looks at a clock. Key and headers hold ids, stored names and times, nothing personal.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol
from uuid import UUID

import orjson

from consumers.source import Record
from infra.log.document import split

CONTENT_TYPE: Final = b"application/json"
POSITION_DIGITS: Final = 20

Headers = list[tuple[str, bytes]]


class Outgoing(NamedTuple):
    """One record to send; `timestamp` is when the event was recorded, in milliseconds since 1970."""

    key: bytes
    value: bytes
    headers: Headers
    timestamp: int

    @property
    def event_id(self) -> str:
        return dict(self.headers)["ce_id"].decode()


class Message(Protocol):
    """The parts of the library's `ConsumerRecord` that matter here."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Foreign(Exception):
    """A record that no relay of ours wrote: says where it stands, never what it says."""


def outgoing(record: Record, incarnation: UUID) -> Outgoing:
    """The Kafka record of a stored event. A damaged one is sent all the same, for decoding to park: it stops nobody."""
    try:
        meta: dict[str, Any] = orjson.loads(split(record.state)[0])
        event_id, recorded_at = meta["event_id"], meta["recorded_at"]
        timestamp = int(datetime.fromisoformat(recorded_at).timestamp() * 1000)
    except (ValueError, KeyError, TypeError):
        meta, event_id, recorded_at, timestamp = {}, f"{record.stream_id}/{record.stream_version}", None, 0
    subject = str(record.key)
    texts = {
        "ce_specversion": "1.0",
        "ce_id": event_id,
        "ce_source": f"carnet/{incarnation}",
        "ce_type": record.name,
        "ce_subject": subject,
        "ce_time": recorded_at,
        "ce_dataschema": f"urn:carnet:{record.name}",
        "ce_sequence": str(record.position).zfill(POSITION_DIGITS),
        "ce_stream": str(record.stream_id),
        "ce_streamversion": str(record.stream_version),
        "ce_correlationid": meta.get("correlation_id"),
        "ce_causationid": meta.get("causation_id"),
    }
    headers = [(name, text.encode()) for name, text in texts.items() if text is not None]
    headers.append(("content-type", CONTENT_TYPE))
    return Outgoing(subject.encode(), record.state, headers, timestamp)


def incoming(message: Message) -> Record:
    """The stored event in a Kafka record. Raises `Foreign`."""
    headers = dict(message.headers)
    try:
        if message.key is None or message.value is None:
            raise ValueError
        return Record(
            partition=message.partition,
            offset=message.offset,
            position=int(headers["ce_sequence"]),
            key=UUID(message.key.decode()),
            stream_id=UUID(headers["ce_stream"].decode()),
            stream_version=int(headers["ce_streamversion"]),
            name=headers["ce_type"].decode(),
            state=message.value,
        )
    except (KeyError, ValueError):
        raise Foreign(f"offset {message.offset} of partition {message.partition} is no event of ours") from None
