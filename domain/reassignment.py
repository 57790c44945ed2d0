"""The reassignment of an associate's book: that it was ordered, for which clients, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

from domain.left_alone import LeftAlone
from domain.personal import Personal
from domain.refusals import KeyReused, ReassignmentInvalid

# ---------------------------------------------------------------------------------------------------------------- facts


class Cause(StrEnum):
    """Why a book changes hands."""

    LEFT = "left"
    AWAY = "away"
    MOVED = "moved"
    BALANCE = "balance"
    CLIENTS_WISH = "clients-wish"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Share:
    """Whom an associate gets, and the store where she serves them."""

    associate_id: str
    store_id: str | None
    clients: tuple[UUID, ...]


# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class ReassignmentOrdered:
    """`person_id` is the id of the stream of the associate whose book it is; `remark` may quote people."""

    PERSON: ClassVar[str] = "person_id"
    person_id: UUID
    reassignment_id: UUID
    associate_id: str
    shares: tuple[Share, ...]
    categories: tuple[str, ...] | None
    since: date
    until: date | None
    cause: Cause
    remark: Personal[str | None]


@dataclass(frozen=True, slots=True)
class ReassignmentCompleted:
    reassignment_id: UUID
    associate_id: str
    moved: int
    left_alone: tuple[LeftAlone, ...]


Event: TypeAlias = ReassignmentOrdered | ReassignmentCompleted

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Reassignment:
    ordered: ReassignmentOrdered | None = None
    completed: ReassignmentCompleted | None = None


def evolve(was: Reassignment, event: Event) -> Reassignment:
    match event:
        case ReassignmentOrdered():
            return replace(was, ordered=event)
        case ReassignmentCompleted():
            return replace(was, completed=event)


def after(events: Iterable[object]) -> Reassignment:
    """The reassignment these events are about."""
    now = Reassignment()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions

REASSIGNMENTS: Final = UUID("5f8d1e2c-6a7b-5c9d-8e0f-3a4b5c6d7e8f")

# An event is read and relayed as a whole.
MOST_CLIENTS: Final = 10_000


def dealt(clients: Iterable[UUID], takers: Sequence[str]) -> dict[str, tuple[UUID, ...]]:
    """The clients shared out evenly, one after the other."""
    hers = sorted(clients)
    return {taker: tuple(hers[at :: len(takers)]) for at, taker in enumerate(takers)}


def order(now: Reassignment, event: ReassignmentOrdered) -> list[Event]:
    if event.until and event.until < event.since:
        raise ReassignmentInvalid("Nobody stands in until a day before she begins.", "until")
    if len({share.associate_id for share in event.shares}) < len(event.shares):
        raise ReassignmentInvalid("Each associate is named once.", "to")
    everyone = [client_id for share in event.shares for client_id in share.clients]
    if len(set(everyone)) < len(everyone):
        raise ReassignmentInvalid("Each client goes to one associate.", "to")
    if len(everyone) > MOST_CLIENTS:
        raise ReassignmentInvalid(f"More than {MOST_CLIENTS} clients are reassigned in parts: name them.", "clients")
    if now.ordered is None:
        return [event]
    if _terms(now.ordered) == _terms(event):
        return []
    raise KeyReused("This key came with another request before.", "Idempotency-Key")


def complete(now: Reassignment, outcome: ReassignmentCompleted) -> list[Event]:
    """What came of it is said once."""
    return [] if now.completed else [outcome]


def _terms(event: ReassignmentOrdered) -> ReassignmentOrdered:
    """What was asked for; who was in the book at the moment is not part of it."""
    return replace(event, shares=tuple(replace(share, clients=()) for share in event.shares))
