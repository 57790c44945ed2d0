"""An organization: a body, a designer, a collection or any other grouping that clients belong to or care about.

Women's and men's lists of one designer are two organizations, each of its own world.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, TypeAlias
from uuid import UUID

from domain.refusals import OrganizationDiffers, OrganizationInvalid, OrganizationIsClosed, OrganizationUnknown
from domain.scope import Scope, require_named

# ---------------------------------------------------------------------------------------------------------------- facts

KINDS: Final = ("body", "designer", "collection", "brand", "club", "grouping")
"""The kinds that the house offers; any other word is a kind of the retailer's own."""


class World(StrEnum):
    """For whom a designer or a collection works: each world has a list of its own."""

    WOMEN = "women"
    MEN = "men"


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class OrganizationFounded:
    """The house took up an organization. `part_of` is a larger one that was there before, as a designer's house."""

    organization_id: UUID
    name: str
    kind: str
    world: World | None
    scope: Scope
    part_of: UUID | None


@dataclass(frozen=True, slots=True)
class OrganizationRenamed:
    organization_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class OrganizationRescoped:
    organization_id: UUID
    scope: Scope


@dataclass(frozen=True, slots=True)
class OrganizationClosed:
    """Nobody joins it any more; who is in it stays."""

    organization_id: UUID


@dataclass(frozen=True, slots=True)
class OrganizationReopened:
    organization_id: UUID


Event: TypeAlias = (
    OrganizationFounded | OrganizationRenamed | OrganizationRescoped | OrganizationClosed | OrganizationReopened
)

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Organization:
    founded: OrganizationFounded | None = None
    name: str | None = None
    scope: Scope | None = None
    closed: bool = False


def evolve(was: Organization, event: Event) -> Organization:
    match event:
        case OrganizationFounded(name=name, scope=scope):
            return replace(was, founded=event, name=name, scope=scope)
        case OrganizationRenamed(name=name):
            return replace(was, name=name)
        case OrganizationRescoped(scope=scope):
            return replace(was, scope=scope)
        case OrganizationClosed():
            return replace(was, closed=True)
        case OrganizationReopened():
            return replace(was, closed=False)


def after(events: Iterable[object]) -> Organization:
    """The organization these events are about; what an id of another noun leads to is no organization."""
    now = Organization()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions


def found(now: Organization, event: OrganizationFounded) -> list[Event]:
    require_named(event.scope, OrganizationInvalid)
    if now.founded is None:
        return [event]
    if now.founded == event:
        return []
    raise OrganizationDiffers("An organization with this id was founded already, as another one.", "organization_id")


def rename(now: Organization, id: UUID, name: str) -> list[Event]:
    require_known(now)
    return [] if now.name == name else [OrganizationRenamed(id, name)]


def rescope(now: Organization, id: UUID, scope: Scope) -> list[Event]:
    require_known(now)
    require_named(scope, OrganizationInvalid)
    return [] if now.scope == scope else [OrganizationRescoped(id, scope)]


def close(now: Organization, id: UUID) -> list[Event]:
    require_known(now)
    return [] if now.closed else [OrganizationClosed(id)]


def reopen(now: Organization, id: UUID) -> list[Event]:
    require_known(now)
    return [OrganizationReopened(id)] if now.closed else []


def require_known(now: Organization, field: str = "organization_id") -> None:
    """Refuses with `OrganizationUnknown`, naming `field`, unless this is an organization."""
    if now.founded is None:
        raise OrganizationUnknown("There is no organization with this id.", field)


def require_open(now: Organization, field: str = "organization_id") -> None:
    """Refuses with `OrganizationUnknown` or `OrganizationIsClosed`, naming `field`, where nobody can join."""
    require_known(now, field)
    if now.closed:
        raise OrganizationIsClosed("This organization is closed; nobody joins it any more.", field)
