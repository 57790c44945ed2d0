"""Erasure is told from corruption, and a seal fits in one place only."""

from dataclasses import dataclass, fields, replace
from typing import ClassVar
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.source import Record
from domain.catalog import EVENTS, Catalog, personal_fields
from domain.personal import ERASED, Erased, Personal
from infra.log.codec import Codec, Corrupt, KeyUnknown
from projections.projection import Recorded
from tests.support.log import ANN, BEN, EXAMPLES, SHOP, MemoryKeys, change, events_of, fixed_key, make_codec, records
from tests.support.memory import request

PERSONAL_EVENTS = [pytest.param(cls, id=name) for name, cls in EVENTS.items() if personal_fields(cls)]
REGISTERED = EXAMPLES["client.registered.v1"]


def stored(codec: Codec, *events: object, stream: UUID = ANN) -> list[Record]:
    return records(codec.encode([change(*events, stream=stream)], request()))


def edited(record: Record, part: str, **values: object) -> Record:
    document = orjson.loads(record.state)
    document[part] |= values
    return replace(record, state=orjson.dumps(document))


@pytest.mark.parametrize("cls", PERSONAL_EVENTS)
@given(data=st.data())
@settings(max_examples=15)
def test_after_erasure_every_personal_field_is_the_marker_and_all_else_stays(cls: type, data: st.DataObject) -> None:
    event = data.draw(events_of(cls))
    keys = MemoryKeys()
    codec = make_codec(keys)
    sealed = stored(codec, event)
    for person in {getattr(event, field) for field in personal_fields(cls).values()}:
        keys.destroy(person)

    (back,) = codec.decode(sealed)

    assert isinstance(back, Recorded), back
    assert back.event == replace(event, **dict.fromkeys(personal_fields(cls), ERASED))


@pytest.mark.parametrize("cls", PERSONAL_EVENTS)
@given(data=st.data(), noise=st.binary(min_size=1, max_size=4), cut=st.integers(0, 4))
@settings(max_examples=30)
def test_damaged_bytes_never_look_like_erasure(cls: type, data: st.DataObject, noise: bytes, cut: int) -> None:
    keys = MemoryKeys()
    keys.destroy(BEN)
    codec = make_codec(keys)
    (record,) = stored(codec, data.draw(events_of(cls)))
    at = data.draw(st.integers(0, len(record.state)))
    damaged = replace(record, state=record.state[:at] + noise + record.state[at + cut :])

    (back,) = codec.decode([damaged])

    if isinstance(back, Recorded):
        assert not any(isinstance(getattr(back.event, field.name), Erased) for field in fields(cls))
    else:
        assert isinstance(back, Corrupt | KeyUnknown)


def test_the_key_of_an_erased_person_does_not_erase_another() -> None:
    keys = MemoryKeys()
    codec = make_codec(keys)
    (record,) = stored(codec, REGISTERED)
    keys.destroy(BEN)
    ciphertext = orjson.loads(record.state)["personal"]["client_id"]["c"]

    forged = edited(record, "personal", client_id={"k": str(fixed_key(BEN).id), "c": ciphertext})

    assert [type(each) for each in codec.decode([forged])] == [Corrupt]


def test_a_marker_in_the_clear_part_is_not_believed() -> None:
    codec = make_codec(MemoryKeys())
    (record,) = stored(codec, REGISTERED)
    marker = {"erased": True}

    (beside_the_seal,) = codec.decode([edited(record, "data", name=marker)])
    assert isinstance(beside_the_seal, Recorded)
    assert beside_the_seal.event == REGISTERED

    document = orjson.loads(record.state)
    document["data"] |= {"name": marker, "reference": marker}
    document["personal"] = {}
    assert [type(each) for each in codec.decode([replace(record, state=orjson.dumps(document))])] == [Corrupt]


def test_a_seal_fits_one_stream_and_version_only() -> None:
    codec = make_codec(MemoryKeys())
    first, second = stored(codec, REGISTERED, REGISTERED)
    moved = [
        replace(first, stream_id=SHOP),
        replace(first, stream_version=2),
        replace(second, stream_version=1),
        edited(first, "personal", **orjson.loads(second.state)["personal"]),
        edited(first, "data", client_id=str(BEN)),
    ]

    assert [type(each) for each in codec.decode(moved)] == [Corrupt] * len(moved)


@dataclass(frozen=True, slots=True)
class Praised:
    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    text: Personal[str]


@dataclass(frozen=True, slots=True)
class Blamed:
    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    text: Personal[str]


def test_a_seal_fits_one_stored_name_only() -> None:
    codec = make_codec(MemoryKeys(), Catalog({"praised.v1": Praised, "blamed.v1": Blamed}))
    (record,) = stored(codec, Praised(ANN, "for her taste"))

    assert [type(each) for each in codec.decode([record, replace(record, name="blamed.v1")])] == [Recorded, Corrupt]


def test_a_record_under_another_key_is_refused() -> None:
    codec = make_codec(MemoryKeys())
    (record,) = stored(codec, REGISTERED)

    assert [type(each) for each in codec.decode([replace(record, key=BEN)])] == [Corrupt]


def test_a_key_that_was_never_made_is_no_erasure() -> None:
    (record,) = stored(make_codec(MemoryKeys()), REGISTERED)

    (back,) = make_codec(MemoryKeys()).decode([record])

    assert isinstance(back, KeyUnknown)
