"""What happened to a client, or to a person the house knows through one."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, TypeAlias
from uuid import UUID

from domain.client.facts import AddressType, ContactKind, Name, PostalAddress, Reference
from domain.personal import Personal


@dataclass(frozen=True, slots=True)
class ClientRegistered:
    """The house took up a client. Without a name when only a number at another system is known."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    store_id: str | None
    name: Personal[Name | None]
    reference: Personal[Reference | None]


@dataclass(frozen=True, slots=True)
class PersonNoted:
    """Somebody who is no client became known, through the client `through`. Taken up later, she keeps her stream."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    through: UUID
    store_id: str | None
    name: Personal[Name]


@dataclass(frozen=True, slots=True)
class NameCorrected:
    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    name: Personal[Name]


@dataclass(frozen=True, slots=True)
class ContactPointAdded:
    """`value` is normalised: a phone number in E.164, an e-mail address with its domain in lower case."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    contact_point_id: UUID
    kind: ContactKind
    value: Personal[str]


@dataclass(frozen=True, slots=True)
class ContactPointRemoved:
    client_id: UUID
    contact_point_id: UUID


@dataclass(frozen=True, slots=True)
class AddressAdded:
    """`since` and `until` are the dates of residency, both inclusive, either unknown."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    address_id: UUID
    type: AddressType
    address: Personal[PostalAddress]
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class AddressRemoved:
    client_id: UUID
    address_id: UUID


Event: TypeAlias = (
    ClientRegistered
    | PersonNoted
    | NameCorrected
    | ContactPointAdded
    | ContactPointRemoved
    | AddressAdded
    | AddressRemoved
)
