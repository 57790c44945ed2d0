"""Which calendar events are there, on whose calendars, what is brought to them, and what are they to sell?

Nothing is copied to the clients of an organization: whom an event reaches is joined when it is asked.
"""

from typing import Any, Final

from sqlalchemy import Boolean, Column, Date, DateTime, Index, Integer, Numeric, Text, Uuid

from domain.calendar_event.events import (
    AssortmentBrought,
    CalendarEventCancelled,
    CalendarEventDescribed,
    CalendarEventMoved,
    CalendarEventReinstated,
    CalendarEventRescoped,
    CalendarEventScheduled,
    PieceTakenOut,
    PutOnCalendar,
    TakenOffCalendar,
    TargetRemoved,
    TargetSet,
)
from domain.calendar_event.facts import Held, piece_id
from projections.membership import reaching
from projections.projection import Projection, Rows

calendar: Final = Projection("calendar", 1)

calendar_event: Final = calendar.owned(
    "calendar_event",
    "calendar_event_id",
    Column("name", Text),
    Column("kind", Text),
    Column("venue", Text),
    Column("reach", Text),
    Column("region_id", Text),
    Column("store_id", Text),
    Column("starts_at", DateTime(timezone=True)),
    Column("ends_at", DateTime(timezone=True)),
    Column("time_zone", Text),
    Column("starts", DateTime),  # as the clocks show it where it is held, like all of these
    Column("ends", DateTime),
    Column("first_day", Date),
    Column("last_day", Date),
    Column("cancelled", Boolean),
    Column("reason", Text),
    Column("scheduled_at", DateTime(timezone=True)),
    Column("scheduled_by", Text),
    Column("event_id", Uuid),  # of what scheduled or moved it last
    Column("stream_version", Integer),
)
Index(f"{calendar_event.name}_day", calendar_event.c.first_day, calendar_event.c.calendar_event_id)

on_calendar: Final = calendar.owned(
    "calendar_event_organization", "calendar_event_id", Column("organization_id", Uuid, primary_key=True)
)
Index(f"{on_calendar.name}_organization", on_calendar.c.organization_id)

piece: Final = calendar.owned(
    "calendar_event_piece",
    "calendar_event_id",
    Column("piece_id", Uuid, primary_key=True),
    Column("sku", Text),
    Column("description", Text),
    Column("units", Integer),
    Column("unit_value", Numeric),
    Column("currency", Text),
    Column("serial_number", Text),
    Column("brand", Text),
    Column("category", Text),
    Column("consigned", Boolean),
)

# An empty associate stands for the whole store: a key has no NULL.
target: Final = calendar.owned(
    "calendar_event_target",
    "calendar_event_id",
    Column("store_id", Text, primary_key=True),
    Column("associate_id", Text, primary_key=True),
    Column("amount", Numeric),
    Column("currency", Text),
)


@calendar.on(CalendarEventScheduled)
def scheduled(event: CalendarEventScheduled, rows: Rows) -> None:
    rows.put(
        calendar_event,
        name=event.name,
        kind=event.kind,
        venue=event.venue,
        **reaching(event.scope),
        **_held(event.held, rows),
        cancelled=False,
        scheduled_at=rows.recorded.recorded_at,
        scheduled_by=rows.recorded.actor,
        stream_version=rows.recorded.stream_version,
    )
    for organization_id in event.organizations:
        rows.put(on_calendar, organization_id=organization_id)


@calendar.on(CalendarEventDescribed)
def described(event: CalendarEventDescribed, rows: Rows) -> None:
    _moved_on(rows, name=event.name, kind=event.kind, venue=event.venue)


@calendar.on(CalendarEventMoved)
def moved(event: CalendarEventMoved, rows: Rows) -> None:
    _moved_on(rows, **_held(event.held, rows))


@calendar.on(CalendarEventRescoped)
def rescoped(event: CalendarEventRescoped, rows: Rows) -> None:
    _moved_on(rows, **reaching(event.scope))


@calendar.on(PutOnCalendar)
def put_on_calendar(event: PutOnCalendar, rows: Rows) -> None:
    _moved_on(rows)
    rows.put(on_calendar, organization_id=event.organization_id)


@calendar.on(TakenOffCalendar)
def taken_off_calendar(event: TakenOffCalendar, rows: Rows) -> None:
    _moved_on(rows)
    rows.drop(on_calendar, organization_id=event.organization_id)


@calendar.on(CalendarEventCancelled)
def cancelled(event: CalendarEventCancelled, rows: Rows) -> None:
    _moved_on(rows, cancelled=True, reason=event.reason)


@calendar.on(CalendarEventReinstated)
def reinstated(event: CalendarEventReinstated, rows: Rows) -> None:
    _moved_on(rows, cancelled=False, reason=None)


@calendar.on(AssortmentBrought)
def assortment_brought(event: AssortmentBrought, rows: Rows) -> None:
    _moved_on(rows)
    for each in event.pieces:
        rows.put(
            piece,
            piece_id=piece_id(event.calendar_event_id, each.sku, each.serial_number),
            sku=each.sku,
            description=each.description,
            units=each.units,
            unit_value=each.unit_value,
            currency=each.currency,
            serial_number=each.serial_number,
            brand=each.brand,
            category=each.category,
            consigned=each.consigned,
        )


@calendar.on(PieceTakenOut)
def piece_taken_out(event: PieceTakenOut, rows: Rows) -> None:
    _moved_on(rows)
    rows.drop(piece, piece_id=event.piece_id)


@calendar.on(TargetSet)
def target_set(event: TargetSet, rows: Rows) -> None:
    _moved_on(rows)
    rows.put(
        target,
        store_id=event.store_id,
        associate_id=event.associate_id or "",
        amount=event.amount,
        currency=event.currency,
    )


@calendar.on(TargetRemoved)
def target_removed(event: TargetRemoved, rows: Rows) -> None:
    _moved_on(rows)
    rows.drop(target, store_id=event.store_id, associate_id=event.associate_id or "")


def _moved_on(rows: Rows, **columns: Any) -> None:
    rows.patch(calendar_event, **columns, stream_version=rows.recorded.stream_version)


def _held(held: Held, rows: Rows) -> dict[str, Any]:
    return {
        "starts_at": held.starts_at,
        "ends_at": held.ends_at,
        "time_zone": held.time_zone,
        "starts": held.starts,
        "ends": held.ends,
        "first_day": held.first_day,
        "last_day": held.last_day,
        "event_id": rows.recorded.event_id,
    }
