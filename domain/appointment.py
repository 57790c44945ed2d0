"""An appointment of a client at a store: made, moved, cancelled, kept or not kept.

What was not kept is over: she is given another appointment, so that both stay countable.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.calendar_event.facts import Held
from domain.personal import Personal
from domain.refusals import AppointmentInvalid, AppointmentIsCancelled, AppointmentUnknown

# --------------------------------------------------------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class AppointmentMade:
    """`out_of_hours`: the store opens for her alone."""

    PERSON: ClassVar[str] = "client_id"
    client_id: UUID
    appointment_id: UUID
    associate_id: str
    store_id: str
    time: Held
    out_of_hours: bool
    calendar_event_id: UUID | None
    remark: Personal[str | None]


@dataclass(frozen=True, slots=True)
class AppointmentMoved:
    client_id: UUID
    appointment_id: UUID
    time: Held
    previous: Held


@dataclass(frozen=True, slots=True)
class AppointmentCancelled:
    client_id: UUID
    appointment_id: UUID


@dataclass(frozen=True, slots=True)
class AppointmentKept:
    """She came. Said after `AppointmentMissed`, it puts that right, and the other way round."""

    client_id: UUID
    appointment_id: UUID


@dataclass(frozen=True, slots=True)
class AppointmentMissed:
    client_id: UUID
    appointment_id: UUID


Event: TypeAlias = AppointmentMade | AppointmentMoved | AppointmentCancelled | AppointmentKept | AppointmentMissed

# ---------------------------------------------------------------------------------------------------------------- state


@dataclass(frozen=True, slots=True)
class Appointment:
    """`time` is when it is by now; whether she `kept` it is None as long as nobody has said."""

    made: AppointmentMade | None = None
    time: Held | None = None
    cancelled: bool = False
    kept: bool | None = None


def evolve(was: Appointment, event: Event) -> Appointment:
    match event:
        case AppointmentMade(time=time):
            return Appointment(event, time)
        case AppointmentMoved(time=time):
            return replace(was, time=time)
        case AppointmentCancelled():
            return replace(was, cancelled=True)
        case AppointmentKept():
            return replace(was, kept=True)
        case AppointmentMissed():
            return replace(was, kept=False)


def after(events: Iterable[object]) -> Appointment:
    """The appointment these events are about; what an id of another noun leads to is no appointment."""
    now = Appointment()
    for event in events:
        if isinstance(event, Event):
            now = evolve(now, event)
    return now


# ------------------------------------------------------------------------------------------------------------ decisions

LONGEST: Final = timedelta(days=1)


def make(now: Appointment, event: AppointmentMade) -> list[Event]:
    """One of the past is recorded like any other."""
    if now.made is not None:
        if now.made == event:
            return []
        raise AppointmentInvalid("There is an appointment with this id already.", "appointment_id")
    _check(event.time)
    return [event]


def move(now: Appointment, client_id: UUID, time: Held) -> list[Event]:
    made, was = _standing(now, client_id)
    if was == time:
        return []
    if now.kept is not None:
        raise AppointmentInvalid("This one is over; make another one.", "starts")
    _check(time)
    return [AppointmentMoved(client_id, made.appointment_id, time, was)]


def cancel(now: Appointment, client_id: UUID) -> list[Event]:
    """Also one that was said to be missed: she had cancelled it."""
    made = require_known(now, client_id)
    if now.cancelled:
        return []
    if now.kept:
        raise AppointmentInvalid("She kept it; nothing is left to cancel.", "appointment_id")
    return [AppointmentCancelled(client_id, made.appointment_id)]


def keep(now: Appointment, client_id: UUID, at: datetime) -> list[Event]:
    """She came, earlier or later than at the hour, but on no day before; `at` is when that is said."""
    made, time = _standing(now, client_id)
    if at.astimezone(ZoneInfo(time.time_zone)).date() < time.first_day:
        raise AppointmentInvalid("Nothing is kept before its day; move it if she comes earlier.", "kept")
    return [] if now.kept else [AppointmentKept(client_id, made.appointment_id)]


def miss(now: Appointment, client_id: UUID, at: datetime) -> list[Event]:
    """She did not come; `at` is when that is said."""
    made, time = _standing(now, client_id)
    if at < time.starts_at:
        raise AppointmentInvalid("Nothing is missed before it begins.", "kept")
    return [] if now.kept is False else [AppointmentMissed(client_id, made.appointment_id)]


def require_known(now: Appointment, client_id: UUID) -> AppointmentMade:
    """The first event; refuses with `AppointmentUnknown` unless this is an appointment of this client."""
    if now.made is None or now.made.client_id != client_id:
        raise AppointmentUnknown("There is no appointment with this id.", "appointment_id")
    return now.made


def _standing(now: Appointment, client_id: UUID) -> tuple[AppointmentMade, Held]:
    """Its first event and when it is; refuses one that was cancelled."""
    made = require_known(now, client_id)
    if now.cancelled:
        raise AppointmentIsCancelled("This appointment was cancelled; make another one.", "appointment_id")
    return made, now.time or made.time


def _check(time: Held) -> None:
    if not time.starts_at < time.ends_at <= time.starts_at + LONGEST:
        raise AppointmentInvalid("An appointment ends after it begins, within a day.", "ends")
