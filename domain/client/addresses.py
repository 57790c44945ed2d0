"""How a person is reached: e-mail addresses, phone numbers, postal addresses."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from domain.client.events import (
    AddressAdded,
    AddressRemoved,
    ContactPointAdded,
    ContactPointRemoved,
    ContactStateSet,
    Event,
    ResidencySet,
    SurprisesSet,
)
from domain.client.facts import ContactKind, ContactState
from domain.client.state import Client, ContactPoint, removed, require_in_order, require_known
from domain.refusals import AddressUnknown, ContactPointUnknown


def add_contact_point(now: Client, id: UUID, contact_point_id: UUID, kind: ContactKind, value: str) -> list[Event]:
    require_known(now)
    if known_contact_point(now, kind, value):
        return []
    return [ContactPointAdded(id, contact_point_id, kind, value)]


def known_contact_point(now: Client, kind: ContactKind, value: str) -> UUID | None:
    """The id under which the client has this contact point already."""
    return next((id for id, known in now.contact_points.items() if (known.kind, known.value) == (kind, value)), None)


def remove_contact_point(now: Client, id: UUID, contact_point_id: UUID) -> list[Event]:
    event = ContactPointRemoved(id, contact_point_id)
    return removed(now, now.contact_points, contact_point_id, event, _no_contact_point())


def set_contact_state(now: Client, id: UUID, contact_point_id: UUID, state: ContactState) -> list[Event]:
    known = _contact_point(now, contact_point_id)
    return [] if known.state is state else [ContactStateSet(id, contact_point_id, state)]


def set_surprises(now: Client, id: UUID, contact_point_id: UUID, *, not_for_surprises: bool) -> list[Event]:
    known = _contact_point(now, contact_point_id)
    if known.not_for_surprises == not_for_surprises:
        return []
    return [SurprisesSet(id, contact_point_id, not_for_surprises)]


def add_address(now: Client, added: AddressAdded) -> list[Event]:
    require_known(now)
    require_in_order(added.since, added.until)
    return [] if known_address(now, added) else [added]


def known_address(now: Client, added: AddressAdded) -> UUID | None:
    """The id under which the client has this address already, of the same type and for the same time."""
    same = (replace(known, address_id=added.address_id) == added for known in now.addresses.values())
    return next((id for id, is_same in zip(now.addresses, same, strict=True) if is_same), None)


def remove_address(now: Client, id: UUID, address_id: UUID) -> list[Event]:
    return removed(now, now.addresses, address_id, AddressRemoved(id, address_id), _no_address())


def set_residency(now: Client, id: UUID, address_id: UUID, since: date | None, until: date | None) -> list[Event]:
    """Since when and until when she lives, or lived, there: the address keeps its id."""
    require_known(now)
    require_in_order(since, until)
    known = now.addresses.get(address_id)
    if known is None:
        raise _no_address()
    return [] if (known.since, known.until) == (since, until) else [ResidencySet(id, address_id, since, until)]


def _contact_point(now: Client, contact_point_id: UUID) -> ContactPoint:
    require_known(now)
    if contact_point_id not in now.contact_points:
        raise _no_contact_point()
    return now.contact_points[contact_point_id]


def _no_contact_point() -> ContactPointUnknown:
    return ContactPointUnknown("The client has no contact point with this id.", "contact_point_id")


def _no_address() -> AddressUnknown:
    return AddressUnknown("The client has no address with this id.", "address_id")
