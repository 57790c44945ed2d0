"""A person as her events left her."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from domain.client.events import (
    AddressAdded,
    AddressRemoved,
    ClientRegistered,
    ContactPointAdded,
    ContactPointRemoved,
    ContactStateSet,
    DateAdded,
    DateRemoved,
    DeathRecorded,
    DeathWithdrawn,
    Event,
    NameAdded,
    NameCorrected,
    NameRemoved,
    PersonNoted,
    ResidencySet,
    SalutationSet,
    SurprisesSet,
    TraitAdded,
    TraitRemoved,
)
from domain.client.facts import ContactKind, ContactState, Name
from domain.personal import Erased
from domain.refusals import ClientHasDied, ClientInvalid, ClientUnknown, Refusal

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class ContactPoint:
    kind: ContactKind
    value: str | Erased
    state: ContactState = ContactState.UNCONFIRMED
    not_for_surprises: bool = False


@dataclass(frozen=True, slots=True)
class Client:
    """A client, or somebody who is none but whom the house knows through one: `noted`, and not `registered`.

    What there may be several of stands under its id; `removed` are the ids of what was there once
    and is not now.
    """

    noted: PersonNoted | None = None
    registered: ClientRegistered | None = None
    name: Name | Erased | None = None
    salutation: str | Erased | None = None
    died: DeathRecorded | None = None
    names: Mapping[UUID, NameAdded] = field(default_factory=dict)
    contact_points: Mapping[UUID, ContactPoint] = field(default_factory=dict)
    addresses: Mapping[UUID, AddressAdded] = field(default_factory=dict)
    dates: Mapping[UUID, DateAdded] = field(default_factory=dict)
    traits: Mapping[UUID, TraitAdded] = field(default_factory=dict)
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
        case NameAdded(name_id=id):
            return replace(was, names={**was.names, id: event}, removed=was.removed - {id})
        case NameRemoved(name_id=id):
            return replace(was, names=_without(was.names, id), removed=was.removed | {id})
        case SalutationSet(salutation=salutation):
            return replace(was, salutation=salutation)
        case ContactPointAdded(contact_point_id=id, kind=kind, value=value):
            points = {**was.contact_points, id: ContactPoint(kind, value)}
            return replace(was, contact_points=points, removed=was.removed - {id})
        case ContactPointRemoved(contact_point_id=id):
            return replace(was, contact_points=_without(was.contact_points, id), removed=was.removed | {id})
        case ContactStateSet(contact_point_id=id, state=state):
            return replace(was, contact_points=_with(was.contact_points, id, state=state))
        case SurprisesSet(contact_point_id=id, not_for_surprises=kept_from):
            return replace(was, contact_points=_with(was.contact_points, id, not_for_surprises=kept_from))
        case AddressAdded(address_id=id):
            return replace(was, addresses={**was.addresses, id: event}, removed=was.removed - {id})
        case AddressRemoved(address_id=id):
            return replace(was, addresses=_without(was.addresses, id), removed=was.removed | {id})
        case ResidencySet(address_id=id, since=since, until=until):
            return replace(was, addresses=_with(was.addresses, id, since=since, until=until))
        case DateAdded(date_id=id):
            return replace(was, dates={**was.dates, id: event}, removed=was.removed - {id})
        case DateRemoved(date_id=id):
            return replace(was, dates=_without(was.dates, id), removed=was.removed | {id})
        case TraitAdded(trait_id=id):
            return replace(was, traits={**was.traits, id: event}, removed=was.removed - {id})
        case TraitRemoved(trait_id=id):
            return replace(was, traits=_without(was.traits, id), removed=was.removed | {id})
        case DeathRecorded():
            return replace(was, died=event)
        case DeathWithdrawn():
            return replace(was, died=None)


def _without(facts: Mapping[UUID, Fact], id: UUID) -> dict[UUID, Fact]:
    return {key: known for key, known in facts.items() if key != id}


def _with(facts: Mapping[UUID, Any], id: UUID, **changed: object) -> dict[UUID, Any]:
    return {key: replace(known, **changed) if key == id else known for key, known in facts.items()}


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


def require_somebody(now: Client, field: str) -> None:
    """The same of another person than the one in question: `field` is where she was named."""
    if not now.is_known:
        raise ClientUnknown("There is nobody with this id.", field)


def require_client(now: Client) -> None:
    """Refuses with `ClientUnknown` unless this is a client of the house."""
    if now.registered is None:
        raise ClientUnknown("There is no client with this id.", "client_id")


def require_living(now: Client) -> None:
    """Refuses with `ClientUnknown` unless this is a client of the house, and with `ClientHasDied` if she is dead."""
    require_client(now)
    if now.died:
        raise ClientHasDied("Nobody invites the dead.", "client_id")


def require_in_order(since: date | None, until: date | None) -> None:
    """Refuses with `ClientInvalid` what ends before it begins."""
    if since and until and until < since:
        raise ClientInvalid("Nothing ends before it begins.", "until")


def removed(now: Client, facts: Mapping[UUID, object], id: UUID, event: Event, unknown: Refusal) -> list[Event]:
    """The decision to remove one of the `facts`: `event`, once; refuses with `unknown` what was never there."""
    require_known(now)
    if id in now.removed:
        return []
    if id not in facts:
        raise unknown
    return [event]
