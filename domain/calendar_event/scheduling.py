"""Decisions about a calendar event: what it is, when it is held, how far it reaches, and on whose calendars it is.

It may be on nobody's calendar: then it reaches those who are added to its list by hand, like the guests of a dinner.
One that is cancelled can still be described and moved, so that it is right before it is reinstated.
"""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.calendar_event.events import (
    CalendarEventCancelled,
    CalendarEventDescribed,
    CalendarEventMoved,
    CalendarEventReinstated,
    CalendarEventRescoped,
    CalendarEventScheduled,
    Event,
    PutOnCalendar,
    TakenOffCalendar,
)
from domain.calendar_event.facts import Held
from domain.calendar_event.state import CalendarEvent, require_known
from domain.refusals import CalendarEventDiffers, CalendarEventInvalid, Refusal
from domain.scope import Scope, require_named


def held(starts: datetime, ends: datetime, time_zone: str, invalid: type[Refusal] = CalendarEventInvalid) -> Held:
    """When something is held whose beginning and end the clocks of its place show like this.

    Refuses as `invalid` a zone that is not known, a time that the clocks skip, and what does not end
    after it starts. A time that they show twice is the first of both.
    """
    try:
        zone = ZoneInfo(time_zone)
    except (KeyError, OSError, ValueError):
        raise invalid("This is no time zone of the IANA, like Europe/Paris.", "time_zone") from None
    starts_at, ends_at = _shown(starts, zone, "starts", invalid), _shown(ends, zone, "ends", invalid)
    if ends_at <= starts_at:
        raise invalid("It ends after it starts.", "ends")
    return Held(starts_at, ends_at, time_zone)


def schedule(now: CalendarEvent, event: CalendarEventScheduled) -> list[Event]:
    require_named(event.scope, CalendarEventInvalid)
    if now.scheduled is None:
        return [event]
    if now.scheduled == event:
        return []
    raise CalendarEventDiffers("An event with this id was scheduled already, as another one.", "calendar_event_id")


def describe(now: CalendarEvent, id: UUID, name: str, kind: str, venue: str | None) -> list[Event]:
    require_known(now)
    if (now.name, now.kind, now.venue) == (name, kind, venue):
        return []
    return [CalendarEventDescribed(id, name, kind, venue)]


def move(now: CalendarEvent, id: UUID, to: Held) -> list[Event]:
    require_known(now)
    return [] if now.held is None or now.held == to else [CalendarEventMoved(id, to, now.held)]


def rescope(now: CalendarEvent, id: UUID, scope: Scope) -> list[Event]:
    require_known(now)
    require_named(scope, CalendarEventInvalid)
    return [] if now.scope == scope else [CalendarEventRescoped(id, scope)]


def put_on(now: CalendarEvent, id: UUID, organization_id: UUID) -> list[Event]:
    require_known(now)
    return [] if organization_id in now.organizations else [PutOnCalendar(id, organization_id)]


def take_off(now: CalendarEvent, id: UUID, organization_id: UUID) -> list[Event]:
    """Whoever it reached through this organization alone, it does no longer; who is on its list stays there."""
    require_known(now)
    return [TakenOffCalendar(id, organization_id)] if organization_id in now.organizations else []


def cancel(now: CalendarEvent, id: UUID, reason: str | None) -> list[Event]:
    """Another reason later is the right one."""
    require_known(now)
    return [] if now.cancelled and reason in (None, now.reason) else [CalendarEventCancelled(id, reason)]


def reinstate(now: CalendarEvent, id: UUID) -> list[Event]:
    require_known(now)
    return [CalendarEventReinstated(id)] if now.cancelled else []


def _shown(by_clock: datetime, zone: ZoneInfo, field: str, invalid: type[Refusal]) -> datetime:
    at = by_clock.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None, fold=0) != by_clock.replace(fold=0):
        raise invalid("The clocks of this place skip that time on that day.", field)
    return at
