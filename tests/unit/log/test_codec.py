"""What is stored is what was decided, in a layout that others may rely on."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Annotated, ClassVar
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import override

from commands.ports import Change, Stream
from commands.trace import begun
from domain.access import Caller, Role
from domain.catalog import CATALOG, EVENTS, Catalog, personal_fields
from domain.personal import ERASED, Of, Personal
from infra.keys.person import PersonErased, PersonKey
from infra.log.codec import Codec, Corrupt, Undecodable
from infra.log.document import read_meta, split
from infra.log.shape import Unstorable
from projections.projection import Recorded
from tests.support.log import ANN, BEN, EXAMPLES, SHOP, MemoryKeys, change, events_of, make_codec, records
from tests.support.memory import NOON, counted_ids, request

EVERY_EVENT = [pytest.param(cls, id=name) for name, cls in EVENTS.items()]
PERSONAL_EVENTS = [pytest.param(cls, id=name) for name, cls in EVENTS.items() if personal_fields(cls)]


@dataclass(frozen=True, slots=True)
class GiftSent:
    """Has two people, one of whom need not be known."""

    PERSON: ClassVar[str] = "giver_id"
    giver_id: UUID
    recipient_id: UUID | None
    card: Personal[str]
    wishes: Annotated[Personal[str | None], Of("recipient_id")]
    sent_at: datetime
    price: Decimal


CANARY = st.just("canary-7f3a")
GIFTS = Catalog({"gift.sent.v1": GiftSent})
GIFT = GiftSent(ANN, BEN, "from Ann", "for Ben", NOON, Decimal("9.90"))


def decoded(codec: Codec, *events: object) -> list[Recorded | Exception]:
    return codec.decode(records(codec.encode([change(*events)], request())))


@pytest.mark.parametrize("cls", EVERY_EVENT)
@given(data=st.data())
@settings(max_examples=25)
def test_every_event_comes_back_as_it_was(cls: type, data: st.DataObject) -> None:
    event = data.draw(events_of(cls))

    (back,) = decoded(make_codec(MemoryKeys()), event)

    assert isinstance(back, Recorded), back
    assert back.event == event


@pytest.mark.parametrize("cls", PERSONAL_EVENTS)
@given(data=st.data())
@settings(max_examples=10)
def test_no_personal_value_is_stored_in_clear(cls: type, data: st.DataObject) -> None:
    event = data.draw(events_of(cls, text=CANARY))

    (stored,) = make_codec(MemoryKeys()).encode([change(event)], request())

    assert b"canary" not in stored.state


def test_a_stored_event_says_who_when_and_why_and_then_what() -> None:
    (stored,) = make_codec(MemoryKeys()).encode(
        [change(EXAMPLES["client.registered.v1"], stream=ANN)], replace(request(), causation_id=UUID(int=3))
    )

    document = orjson.loads(stored.state)
    assert (stored.originator_id, stored.originator_version, stored.topic) == (ANN, 1, "client.registered.v1")
    assert list(document) == ["meta", "data", "personal"]
    assert document["meta"] == {
        "event_id": str(UUID(int=1)),
        "recorded_at": "2026-03-02T12:00:00+00:00",
        "key": str(ANN),
        "actor": "associate-7",
        "correlation_id": str(UUID(int=1)),
        "causation_id": str(UUID(int=3)),
        "command_id": str(UUID(int=2)),
    }
    assert document["data"] == {"client_id": str(ANN), "store_id": "paris-1"}
    assert list(document["personal"]) == ["client_id"]
    assert list(document["personal"]["client_id"]) == ["k", "c"]


def test_a_stored_event_says_which_step_of_a_trace_recorded_it_if_one_did() -> None:
    trace = begun(UUID(int=0xA11CE), UUID(int=0xB0B))
    codec = make_codec(MemoryKeys())

    (stored,) = codec.encode([change(EXAMPLES["client.registered.v1"])], replace(request(), trace=trace))

    meta = split(stored.state)[0]
    assert orjson.loads(meta)["traceparent"] == str(trace)
    assert read_meta(meta).trace_id == trace.trace_id
    [back] = codec.decode(records([stored]))
    assert isinstance(back, Recorded)
    (before,) = codec.encode([change(EXAMPLES["client.registered.v1"])], request())
    assert read_meta(split(before.state)[0]).trace_id is None


def test_what_the_log_knows_comes_back_with_the_event() -> None:
    codec = make_codec(MemoryKeys())
    assistant = Caller("assistant-1", Role.ASSOCIATE, "paris-1", on_behalf_of="associate-7")
    event = EXAMPLES["client.address-removed.v1"]

    stored = codec.encode([Change(Stream(SHOP, ANN), 4, (event,))], request(assistant))

    assert codec.decode(records(stored)) == [
        Recorded(
            position=1,
            key=ANN,
            stream_id=SHOP,
            stream_version=5,
            name="client.address-removed.v1",
            event=event,
            event_id=UUID(int=1),
            recorded_at=NOON,
            actor="assistant-1",
            on_behalf_of="associate-7",
            correlation_id=UUID(int=1),
        )
    ]


def test_many_events_of_many_streams_are_told_apart() -> None:
    codec = make_codec(MemoryKeys())
    changes = [change(*EXAMPLES.values(), stream=ANN), change(*EXAMPLES.values(), stream=BEN, after=7)]

    back = codec.decode(records(codec.encode(changes, request())))

    events = [each.event for each in back if isinstance(each, Recorded)]
    assert events == [*EXAMPLES.values(), *EXAMPLES.values()]
    assert len({each.event_id for each in back if isinstance(each, Recorded)}) == len(events)


class CountingKeys(MemoryKeys):
    asked = 0

    @override
    def make(self, persons: Iterable[UUID]) -> dict[UUID, PersonKey]:
        self.asked += 1
        return super().make(persons)

    @override
    def fetch(self, key_ids: Iterable[UUID]) -> dict[UUID, PersonKey]:
        self.asked += 1
        return super().fetch(key_ids)


def test_keys_are_asked_for_once_however_many_events() -> None:
    keys = CountingKeys()
    codec = make_codec(keys)

    stored = codec.encode([change(*EXAMPLES.values(), stream=ANN), change(*EXAMPLES.values(), stream=BEN)], request())
    assert keys.asked == 1
    codec.decode(records(stored))
    assert keys.asked == 2

    codec.decode(records(codec.encode([change(EXAMPLES["sale.recorded.v1"])], request())))
    assert keys.asked == 2, "nothing personal, nothing asked"


def test_each_person_of_an_event_has_a_seal_of_her_own() -> None:
    keys = MemoryKeys()
    codec = make_codec(keys, GIFTS)
    stored = records(codec.encode([change(GIFT)], request()))

    keys.destroy(BEN)

    (back,) = codec.decode(stored)
    assert isinstance(back, Recorded)
    assert back.event == replace(GIFT, wishes=ERASED)


def test_fields_of_nobody_are_none_and_clear() -> None:
    codec = make_codec(MemoryKeys(), GIFTS)
    anonymous = replace(GIFT, recipient_id=None, wishes=None)

    stored = codec.encode([change(anonymous)], request())

    assert orjson.loads(stored[0].state)["data"]["wishes"] is None
    assert [each.event for each in codec.decode(records(stored)) if isinstance(each, Recorded)] == [anonymous]
    with pytest.raises(Unstorable, match="recipient_id"):
        codec.encode([change(replace(anonymous, wishes="for whom?"))], request())


def test_nothing_is_stored_that_could_not_be_read_again() -> None:
    codec = make_codec(MemoryKeys(), GIFTS)
    unstorable: list[object] = [
        replace(GIFT, sent_at=datetime(2026, 3, 2, 12)),  # noqa: DTZ001
        replace(GIFT, price=Decimal("NaN")),
        replace(GIFT, price=Decimal("Infinity")),
        replace(GIFT, card="\ud800"),
        replace(GIFT, card=ERASED),
        replace(GIFT, card=object()),  # type: ignore[arg-type]
        EXAMPLES["sale.recorded.v1"],
    ]
    for event in unstorable:
        with pytest.raises(Unstorable):
            codec.encode([change(event)], request())


def test_a_clock_without_an_offset_stores_nothing() -> None:
    codec = Codec(CATALOG, MemoryKeys(), lambda: NOON.replace(tzinfo=None), counted_ids())

    with pytest.raises(Unstorable, match="clock"):
        codec.encode([change(EXAMPLES["sale.recorded.v1"])], request())


def test_nothing_personal_is_stored_about_an_erased_person() -> None:
    keys = MemoryKeys()
    keys.destroy(ANN)

    with pytest.raises(PersonErased):
        make_codec(keys).encode([change(EXAMPLES["client.registered.v1"])], request())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("store_id", 7),
        ("currency", None),
        ("occurred_at", 1772452800),
        ("occurred_at", "secret"),
        ("client_id", "secret"),
        ("lines", "secret"),
        ("lines", [{"ordinal": "secret"}]),
    ],
)
def test_reading_is_strict_and_tells_no_value(field: str, value: object) -> None:
    codec = make_codec(MemoryKeys())
    (stored,) = codec.encode([change(EXAMPLES["sale.recorded.v1"])], request())
    document = orjson.loads(stored.state)
    document["data"][field] = value

    (back,) = codec.decode(records([replace(stored, state=orjson.dumps(document))]))

    assert isinstance(back, Corrupt)
    assert field in str(back)
    assert "secret" not in str(back)


def test_a_bad_record_stands_in_its_place_and_stops_no_other() -> None:
    codec = make_codec(MemoryKeys())
    good = records(codec.encode([change(*EXAMPLES.values())], request()))
    bad = [replace(each, state=each.state[:-1]) for each in good]

    back = codec.decode([each for pair in zip(good, bad, strict=True) for each in pair])

    assert [type(each) for each in back] == [Recorded, Corrupt] * len(good)


def test_a_name_from_a_newer_release_is_said_to_be_unknown() -> None:
    codec = make_codec(MemoryKeys())
    (stored,) = codec.encode([change(EXAMPLES["sale.recorded.v1"])], request())

    (back,) = codec.decode(records([replace(stored, topic="sale.recorded.v9")]))

    assert isinstance(back, Undecodable)
    assert "sale.recorded.v9" in str(back)


def test_every_event_of_the_catalog_has_an_example() -> None:
    names = CATALOG.names()
    assert {name: names[type(event)] for name, event in EXAMPLES.items()} == {name: name for name in EVENTS}
