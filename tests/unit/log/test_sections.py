"""What is stored is read strictly, each field by its own type, and what is wrong is told without a value."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import orjson
import pytest
from msgspec import ValidationError

from domain.personal import Personal
from infra.log.document import read_meta, read_sealed
from infra.log.sections import nothing, section, where, whole


class Stone(StrEnum):
    RUBY = "ruby"


@dataclass(frozen=True, slots=True)
class Set:
    stone: Stone
    carats: int = 1


@dataclass(frozen=True, slots=True)
class Ordered:
    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    pieces: tuple[Set, ...]
    wish: Personal[str]
    card: Personal[str | None] = None


ID = UUID(int=7)


def refused(document: object) -> str:
    with pytest.raises(ValidationError) as caught:
        section(Ordered, ("client_id", "pieces"))(orjson.dumps(document))
    return where(caught.value)


def test_what_has_a_default_may_be_missing_and_nothing_else() -> None:
    read = section(Ordered, ("wish", "card"))

    assert read(b'{"wish":"a ruby"}') == {"wish": "a ruby"}
    assert read(b'{"wish":"a ruby","card":"for B","client_id":7}') == {"wish": "a ruby", "card": "for B"}
    with pytest.raises(ValidationError, match="wish"):
        read(b'{"card":"for B"}')


@pytest.mark.parametrize("said", [{"erased": True}, None, 7])
def test_what_was_said_is_never_the_marker_of_erasure(said: object) -> None:
    with pytest.raises(ValidationError, match="wish"):
        section(Ordered, ("wish",))(orjson.dumps({"wish": said}))


def test_of_nobody_nothing_can_be_said() -> None:
    read = nothing(("wish", "card"))

    assert read(b'{"wish":null,"pieces":[]}') == {"wish": None}
    with pytest.raises(ValidationError, match="card"):
        read(b'{"card":"for B"}')


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"client_id": "Canarini", "pieces": []}, "client_id: invalid"),
        ({"client_id": str(ID), "pieces": [{"stone": "Canarini - at `$.Canarini"}]}, "pieces[0].stone: invalid"),
        ({"client_id": str(ID), "pieces": [{"stone": "ruby", "carats": "Canarini"}]}, "Expected `int`, got `str`"),
        ({"client_id": str(ID), "pieces": [{"carats": 1}]}, "pieces[0]: Object missing required field `stone`"),
        ({"client_id": str(ID)}, "Object missing required field `pieces`"),
    ],
)
def test_what_is_wrong_is_told_without_a_value(document: object, told: str) -> None:
    assert told in refused(document)
    assert "Canarini" not in refused(document)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Canarini is no number - at `$.pieces`", "pieces: invalid"),
        ("Invalid enum value 'Canarini' - at `key` in `$.pieces`", "invalid"),
        ("Invalid enum value 'Expected - at `$Canarini' - at `key` in `$.pieces`", "invalid"),
        ("Canarini", "invalid"),
    ],
)
def test_a_text_that_may_hold_a_value_is_not_told(text: str, told: str) -> None:
    assert where(ValidationError(text)) == told


def test_an_event_of_nobody_is_read_whole() -> None:
    assert whole(Set)(b'{"stone":"ruby","carats":2,"cut":"round"}') == Set(Stone.RUBY, 2)
    with pytest.raises(ValidationError):
        whole(Set)(b'{"stone":"ruby","carats":2.0}')


META: dict[str, Any] = {
    "event_id": str(ID),
    "recorded_at": "2026-03-02T12:00:00+00:00",
    "key": str(ID),
    "actor": "ann",
    "correlation_id": str(ID),
}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_the_log_s_own_part_is_read_as_strictly() -> None:
    assert read_meta(orjson.dumps(META)).recorded_at == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert read_meta(orjson.dumps(META | {"traceparent": TRACE})).trace_id == "0af7651916cd43dd8448eb211c80319c"


def test_a_part_that_is_nested_without_end_is_a_value_error() -> None:
    deep = b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}"
    with pytest.raises(ValueError, match="deep"):
        read_meta(deep)
    with pytest.raises(ValueError, match="deep"):
        read_sealed(b'{"client_id":' + deep + b"}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"recorded_at": "2026-03-02T12:00:00"},
        {"recorded_at": 1772452800},
        {"traceparent": "Canarini"},
        {"traceparent": TRACE + "x"},
        {"traceparent": TRACE + "\n"},
        {"key": "7"},
        {"actor": None},
    ],
)
def test_a_part_of_the_log_that_is_damaged_is_a_value_error(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        read_meta(orjson.dumps(META | wrong))
