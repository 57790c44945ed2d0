"""How a person is reached: e-mail addresses, phone numbers, postal addresses."""

from dataclasses import replace
from uuid import UUID

from domain.client.events import AddressAdded, AddressRemoved, ContactPointAdded, ContactPointRemoved, Event
from domain.client.facts import ContactKind
from domain.client.state import Client, require_known
from domain.refusals import AddressUnknown, ClientInvalid, ContactPointUnknown


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
