"""The bytes of a stored event: one JSON object of three parts, always in this order.

`{"meta":{...},"data":{...},"personal":{...}}`: what the log knows, the clear fields, the sealed ones. The order lets a
reader take a part without parsing the others: quotes inside strings are escaped and the three names are reserved
(`domain/catalog.py`), so the seams below are found nowhere else.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, TypeVar
from uuid import UUID

import msgspec
from pydantic import Field

T = TypeVar("T")

_START: Final = b'{"meta":{'
_DATA: Final = b'},"data":{'
_PERSONAL: Final = b'},"personal":{'
_END: Final = b"}}"
_KEY: Final = b'"key":"'
_UUID_CHARACTERS: Final = 36
_TRACEPARENT: Final = r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"

# Without their last character the seams end before the brace that belongs to the part.
_IN_META: Final = len(_START) - 1
_IN_DATA: Final = len(_DATA) - 1
_IN_PERSONAL: Final = len(_PERSONAL) - 1


@dataclass(frozen=True, slots=True)
class Meta:
    """What the log knows about an event, as far as its readers use it."""

    event_id: UUID
    recorded_at: Annotated[datetime, msgspec.Meta(tz=True)]
    key: UUID
    actor: str
    correlation_id: UUID
    on_behalf_of: str | None = None
    causation_id: UUID | None = None
    # Said twice: to msgspec, which reads it, and to pydantic, which makes the contract's schemas. What `$` ends may end
    # with a line break too, for Python.
    traceparent: (
        Annotated[str, msgspec.Meta(pattern=rf"{_TRACEPARENT}\Z"), Field(pattern=f"{_TRACEPARENT}$")] | None
    ) = None

    @property
    def trace_id(self) -> str | None:
        """The trace that the request belonged to, if it belonged to one."""
        return None if self.traceparent is None else self.traceparent.split("-")[1]


@dataclass(frozen=True, slots=True)
class Sealed:
    """One person's fields of an event: the id of the key, and nonce and ciphertext in Base64."""

    k: UUID
    c: str


_meta = msgspec.json.Decoder(Meta)
_sealed = msgspec.json.Decoder(dict[str, Sealed])
_uuid = msgspec.json.Decoder(UUID)


def join(meta: bytes, data: bytes, personal: bytes) -> bytes:
    """One document of three JSON objects."""
    return b'{"meta":%b,"data":%b,"personal":%b}' % (meta, data, personal)


def split(state: bytes) -> tuple[bytes, bytes, bytes]:
    """The three JSON objects, unparsed; `ValueError` if the document is not laid out like one."""
    data = state.find(_DATA)
    personal = state.rfind(_PERSONAL)
    if not (state.startswith(_START) and 0 < data < personal and state.endswith(_END)):
        raise ValueError("not laid out like a stored event")
    return (
        state[_IN_META : data + 1],
        state[data + _IN_DATA : personal + 1],
        state[personal + _IN_PERSONAL : -1],
    )


def first_part(state: bytes) -> bytes:
    """What the log knows, unparsed, without a look at the rest; `ValueError` if it does not begin like a document."""
    data = state.find(_DATA)
    if data < 0 or not state.startswith(_START):
        raise ValueError("not laid out like a stored event")
    return state[_IN_META : data + 1]


def read_meta(meta: bytes) -> Meta:
    """The first part, parsed; `ValueError` if something is missing or of the wrong type."""
    return _shallow(_meta, meta)


def read_sealed(personal: bytes) -> dict[str, Sealed]:
    """The third part, parsed: by the field that holds the person's id; `ValueError` if it is anything else."""
    return _shallow(_sealed, personal)


def uuid_of(text: bytes) -> UUID:
    """The UUID that is spelled like this, in a fifth of the time that `UUID` takes; `ValueError` if it is none."""
    return _uuid.decode(b'"%b"' % text)


def stream_key(state: bytes) -> UUID:
    """The key of the event's stream, without parsing anything else; `ValueError` if there is none."""
    quote = state.find(_KEY) + len(_KEY) - 1
    return _uuid.decode(state[quote : quote + _UUID_CHARACTERS + 2])


def _shallow(decoder: msgspec.json.Decoder[T], part: bytes) -> T:
    """What stops at a part that is damaged stops at one that is nested without end too."""
    try:
        return decoder.decode(part)
    except RecursionError:
        raise ValueError("nested too deeply") from None
