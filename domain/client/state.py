"""A client: who she is and how she is reached."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

from domain.personal import Erased, Personal
from domain.refusals import AddressUnknown, ClientDiffers, ClientInvalid, ClientUnknown, ContactPointUnknown
from domain.values import named_id

# ---------------------------------------------------------------------------------------------------------------- facts


@dataclass(frozen=True, slots=True)
class Name:
    """How a client is called. A client known by one word has it as family name."""

    family: str
    given: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """The number of a client in another system, and which system that is."""

    source: str
    number: str


class ContactKind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"


class AddressType(StrEnum):
    HOME = "home"
    WORK = "work"
    DELIVERY = "delivery"
    BILLING = "billing"
    SEASONAL = "seasonal"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where post arrives. `country` is an ISO 3166 alpha-2 code; only the country is always known."""

    country: str
    lines: tuple[str, ...] = ()
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class ClientRegistered:
    """The house took up a client. Without a name when only a number at another system is known."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    store_id: str | None
    name: Personal[Name | None]
    reference: Personal[Reference | None]


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
    ClientRegistered | NameCorrected | ContactPointAdded | ContactPointRemoved | AddressAdded | AddressRemoved
)

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Client:
    registered: ClientRegistered | None = None
    name: Name | Erased | None = None
    contact_points: dict[UUID, tuple[ContactKind, str | Erased]] = field(default_factory=dict)
    addresses: dict[UUID, AddressAdded] = field(default_factory=dict)
    removed: frozenset[UUID] = frozenset()


def evolve(was: Client, event: Event) -> Client:
    match event:
        case ClientRegistered(name=name):
            return replace(was, registered=event, name=name)
        case NameCorrected(name=name):
            return replace(was, name=name)
        case ContactPointAdded(contact_point_id=id, kind=kind, value=value):
            return replace(was, contact_points={**was.contact_points, id: (kind, value)})
        case ContactPointRemoved(contact_point_id=id):
            left = {key: known for key, known in was.contact_points.items() if key != id}
            return replace(was, contact_points=left, removed=was.removed | {id})
        case AddressAdded(address_id=id):
            return replace(was, addresses={**was.addresses, id: event})
        case AddressRemoved(address_id=id):
            there = {key: known for key, known in was.addresses.items() if key != id}
            return replace(was, addresses=there, removed=was.removed | {id})


def after(events: Iterable[object]) -> Client:
    """The client these events are about; what an id of another noun leads to is no client."""
    now = Client()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions

CLIENTS: Final = UUID("7b1ca2a8-6f7d-5a3c-9f37-0f6f0a3c2c11")


def client_id(reference: Reference) -> UUID:
    """The id of a client who has a number at another system: the same for every feed that knows her by it."""
    return named_id(CLIENTS, reference.source, reference.number)


def register(now: Client, event: ClientRegistered) -> list[Event]:
    if event.name is None and event.reference is None:
        raise ClientInvalid("A client has a name, or a number in another system.", "name")
    if now.registered is None:
        return [event]
    if now.registered == event:
        return []
    raise ClientDiffers("A client with this number is registered already, with other data.", "reference")


def correct_name(now: Client, id: UUID, name: Name) -> list[Event]:
    require_known(now)
    return [] if now.name == name else [NameCorrected(id, name)]


def add_contact_point(now: Client, id: UUID, contact_point_id: UUID, kind: ContactKind, value: str) -> list[Event]:
    require_known(now)
    if known_contact_point(now, kind, value):
        return []
    return [ContactPointAdded(id, contact_point_id, kind, value)]


def known_contact_point(now: Client, kind: ContactKind, value: str) -> UUID | None:
    """The id under which the client has this contact point already."""
    return next((id for id, known in now.contact_points.items() if known == (kind, value)), None)


def remove_contact_point(now: Client, id: UUID, contact_point_id: UUID) -> list[Event]:
    require_known(now)
    if contact_point_id in now.removed:
        return []
    if contact_point_id not in now.contact_points:
        raise ContactPointUnknown("The client has no contact point with this id.", "contact_point_id")
    return [ContactPointRemoved(id, contact_point_id)]


def add_address(now: Client, added: AddressAdded) -> list[Event]:
    require_known(now)
    if added.since and added.until and added.until < added.since:
        raise ClientInvalid("Nobody leaves an address before moving in.", "until")
    return [] if known_address(now, added) else [added]


def known_address(now: Client, added: AddressAdded) -> UUID | None:
    """The id under which the client has this address already, of the same type and for the same time."""
    same = (replace(known, address_id=added.address_id) == added for known in now.addresses.values())
    return next((id for id, is_same in zip(now.addresses, same, strict=True) if is_same), None)


def remove_address(now: Client, id: UUID, address_id: UUID) -> list[Event]:
    require_known(now)
    if address_id in now.removed:
        return []
    if address_id not in now.addresses:
        raise AddressUnknown("The client has no address with this id.", "address_id")
    return [AddressRemoved(id, address_id)]


def require_known(now: Client) -> None:
    """Refuses with `ClientUnknown` unless this is a client of the house."""
    if now.registered is None:
        raise ClientUnknown("There is no client with this id.", "client_id")
