"""When what is between a client and a calendar event can have been, as far as the calendar event says."""

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.calendar_event.facts import Held
from domain.calendar_event.state import CalendarEvent, require_held
from domain.refusals import InvitationInvalid


def require_not_over(event: CalendarEvent, at: datetime) -> None:
    """Nobody is invited to what is over: refuses with `InvitationInvalid`, and as `require_held` does."""
    if _held(event).ends_at < at:
        raise InvitationInvalid("The event is over by then.", "at")


def require_before(event: CalendarEvent, at: datetime) -> None:
    """Pieces are previewed before the event begins: refuses with `InvitationInvalid`, and as `require_held` does."""
    if _held(event).starts_at <= at:
        raise InvitationInvalid("The event has begun by then: who is there sees what is there.", "at")


def require_its_day(event: CalendarEvent, at: datetime) -> None:
    """Nobody has come on another day: refuses with `InvitationInvalid`, and as `require_held` does."""
    held = _held(event)
    if not held.first_day <= at.astimezone(ZoneInfo(held.time_zone)).date() <= held.last_day:
        raise InvitationInvalid("The event is not held on that day.", "at")


def while_held(event: CalendarEvent, now: datetime) -> datetime:
    """When it was, if nobody says: now, or at the end of an event that is over."""
    return min(now, event.held.ends_at) if event.held else now


def _held(event: CalendarEvent) -> Held:
    require_held(event)
    assert event.held is not None, "what is scheduled has its time"
    return event.held
