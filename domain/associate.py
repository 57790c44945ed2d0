"""An associate of the house: at which store, in which role, from when to when.

Her id is the short code that everybody writes. Feeds may name an associate before she is known here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Final, TypeAlias, TypeVar
from uuid import UUID

from domain.access import Role
from domain.personal import Personal
from domain.refusals import AssociateDiffers, AssociateInvalid, AssociateUnknown
from domain.values import named_id

T = TypeVar("T")

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class AssociateJoined:
    """`person_id` is the id of her stream; `store_id` is None where she works for the whole house."""

    PERSON: ClassVar[str] = "person_id"
    person_id: UUID
    associate_id: str
    name: Personal[str]
    role: Role
    store_id: str | None
    since: date


@dataclass(frozen=True, slots=True)
class AssociateMoved:
    associate_id: str
    store_id: str | None
    since: date


@dataclass(frozen=True, slots=True)
class RoleGiven:
    associate_id: str
    role: Role
    since: date


@dataclass(frozen=True, slots=True)
class AssociateLeft:
    """`left_on` is her last day, as it is known now."""

    associate_id: str
    left_on: date


Event: TypeAlias = AssociateJoined | AssociateMoved | RoleGiven | AssociateLeft

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Associate:
    """`stores` and `roles` by the day since when."""

    joined: AssociateJoined | None = None
    stores: dict[date, str | None] = field(default_factory=dict)
    roles: dict[date, Role] = field(default_factory=dict)
    left_on: date | None = None

    def store_on(self, on: date) -> str | None:
        return _on(self.stores, on)

    def role_on(self, on: date) -> Role | None:
        return _on(self.roles, on)


def _on(by_day: Mapping[date, T], on: date) -> T | None:
    """What held on this day: what began last before it."""
    return by_day[max(begun)] if (begun := [day for day in by_day if day <= on]) else None


def evolve(was: Associate, event: Event) -> Associate:
    match event:
        case AssociateJoined(store_id=store_id, role=role, since=since):
            return replace(was, joined=event, stores={since: store_id}, roles={since: role})
        case AssociateMoved(store_id=store_id, since=since):
            return replace(was, stores={**was.stores, since: store_id})
        case RoleGiven(role=role, since=since):
            return replace(was, roles={**was.roles, since: role})
        case AssociateLeft(left_on=on):
            return replace(was, left_on=on)


def after(events: Iterable[object]) -> Associate:
    """The associate these events are about; what an id of another noun leads to is nobody."""
    now = Associate()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions

ASSOCIATES: Final = UUID("b3c9e6d4-71f2-5a8b-9c0d-2e4f6a8b0c1d")


def stream_id(associate_id: str) -> UUID:
    return named_id(ASSOCIATES, associate_id)


def join(now: Associate, event: AssociateJoined) -> list[Event]:
    if now.joined is None:
        return [event]
    if now.joined == event:
        return []
    raise AssociateDiffers("There is an associate with this id already, with other data.", "id")


def move(now: Associate, associate_id: str, store_id: str | None, since: date) -> list[Event]:
    _require_after_joining(now, since)
    return [] if now.store_on(since) == store_id else [AssociateMoved(associate_id, store_id, since)]


def give_role(now: Associate, associate_id: str, role: Role, since: date) -> list[Event]:
    _require_after_joining(now, since)
    return [] if now.role_on(since) == role else [RoleGiven(associate_id, role, since)]


def leave(now: Associate, associate_id: str, on: date) -> list[Event]:
    """Said again with another day, that is the day from then on."""
    if on < require_associate(now, "associate_id").since:
        raise AssociateInvalid("Nobody leaves before she joins.", "on")
    return [] if now.left_on == on else [AssociateLeft(associate_id, on)]


def require_associate(now: Associate, field: str) -> AssociateJoined:
    """Refuses with `AssociateUnknown`, naming `field`, unless this is an associate of the house."""
    if now.joined is None:
        raise AssociateUnknown("There is no associate with this id.", field)
    return now.joined


def require_at_work(now: Associate, field: str, on: date) -> None:
    """Refuses with `AssociateUnknown` or `AssociateInvalid`, naming `field`, who is none of the house, or has left it
    before this day."""
    require_associate(now, field)
    if has_left(now, on):
        raise AssociateInvalid("She has left the house.", field)


def has_left(now: Associate, on: date) -> bool:
    """Whether her last day was before this one."""
    return now.left_on is not None and now.left_on < on


def _require_after_joining(now: Associate, since: date) -> None:
    if since < require_associate(now, "associate_id").since:
        raise AssociateInvalid("She joined the house later than that.", "since")
