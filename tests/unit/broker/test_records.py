"""What a subscriber gets is a CloudEvent by the official SDK's reading, and the stored event to the last byte."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson
import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.trace import begun, read
from consumers.source import Record
from domain.catalog import CATALOG
from infra.broker.records import Foreign, Outgoing, incoming, outgoing
from infra.log.document import split
from projections.projection import Recorded
from tests.support.log import ANN, EXAMPLES, SHOP, MemoryKeys, change, events_of, make_codec, records
from tests.support.memory import request

INCARNATION = UUID(int=0xCAFE)
PUBLIC = sorted(EXAMPLES.keys() - CATALOG.internal)
CANARY = "Zuzanna-Canary"
CANARIES = st.just(CANARY)


@dataclass(slots=True)
class Read:
    """As the library gives records out."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()
    partition: int = 2
    offset: int = 11


def stored(event: object, keys: MemoryKeys) -> Record:
    """The event as a record at position 1, in stream SHOP of ANN's key."""
    return records(make_codec(keys).encode([change(event, stream=SHOP, key=ANN)], request()))[0]


def as_read(sent: Outgoing) -> Read:
    return Read(sent.key, sent.value, sent.headers)


@pytest.mark.parametrize("name", PUBLIC)
def test_the_official_sdk_reads_every_event(name: str) -> None:
    record = stored(EXAMPLES[name], MemoryKeys())
    meta, data, personal = (orjson.loads(part) for part in split(record.state))

    sent = outgoing(record, INCARNATION)
    event = from_binary_event(KafkaMessage(dict(sent.headers), sent.key, sent.value))

    assert event.get_attributes() == {
        "specversion": "1.0",
        "id": meta["event_id"],
        "source": f"carnet/{INCARNATION}",
        "type": name,
        "subject": str(ANN),
        "time": datetime.fromisoformat(meta["recorded_at"]),
        "datacontenttype": "application/json",
        "dataschema": f"urn:carnet:{name}",
        "sequence": "00000000000000000001",
        "stream": str(SHOP),
        "streamversion": "1",
        "correlationid": meta["correlation_id"],
        "partitionkey": str(ANN),
    }
    assert event.get_data() == {"meta": meta, "data": data, "personal": personal}
    assert sent.timestamp == int(datetime.fromisoformat(meta["recorded_at"]).timestamp() * 1000)


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_sent_decodes_to_what_was_stored(name: str) -> None:
    keys = MemoryKeys()
    record = stored(EXAMPLES[name], keys)

    read = incoming(as_read(outgoing(record, INCARNATION)))

    assert read == Record(2, 11, 1, ANN, SHOP, 1, name, record.state)
    (decoded,) = make_codec(keys)([read])
    assert isinstance(decoded, Recorded)
    assert decoded.event == EXAMPLES[name]


@given(st.sampled_from([type(EXAMPLES[name]) for name in PUBLIC]).flatmap(lambda cls: events_of(cls, CANARIES)))
@settings(max_examples=50)
def test_nothing_personal_leaves_in_clear_and_twice_is_the_same(event: object) -> None:
    record = stored(event, MemoryKeys())

    first, second = outgoing(record, INCARNATION), outgoing(record, INCARNATION)

    assert first == second
    assert CANARY.encode() not in first.key + first.value + b"".join(value for _, value in first.headers)


def test_a_cause_is_told() -> None:
    record = stored(EXAMPLES["sale.recorded.v1"], MemoryKeys())
    state = record.state.replace(b'"meta":{', b'"meta":{"causation_id":"%b",' % str(ANN).encode())
    caused = Record(0, 1, 1, ANN, SHOP, 1, record.name, state)

    assert dict(outgoing(caused, INCARNATION).headers)["ce_causationid"].decode() == str(ANN)


def test_a_subscriber_goes_on_from_the_step_that_recorded_it() -> None:
    trace = begun(UUID(int=0xA11CE), UUID(int=0xB0B))
    traced = make_codec(MemoryKeys()).encode(
        [change(EXAMPLES["sale.recorded.v1"], stream=SHOP, key=ANN)], replace(request(), trace=trace)
    )
    sent = outgoing(records(traced)[0], INCARNATION)

    event = from_binary_event(KafkaMessage(dict(sent.headers), sent.key, sent.value))

    assert event.get_attributes()["traceparent"] == str(trace)
    assert read([event.get_attributes()["traceparent"]]) == trace


@pytest.mark.parametrize(
    "state", [b"rubbish", b"", b'{"meta":{},"data":{},"personal":{}}', b'{"meta":{"event_id":"x"}}']
)
def test_a_damaged_event_is_sent_too_the_same_each_time_and_comes_back_as_it_is(state: bytes) -> None:
    record = Record(0, 7, 7, ANN, SHOP, 3, "sale.recorded.v1", state)

    sent = outgoing(record, INCARNATION)

    assert sent == outgoing(record, INCARNATION)
    assert sent.event_id == f"{SHOP}/3"
    assert incoming(as_read(sent)) == Record(2, 11, 7, ANN, SHOP, 3, "sale.recorded.v1", state)
    from_binary_event(KafkaMessage(dict(sent.headers), sent.key, b"{}"))


@pytest.mark.parametrize(
    "foreign",
    [
        Read(None, b"{}"),
        Read(str(ANN).encode(), None),
        Read(b"somebody", b"{}", [("ce_sequence", b"1"), ("ce_stream", str(ANN).encode()), ("ce_streamversion", b"1")]),
        Read(str(ANN).encode(), b"{}", [("ce_sequence", b"one")]),
        Read(str(ANN).encode(), b"{}"),
        Read(b"\xff", b"\xff", [("ce_sequence", b"\xff")]),
    ],
)
def test_what_no_relay_of_ours_wrote_is_told_apart_without_saying_what_it_says(foreign: Read) -> None:
    with pytest.raises(Foreign, match=r"^offset 11 of partition 2 is no event of ours$"):
        incoming(foreign)
