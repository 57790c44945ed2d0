"""Old shapes become today's, step by step, also when the person was erased in between."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

import pytest

from consumers.source import Record
from domain.catalog import Catalog, Upcast
from domain.personal import ERASED, Personal
from infra.log.codec import Codec, Corrupt
from projections.projection import Recorded
from tests.support.log import ANN, BEN, MemoryKeys, change, make_codec, records
from tests.support.memory import request


@dataclass(frozen=True, slots=True)
class FirstNoted:
    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    name: Personal[str]
    pages: int


@dataclass(frozen=True, slots=True)
class Noted:
    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    given: Personal[str]
    family: Personal[str]
    pages: tuple[int, ...]


def split_name(fields: dict[str, Any]) -> dict[str, Any]:
    name = fields.pop("name")
    given, family = (ERASED, ERASED) if name is ERASED else name.split(" ")
    return {**fields, "given": given, "family": family}


def list_pages(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "pages": [fields["pages"]]}


YESTERDAY = Catalog({"noted.v1": FirstNoted})
TODAY = Catalog(
    {"noted.v3": Noted},
    {
        "noted.v1": Upcast("noted.v2", split_name, {"name": "client_id"}),
        "noted.v2": Upcast("noted.v3", list_pages, {"given": "client_id", "family": "client_id"}),
    },
)


@pytest.fixture
def keys() -> MemoryKeys:
    return MemoryKeys()


@pytest.fixture
def old(keys: MemoryKeys) -> list[Record]:
    event = FirstNoted(ANN, "Ann Lindqvist", 3)
    return records(make_codec(keys, YESTERDAY).encode([change(event)], request()))


@pytest.fixture
def today(keys: MemoryKeys) -> Codec:
    return make_codec(keys, TODAY)


def test_an_old_shape_becomes_todays(today: Codec, old: list[Record]) -> None:
    (back,) = today.decode(old)

    assert isinstance(back, Recorded), back
    assert back.event == Noted(ANN, "Ann", "Lindqvist", (3,))
    assert back.name == "noted.v1"


def test_steps_are_given_the_marker_of_an_erased_field(today: Codec, old: list[Record], keys: MemoryKeys) -> None:
    keys.destroy(ANN)

    (back,) = today.decode(old)

    assert isinstance(back, Recorded), back
    assert back.event == Noted(ANN, ERASED, ERASED, (3,))


@pytest.mark.parametrize("erased", [False, True])
def test_what_a_step_leaves_over_is_of_no_matter_even_of_who_is_erased(
    erased: bool, old: list[Record], keys: MemoryKeys
) -> None:
    def keep_name(fields: dict[str, Any]) -> dict[str, Any]:
        return {**split_name(dict(fields)), "name": fields["name"]}

    today = Catalog(TODAY.events, {**TODAY.upcasts, "noted.v1": Upcast("noted.v2", keep_name, {"name": "client_id"})})
    if erased:
        keys.destroy(ANN)

    (back,) = make_codec(keys, today).decode(old)

    assert isinstance(back, Recorded), back
    said = Noted(ANN, "Ann", "Lindqvist", (3,))
    assert back.event == (replace(said, given=ERASED, family=ERASED) if erased else said)


def test_a_step_cannot_erase_what_is_not_personal(old: list[Record], keys: MemoryKeys) -> None:
    def lose_pages(fields: dict[str, Any]) -> dict[str, Any]:
        return {**fields, "pages": fields["given"]}

    lost = Upcast("noted.v3", lose_pages, {"given": "client_id", "family": "client_id"})
    codec = make_codec(keys, Catalog(TODAY.events, {**TODAY.upcasts, "noted.v2": lost}))
    keys.destroy(ANN)

    assert [type(each) for each in codec.decode(old)] == [Corrupt]


def test_old_shapes_are_read_as_strictly(today: Codec, old: list[Record]) -> None:
    (record,) = old
    forged = [
        record.state.replace(b'"pages":3', b'"pages":"3"'),
        record.state.replace(b'"pages":3', b'"leaves":3'),
        record.state.replace(f'"data":{{"client_id":"{ANN}"'.encode(), f'"data":{{"client_id":"{BEN}"'.encode()),
    ]

    for state in forged:
        assert state != record.state
        damaged = Record(0, 1, 1, record.key, record.stream_id, record.stream_version, record.name, state)
        assert [type(each) for each in today.decode([damaged])] == [Corrupt]
