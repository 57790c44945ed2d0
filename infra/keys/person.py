"""Person keys: one for each person, made with the first personal data, destroyed by erasure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from consumers.source import Unavailable


@dataclass(frozen=True, slots=True)
class PersonKey:
    """`cipher` is None once the key is destroyed: what it sealed can never be read again."""

    person: UUID
    id: UUID
    cipher: AESGCM | None = field(repr=False)


class PersonErased(Exception):
    """A person was erased: nothing personal is stored about her any more."""

    def __init__(self, persons: Iterable[UUID]) -> None:
        self.persons = sorted(persons)
        super().__init__(f"erased: {', '.join(map(str, self.persons))}")


class KeyDamaged(Unavailable):
    """The wrapping key does not open a person key: the secrets are another installation's, or the row is damaged."""


class Keys(Protocol):
    """The keys of many persons at once."""

    def make(self, persons: Iterable[UUID]) -> dict[UUID, PersonKey]:
        """The keys to seal with, by person, made where there is none yet; raises `PersonErased`, `Unavailable`."""
        ...

    def fetch(self, key_ids: Iterable[UUID]) -> dict[UUID, PersonKey]:
        """The keys to open with, by key id, destroyed ones included; an id that nobody ever made is absent.

        Raises `Unavailable`.
        """
        ...
