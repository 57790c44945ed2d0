"""What happened to a calendar event: something that clients are invited to, on the calendars of organizations.

It reaches those who belong to one of its organizations or are interested in it while it is held, whatever was recorded
first. Nothing is written for each of them.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from domain.calendar_event.facts import Held, Piece
from domain.scope import Scope


@dataclass(frozen=True, slots=True)
class CalendarEventScheduled:
    """An event is to be held, on the calendars of these organizations; of a region or a store by its `scope`."""

    calendar_event_id: UUID
    name: str
    kind: str
    organizations: tuple[UUID, ...]
    scope: Scope
    held: Held
    venue: str | None


@dataclass(frozen=True, slots=True)
class CalendarEventDescribed:
    """What it is called, of which kind it is, and where it is held, from now on."""

    calendar_event_id: UUID
    name: str
    kind: str
    venue: str | None


@dataclass(frozen=True, slots=True)
class CalendarEventMoved:
    """It is held at another time than `previous`."""

    calendar_event_id: UUID
    held: Held
    previous: Held


@dataclass(frozen=True, slots=True)
class CalendarEventRescoped:
    calendar_event_id: UUID
    scope: Scope


@dataclass(frozen=True, slots=True)
class PutOnCalendar:
    calendar_event_id: UUID
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class TakenOffCalendar:
    calendar_event_id: UUID
    organization_id: UUID


@dataclass(frozen=True, slots=True)
class CalendarEventCancelled:
    """It is not held. What was recorded of it stays."""

    calendar_event_id: UUID
    reason: str | None


@dataclass(frozen=True, slots=True)
class CalendarEventReinstated:
    """It is held after all."""

    calendar_event_id: UUID


@dataclass(frozen=True, slots=True)
class AssortmentBrought:
    """These pieces are brought to it; of one that was brought already this is what is known from now on."""

    calendar_event_id: UUID
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class PieceTakenOut:
    """The piece, known by what `piece_id` makes of it, is not brought."""

    calendar_event_id: UUID
    piece_id: UUID


@dataclass(frozen=True, slots=True)
class TargetSet:
    """What a store, or one of its associates, is to sell: net, without tax. Said again, that is the target."""

    calendar_event_id: UUID
    store_id: str
    associate_id: str | None
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class TargetRemoved:
    calendar_event_id: UUID
    store_id: str
    associate_id: str | None


Event: TypeAlias = (
    CalendarEventScheduled
    | CalendarEventDescribed
    | CalendarEventMoved
    | CalendarEventRescoped
    | PutOnCalendar
    | TakenOffCalendar
    | CalendarEventCancelled
    | CalendarEventReinstated
    | AssortmentBrought
    | PieceTakenOut
    | TargetSet
    | TargetRemoved
)
