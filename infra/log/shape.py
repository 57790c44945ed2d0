"""How the events of one stored name are laid out: which fields are clear, which are sealed and for whom.

A seal is AES-256-GCM by the person's key over all her fields of the event, bound to the stream, the version, the person
and the stored name: moved anywhere else it does not fit.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson

from domain.catalog import Catalog, Step, personal_fields
from domain.personal import ERASED, Erased
from infra.keys.person import PersonKey
from infra.log.sections import nothing, section, whole

NONCE_BYTES: Final = 12


class Unstorable(TypeError):
    """An event that must not be stored: nobody could read it again, or it would hold personal data in clear."""


class Unreadable(ValueError):
    """A stored event that says two things at once. The text holds no value."""


class Shape:
    """The layout of one stored name, today's or an old one. `personal` gives each personal field its person's field."""

    def __init__(self, name: str, cls: type, personal: Mapping[str, str], steps: Sequence[Step]) -> None:
        self.name = name
        self._bound = name.encode()
        self._steps = steps
        self._class = cls
        self._names = tuple(each.name for each in fields(cls))
        self._clear = tuple(name for name in self._names if name not in personal)
        self._people = {
            person: tuple(name for name, whose in personal.items() if whose == person) for person in personal.values()
        }

    @classmethod
    def of(cls, catalog: Catalog, name: str) -> "Shape":
        event, upcasts = catalog.resolve(name)
        personal = upcasts[0].personal if upcasts else personal_fields(event)
        return cls(name, event, personal, [each.step for each in upcasts])

    def persons(self, event: object) -> Iterator[UUID]:
        """Whose personal fields the event holds."""
        for field in self._people:
            if (person := getattr(event, field)) is not None:
                yield person

    def seal(self, event: object, stream_id: UUID, version: int, keys: Mapping[UUID, PersonKey]) -> tuple[bytes, bytes]:
        """The clear fields, and the sealed ones by the field that holds the person's id; `Unstorable` if not possible.

        The fields of a person who is not known are all None, and stay clear.
        """
        if not self._people:
            return to_json(event), b"{}"
        clear = {name: getattr(event, name) for name in self._clear}
        sealed = {}
        for field, names in self._people.items():
            person: UUID | None = clear[field]
            personal = {name: getattr(event, name) for name in names}
            if person is None:
                if any(value is not None for value in personal.values()):
                    raise Unstorable(f"{self.name}: {', '.join(names)} cannot be sealed without {field}")
                clear |= personal
                continue
            if any(isinstance(value, Erased) for value in personal.values()):
                raise Unstorable(f"{self.name}: an erased field is no news, and could not be read")
            key = keys[person]
            assert key.cipher is not None, "made keys are usable"
            nonce = os.urandom(NONCE_BYTES)
            ciphertext = key.cipher.encrypt(nonce, to_json(personal), self._binding(stream_id, version, person))
            sealed[field] = {"k": key.id, "c": b64encode(nonce + ciphertext).decode()}
        return to_json(clear), to_json(sealed)

    def reveal(self, data: bytes, sealed: Mapping[str, tuple[PersonKey, str]], stream_id: UUID, version: int) -> object:
        """The event; with `ERASED` in every field sealed by a key that is destroyed. Raises if it is corrupt."""
        opened = dict(self._opened(sealed, stream_id, version)) if sealed else {}
        if self._steps:
            return self._upcast(data, opened, sealed)
        if not self._people:
            return whole(self._class)(data)
        values = section(self._class, self._clear)(data)
        self._check(values, sealed)
        for field, names in self._people.items():
            if field not in opened:
                values |= nothing(names)(data)
            elif (said := opened[field]) is None:
                values |= dict.fromkeys(names, ERASED)
            else:
                values |= section(self._class, names)(said)
        event: object = self._class(**values)
        return event

    def personal(self, sealed: Mapping[str, tuple[PersonKey, str]], stream_id: UUID, version: int) -> bytes:
        """What is sealed, as one JSON object in clear, by the names it was stored under; `ERASED` as in `reveal`."""
        sections = [
            to_json(dict.fromkeys(self._people[field], ERASED)) if said is None else said
            for field, said in self._opened(sealed, stream_id, version)
        ]
        return b"{%b}" % b",".join([each[1:-1] for each in sections])

    def _opened(
        self, sealed: Mapping[str, tuple[PersonKey, str]], stream_id: UUID, version: int
    ) -> Iterator[tuple[str, bytes | None]]:
        """By the field that holds the person's id, what was sealed for her; None once her key is destroyed."""
        for field, (key, text) in sealed.items():
            if field not in self._people:
                raise Unreadable(f"nothing is personal to {field}")
            if key.cipher is None:
                yield field, None
                continue
            content = b64decode(text, validate=True)
            nonce, ciphertext = content[:NONCE_BYTES], content[NONCE_BYTES:]
            yield field, key.cipher.decrypt(nonce, ciphertext, self._binding(stream_id, version, key.person))

    def _upcast(
        self, data: bytes, opened: Mapping[str, bytes | None], sealed: Mapping[str, tuple[PersonKey, str]]
    ) -> object:
        values: dict[str, Any] = orjson.loads(data)
        for field, said in opened.items():
            values |= dict.fromkeys(self._people[field], ERASED) if said is None else orjson.loads(said)
        self._check({field: values[field] and UUID(values[field]) for field in self._people}, sealed)
        for field, names in self._people.items():
            if field not in opened and any(values[name] is not None for name in names):
                raise Unreadable(f"personal without {field}")
        for step in self._steps:
            values = step(values)
        erased = {name: ERASED for name in self._names if isinstance(values.get(name), Erased)}
        if not erased.keys() <= personal_fields(self._class).keys():
            raise Unreadable("erased, but not personal")
        read = section(self._class, tuple(name for name in self._names if name not in erased))
        event: object = self._class(**read(to_json(values)), **erased)
        return event

    def _check(self, values: Mapping[str, Any], sealed: Mapping[str, tuple[PersonKey, str]]) -> None:
        """Refuses what no writer of ours could have stored: a seal of another person, or none of hers."""
        for field in self._people:
            if values.get(field) != (sealed[field][0].person if field in sealed else None):
                raise Unreadable("sealed for somebody else, or not at all")

    def _binding(self, stream_id: UUID, version: int, person: UUID) -> bytes:
        return b"".join((stream_id.bytes, version.to_bytes(8, "big"), person.bytes, self._bound))


def to_json(value: object) -> bytes:
    """Compact JSON, exact: decimals as text, times with their offset; `Unstorable` for anything without a meaning."""
    try:
        return orjson.dumps(value, default=_exact, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except orjson.JSONEncodeError as error:
        raise Unstorable(str(error.__cause__ or error)) from None


def _exact(value: object) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise Unstorable(f"a {type(value).__qualname__} like this cannot be stored: no number, no offset, or no such type")
