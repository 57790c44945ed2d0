"""What a calendar event is now: the state that its events fold to."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domain.calendar_event.events import (
    AssortmentBrought,
    CalendarEventCancelled,
    CalendarEventDescribed,
    CalendarEventMoved,
    CalendarEventReinstated,
    CalendarEventRescoped,
    CalendarEventScheduled,
    Event,
    PieceTakenOut,
    PutOnCalendar,
    TakenOffCalendar,
    TargetRemoved,
    TargetSet,
)
from domain.calendar_event.facts import Held, Piece, piece_id
from domain.refusals import CalendarEventIsCancelled, CalendarEventUnknown
from domain.scope import Scope


class Target(NamedTuple):
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """`scheduled` is the first event. `ever_brought` are the ids of all pieces that were, also of those taken out;
    `targets` are those of a store and one of its associates, or None for the whole store."""

    scheduled: CalendarEventScheduled | None = None
    name: str | None = None
    kind: str | None = None
    venue: str | None = None
    organizations: frozenset[UUID] = frozenset()
    scope: Scope | None = None
    held: Held | None = None
    cancelled: bool = False
    reason: str | None = None
    pieces: dict[UUID, Piece] = field(default_factory=dict)
    ever_brought: frozenset[UUID] = frozenset()
    targets: dict[tuple[str, str | None], Target] = field(default_factory=dict)


def evolve(was: CalendarEvent, event: Event) -> CalendarEvent:
    match event:
        case CalendarEventScheduled(name=name, kind=kind, venue=venue, organizations=organizations):
            said = replace(was, name=name, kind=kind, venue=venue, scope=event.scope, held=event.held)
            return replace(said, scheduled=event, organizations=frozenset(organizations))
        case CalendarEventDescribed(name=name, kind=kind, venue=venue):
            return replace(was, name=name, kind=kind, venue=venue)
        case CalendarEventMoved(held=held):
            return replace(was, held=held)
        case CalendarEventRescoped(scope=scope):
            return replace(was, scope=scope)
        case PutOnCalendar(organization_id=organization_id):
            return replace(was, organizations=was.organizations | {organization_id})
        case TakenOffCalendar(organization_id=organization_id):
            return replace(was, organizations=was.organizations - {organization_id})
        case CalendarEventCancelled(reason=reason):
            return replace(was, cancelled=True, reason=reason)
        case CalendarEventReinstated():
            return replace(was, cancelled=False, reason=None)
        case AssortmentBrought(calendar_event_id=id, pieces=pieces):
            brought = {piece_id(id, each.sku, each.serial_number): each for each in pieces}
            return replace(was, pieces={**was.pieces, **brought}, ever_brought=was.ever_brought | brought.keys())
        case PieceTakenOut(piece_id=taken):
            return replace(was, pieces={id: piece for id, piece in was.pieces.items() if id != taken})
        case TargetSet(store_id=store_id, associate_id=associate_id, amount=amount, currency=currency):
            return replace(was, targets={**was.targets, (store_id, associate_id): Target(amount, currency)})
        case TargetRemoved(store_id=store_id, associate_id=associate_id):
            kept = {whose: target for whose, target in was.targets.items() if whose != (store_id, associate_id)}
            return replace(was, targets=kept)


def after(events: Iterable[object]) -> CalendarEvent:
    """The calendar event these events are about; what an id of another noun leads to is no calendar event."""
    now = CalendarEvent()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


def require_known(now: CalendarEvent, field: str = "calendar_event_id") -> None:
    """Refuses with `CalendarEventUnknown`, naming `field`, unless this is a calendar event."""
    if now.scheduled is None:
        raise CalendarEventUnknown("There is no calendar event with this id.", field)


def require_held(now: CalendarEvent, field: str = "calendar_event_id") -> None:
    """Refuses with `CalendarEventUnknown` or `CalendarEventIsCancelled`, naming `field`, unless it is to be held."""
    require_known(now, field)
    if now.cancelled:
        raise CalendarEventIsCancelled("This calendar event is cancelled; reinstate it first.", field)
