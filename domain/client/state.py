"""A person as her events left her."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from domain.client.events import (
    AddressAdded,
    AddressRemoved,
    ClientRegistered,
    ContactPointAdded,
    ContactPointRemoved,
    Event,
    NameCorrected,
    PersonNoted,
)
from domain.client.facts import ContactKind, Name
from domain.personal import Erased
from domain.refusals import ClientUnknown


@dataclass(frozen=True, slots=True)
class Client:
    """A client, or somebody who is none but whom the house knows through one: `noted`, and not `registered`."""

    noted: PersonNoted | None = None
    registered: ClientRegistered | None = None
    name: Name | Erased | None = None
    contact_points: dict[UUID, tuple[ContactKind, str | Erased]] = field(default_factory=dict)
    addresses: dict[UUID, AddressAdded] = field(default_factory=dict)
    removed: frozenset[UUID] = frozenset()

    @property
    def is_known(self) -> bool:
        return self.noted is not None or self.registered is not None


def evolve(was: Client, event: Event) -> Client:
    match event:
        case ClientRegistered(name=name):
            return replace(was, registered=event, name=name)
        case PersonNoted(name=name):
            return replace(was, noted=event, name=name)
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
    """The person these events are about; what an id of another noun leads to is nobody."""
    now = Client()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


def require_known(now: Client) -> None:
    """Refuses with `ClientUnknown` unless the house knows this person, as a client or through one."""
    if not now.is_known:
        raise ClientUnknown("There is no client with this id.", "client_id")


def require_client(now: Client) -> None:
    """Refuses with `ClientUnknown` unless this is a client of the house."""
    if now.registered is None:
        raise ClientUnknown("There is no client with this id.", "client_id")
