"""What a file of another system says about a client, field by field, and what becomes of it.

A field that the file does not say is not in the patch and stays as it is; `None` clears it. Where there may be several
(e-mail addresses, tags), a value takes the place of what the same feed gave before, and what others entered stays;
clearing clears them all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from domain.client.addresses import add_address, add_contact_point, remove_address, remove_contact_point
from domain.client.events import AddressAdded, ClientRegistered, DateAdded, Event
from domain.client.facts import AddressType, ContactKind, DateKind, Name, PostalAddress, Reference, TraitKind
from domain.client.life import add_date, remove_date
from domain.client.registration import client_id, correct_name, register
from domain.client.state import Client, evolve
from domain.client.traits import add_trait, remove_trait
from domain.days import CalendarDay
from domain.refusals import ClientInvalid
from domain.values import named_id

_GIVEN: Final = UUID("2f6e0b5c-58f1-5c0e-9a51-3a1f5f0b7d42")


@dataclass(frozen=True, slots=True)
class ClientPatch:
    """One client as the system `reference.source` knows her. `store_id` is the store that takes her up, if she is new.

    `name` and `address` hold parts by the names of the fields of `Name` and `PostalAddress`; an address whose country
    is None clears them all. `birthday` is empty if nothing is said of it.
    """

    reference: Reference
    store_id: str | None = None
    name: Mapping[str, str | None] = field(default_factory=dict)
    contact_points: Mapping[ContactKind, str | None] = field(default_factory=dict)
    address: Mapping[str, Any] = field(default_factory=dict)
    birthday: Sequence[CalendarDay | None] = ()
    traits: Mapping[TraitKind, Sequence[str] | None] = field(default_factory=dict)

    @property
    def client_id(self) -> UUID:
        return client_id(self.reference)

    def id_of(self, *fact: str) -> UUID:
        """The id of a fact that this feed gave: the same whenever it gives it again."""
        return named_id(_GIVEN, self.reference.source, str(self.client_id), *fact)


def apply(now: Client, patch: ClientPatch) -> list[Event]:
    """What is news in a patch; refuses as the decisions do that it is made of."""
    telling = _Telling(now)
    _name(telling, patch)
    for kind, value in patch.contact_points.items():
        _contact_point(telling, patch, kind, value)
    if patch.address:
        _address(telling, patch)
    for day in patch.birthday:
        _birthday(telling, patch, day)
    for trait, values in patch.traits.items():
        _traits(telling, patch, trait, values)
    return telling.events


class _Telling:
    """Decisions one after the other, each about what the ones before it left."""

    def __init__(self, now: Client) -> None:
        self.now = now
        self.events: list[Event] = []

    def then(self, decide: Callable[..., list[Event]], *said: Any) -> None:
        for event in decide(self.now, *said):
            self.events.append(event)
            self.now = evolve(self.now, event)


def _name(telling: _Telling, patch: ClientPatch) -> None:
    known = telling.now.name if isinstance(telling.now.name, Name) else None
    parts: dict[str, str | None] = {}
    if known:
        parts = {"family": known.family, "given": known.given, "title": known.title}
    parts = {"family": None, "given": None, "title": None, **parts, **patch.name}
    name = Name(parts["family"], parts["given"], parts["title"]) if parts["family"] else None
    if patch.name and name is None:
        raise ClientInvalid("A name has a family name.", "family")
    if telling.now.registered is None:
        telling.then(register, ClientRegistered(patch.client_id, patch.store_id, name, patch.reference))
    elif patch.name:
        telling.then(correct_name, patch.client_id, name)


def _contact_point(telling: _Telling, patch: ClientPatch, kind: ContactKind, value: str | None) -> None:
    if value is not None:
        telling.then(add_contact_point, patch.client_id, patch.id_of(kind, value), kind, value)
    for id, point in telling.now.contact_points.items():
        given = isinstance(point.value, str) and id == patch.id_of(kind, point.value)
        if point.kind is kind and (value is None or (given and point.value != value)):
            telling.then(remove_contact_point, patch.client_id, id)


def _address(telling: _Telling, patch: ClientPatch) -> None:
    cleared = patch.address.get("country", "") is None
    given = {
        id: known.address
        for id, known in telling.now.addresses.items()
        if isinstance(known.address, PostalAddress) and id == _address_id(patch, known.address)
    }
    if not cleared:
        before = next(iter(given.values()), PostalAddress(""))
        address = replace(before, **patch.address)
        if not address.country:
            raise ClientInvalid("An address has a country.", "country")
        id = _address_id(patch, address)
        if all(known.address != address for known in telling.now.addresses.values()):
            telling.then(add_address, AddressAdded(patch.client_id, id, AddressType.HOME, address, None, None))
        given.pop(id, None)
    for id in telling.now.addresses if cleared else given:
        telling.then(remove_address, patch.client_id, id)


def _address_id(patch: ClientPatch, address: PostalAddress) -> UUID:
    parts = (*address.lines, address.city or "", address.region or "", address.postal_code or "", address.country)
    return patch.id_of("address", *parts)


def _birthday(telling: _Telling, patch: ClientPatch, day: CalendarDay | None) -> None:
    if day is not None:
        id = patch.id_of(DateKind.BIRTHDAY)
        telling.then(add_date, DateAdded(patch.client_id, id, DateKind.BIRTHDAY, None, day, True))
        return
    for id, known in telling.now.dates.items():
        if known.kind is DateKind.BIRTHDAY:
            telling.then(remove_date, patch.client_id, id)


def _traits(telling: _Telling, patch: ClientPatch, kind: TraitKind, values: Sequence[str] | None) -> None:
    for value in values or ():
        telling.then(add_trait, patch.client_id, patch.id_of(kind, value), kind, value)
    said = {value.casefold() for value in values or ()}
    for id, known in telling.now.traits.items():
        was = known.value
        of_feed = isinstance(was, str) and id == patch.id_of(kind, was) and was.casefold() not in said
        if known.kind is kind and (values is None or of_feed):
            telling.then(remove_trait, patch.client_id, id)
