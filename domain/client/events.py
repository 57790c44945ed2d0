"""What happened to a client, or to a person the house knows through one."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, TypeAlias
from uuid import UUID

from domain.client.facts import (
    AddressType,
    ContactKind,
    ContactState,
    DateKind,
    Name,
    NameKind,
    PostalAddress,
    Reference,
    TraitKind,
)
from domain.days import CalendarDay
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
class NameAdded:
    """A name beside the main one. `script` is an ISO 15924 code; `reading` is how it is said, in letters or kana.

    `since` and `until` are the days on which she bore it, both inclusive, either unknown.
    """

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    name_id: UUID
    kind: NameKind
    name: Personal[Name]
    reading: Personal[str | None]
    script: str | None
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class NameRemoved:
    client_id: UUID
    name_id: UUID


@dataclass(frozen=True, slots=True)
class SalutationSet:
    """How a card to her begins; none is no wish of hers."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    salutation: Personal[str | None]


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
class ContactStateSet:
    client_id: UUID
    contact_point_id: UUID
    state: ContactState


@dataclass(frozen=True, slots=True)
class SurprisesSet:
    """Whether what arrives here may speak of a surprise: others of the house may read it too."""

    client_id: UUID
    contact_point_id: UUID
    not_for_surprises: bool


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


@dataclass(frozen=True, slots=True)
class ResidencySet:
    """The dates of residency at an address became known, or others than before."""

    client_id: UUID
    address_id: UUID
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class DateAdded:
    """A day of her life, that comes round every year or happens once. A date added again is as it is then."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    date_id: UUID
    kind: DateKind
    label: Personal[str | None]
    day: Personal[CalendarDay]
    yearly: bool


@dataclass(frozen=True, slots=True)
class DateRemoved:
    client_id: UUID
    date_id: UUID


@dataclass(frozen=True, slots=True)
class TraitAdded:
    """Something she likes, belongs to, or is marked with: `value` says what, `kind` in which way."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    trait_id: UUID
    kind: TraitKind
    value: Personal[str]


@dataclass(frozen=True, slots=True)
class TraitRemoved:
    client_id: UUID
    trait_id: UUID


@dataclass(frozen=True, slots=True)
class DeathRecorded:
    """She died, on a day that may be unknown."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    on: Personal[date | None]


@dataclass(frozen=True, slots=True)
class DeathWithdrawn:
    """Her death was recorded in error."""

    client_id: UUID


Event: TypeAlias = (
    ClientRegistered
    | PersonNoted
    | NameCorrected
    | NameAdded
    | NameRemoved
    | SalutationSet
    | ContactPointAdded
    | ContactPointRemoved
    | ContactStateSet
    | SurprisesSet
    | AddressAdded
    | AddressRemoved
    | ResidencySet
    | DateAdded
    | DateRemoved
    | TraitAdded
    | TraitRemoved
    | DeathRecorded
    | DeathWithdrawn
)
