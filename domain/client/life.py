"""The days of a person's life, and its end."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from domain.client.events import DateAdded, DateRemoved, DeathRecorded, DeathWithdrawn, Event
from domain.client.facts import DateKind
from domain.client.state import Client, removed, require_known
from domain.days import CalendarDay
from domain.refusals import ClientInvalid, DateUnknown


def add_date(now: Client, added: DateAdded) -> list[Event]:
    """Nobody has two birthdays: another one corrects the first."""
    require_known(now)
    _require_sense(added)
    there = known_date(now, added)
    as_it_is = added if there is None else replace(added, date_id=there)
    return [] if there and now.dates[there] == as_it_is else [as_it_is]


def known_date(now: Client, added: DateAdded) -> UUID | None:
    """The id under which the person has this date already; of a birthday, whichever day it is."""
    for id, known in now.dates.items():
        if replace(known, date_id=added.date_id) == added or (added.kind, known.kind) == _BIRTHDAYS:
            return id
    return None


def remove_date(now: Client, id: UUID, date_id: UUID) -> list[Event]:
    unknown = DateUnknown("The client has no date with this id.", "date_id")
    return removed(now, now.dates, date_id, DateRemoved(id, date_id), unknown)


def record_death(now: Client, id: UUID, on: date | None) -> list[Event]:
    """Recorded again with another day, the day is corrected."""
    require_known(now)
    recorded = DeathRecorded(id, on)
    return [] if now.died == recorded else [recorded]


def withdraw_death(now: Client, id: UUID) -> list[Event]:
    require_known(now)
    return [DeathWithdrawn(id)] if now.died else []


def _require_sense(added: DateAdded) -> None:
    if added.kind is DateKind.BIRTHDAY and not added.yearly:
        raise ClientInvalid("A birthday comes every year.", "yearly")
    if added.kind is DateKind.OTHER and added.label is None:
        raise ClientInvalid("Any other date says which it is.", "label")
    if not added.yearly and isinstance(added.day, CalendarDay) and added.day.year is None:
        raise ClientInvalid("What happens once happens in a year.", "day")


_BIRTHDAYS = (DateKind.BIRTHDAY, DateKind.BIRTHDAY)
