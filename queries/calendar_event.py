"""What is on the calendars of the house and of its organizations? Whoever may read clients knows all events; whom one
reaches is another question.

What is cancelled stays on a calendar, and says so: who has heard of it looks for it there.
"""

from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from pydantic import BaseModel, Field, NaiveDatetime, WithJsonSchema
from sqlalchemy import ColumnElement, Select, bindparam, exists, func, literal_column, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import Viewer
from domain.refusals import CalendarEventUnknown, DayInvalid, OrganizationUnknown
from domain.scope import Reach
from projections.calendar import calendar_event, on_calendar, piece
from projections.house import store
from projections.membership import organization
from queries import visibility
from queries.organization import Scope
from queries.page import Paging, bound, shown_as
from queries.ports import Json, Versioned, example
from queries.sql import amount, combined, listed, read, shown

ByClock = Annotated[
    NaiveDatetime,
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$"}),
]

EXAMPLE: Final[Json] = {
    "calendar_event_id": "0198f2d6-7c1b-7d4e-8a63-1e8e7b6a5c32",
    "name": "Aurélie, the autumn collection",
    "kind": "trunk-show",
    "venue": "Salon Opale",
    "organizations": [{"organization_id": "0198f2d6-5b0a-7c3e-9d52-0d7d6a5f4b21", "name": "Aurélie"}],
    "scope": {"reach": "store", "region_id": None, "store_id": "paris-1"},
    "held": {
        "starts": "2026-11-14T18:00:00",
        "ends": "2026-11-14T22:00:00",
        "time_zone": "Europe/Paris",
        "starts_at": "2026-11-14T17:00:00+00:00",
        "ends_at": "2026-11-14T21:00:00+00:00",
        "first_day": "2026-11-14",
        "last_day": "2026-11-14",
    },
    "cancelled": False,
    "reason": None,
}


class Held(BaseModel):
    """When an event is held, as the clocks show it there and as points in time. Its days are those of that place."""

    starts: Annotated[ByClock, Field(description="As the clocks show it where it is held.")]
    ends: ByClock
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    first_day: date
    last_day: date


class OnWhose(BaseModel):
    organization_id: UUID
    name: Annotated[str | None, Field(description="As the house knows it; null if it does not.")]


class EventAsShown(BaseModel):
    """What is said of a calendar event wherever it is shown."""

    calendar_event_id: UUID
    name: str
    kind: Annotated[str, Field(description="One of the house's kinds, or a word of the retailer's own.")]
    venue: str | None
    organizations: Annotated[list[OnWhose], Field(description="On whose calendars it is, by name.")]
    scope: Scope
    held: Held
    cancelled: bool
    reason: Annotated[str | None, Field(description="Why it is cancelled, if that was said.")]


class BroughtToEvent(BaseModel):
    """How much is brought to an event."""

    pieces: Annotated[int, Field(description="How many entries its assortment has.")]
    units: int
    value: Annotated[str, Field(description="Their retail value, without tax.")]
    currency: Annotated[str | None, Field(description="The one of the whole assortment; null if there is none.")]


class CalendarEvent(EventAsShown):
    """One calendar event."""

    model_config = example(
        **EXAMPLE,
        assortment={"pieces": 2, "units": 13, "value": "12280.00", "currency": "EUR"},
        scheduled_at="2026-09-02T09:30:00+00:00",
        scheduled_by="manager-1",
        version=3,
    )
    assortment: BroughtToEvent
    scheduled_at: datetime
    scheduled_by: str
    version: Annotated[int, Field(description="The version of the calendar event, as in `ETag`.")]


class CalendarEvents(BaseModel):
    """Calendar events in the order of their first days."""

    model_config = example(items=[EXAMPLE], next_cursor=None)
    items: list[EventAsShown]
    next_cursor: str | None


class Wanted(NamedTuple):
    """Which events: held on any day from the first to the last, on an organization's calendar, that reach a store, its
    region's and national ones included, of one kind, or that reach so far."""

    first: date | None = None
    last: date | None = None
    organization_id: UUID | None = None
    store_id: str | None = None
    kind: str | None = None
    reach: Reach | None = None


_ON_WHOSE: Final = (
    select(on_calendar.c.organization_id, organization.c.name)
    .select_from(on_calendar.outerjoin(organization, organization.c.organization_id == on_calendar.c.organization_id))
    .where(on_calendar.c.calendar_event_id == calendar_event.c.calendar_event_id)
    .order_by(organization.c.folded, on_calendar.c.organization_id)
    .correlate(calendar_event)
)
OF_EVENT: Final = (
    *calendar_event.c["calendar_event_id", "name", "kind", "venue"],
    listed(_ON_WHOSE).label("organizations"),
    combined(**{name: calendar_event.c[name] for name in Scope.model_fields}).label("scope"),
    combined(**{name: calendar_event.c[name] for name in Held.model_fields}).label("held"),
    *calendar_event.c["cancelled", "reason"],
)
"""What an `EventAsShown` is made of: columns for any statement about rows of `calendar_event`."""

PLACE: Final = (calendar_event.c.first_day, calendar_event.c.calendar_event_id)
_BROUGHT: Final = (
    select(
        func.json_build_object(
            literal_column("'pieces'"),
            func.count(),
            literal_column("'units'"),
            func.coalesce(func.sum(piece.c.units), 0),
            literal_column("'value'"),
            amount(func.coalesce(func.sum(piece.c.units * piece.c.unit_value), 0)),
            literal_column("'currency'"),
            func.min(piece.c.currency),
        )
    )
    .where(piece.c.calendar_event_id == calendar_event.c.calendar_event_id)
    .correlate(calendar_event)
    .scalar_subquery()
)
_ROW: Final = (
    select(
        *OF_EVENT,
        _BROUGHT.label("assortment"),
        *calendar_event.c["scheduled_at", "scheduled_by"],
        calendar_event.c.stream_version.label("version"),
    )
    .where(calendar_event.c.calendar_event_id == bindparam("calendar_event_id"))
    .subquery("calendar_event")
)
_ONE: Final = select(_ROW.c.version, shown(_ROW).label("shown"))
_STORE_ID: Final[ColumnElement[str]] = bindparam("store_id")
_CONDITIONS: Final[dict[str, ColumnElement[bool]]] = {
    "first": calendar_event.c.last_day >= bindparam("first"),
    "last": calendar_event.c.first_day <= bindparam("last"),
    "organization_id": exists().where(
        on_calendar.c.calendar_event_id == calendar_event.c.calendar_event_id,
        on_calendar.c.organization_id == bindparam("organization_id"),
    ),
    "store_id": or_(
        calendar_event.c.reach == "national",
        calendar_event.c.store_id == _STORE_ID,
        exists().where(store.c.store_id == _STORE_ID, store.c.region_id == calendar_event.c.region_id),
    ),
    "kind": calendar_event.c.kind == bindparam("kind"),
    "reach": calendar_event.c.reach == bindparam("reach"),
    "after": tuple_(*PLACE) > tuple_(bindparam("after_day"), bindparam("after_id")),
}


@cache
def _events(given: frozenset[str]) -> Select[Any]:
    return (
        select(calendar_event.c.first_day, *OF_EVENT)
        .where(*(_CONDITIONS[name] for name in sorted(given)))
        .order_by(*PLACE)
        .limit(bindparam("fetch"))
    )


@cache
def _of_organization(given: frozenset[str]) -> Select[Any]:
    """A page of an organization's calendar; of one without events, one row that has none."""
    page = _events(given).subquery("page")
    return (
        select(*page.c)
        .select_from(organization.outerjoin(page, true()))
        .where(organization.c.organization_id == bindparam("organization_id"))
        .order_by(*page.c["first_day", "calendar_event_id"])
    )


async def calendar_events(engine: AsyncEngine, caller: Viewer, wanted: Wanted, paging: Paging) -> Json:
    """A page of the events that are wanted, in day order; refuses with `DayInvalid` and `CursorInvalid`."""
    return await _page(engine, caller, _events, "calendar-events", wanted, paging)


async def organization_calendar(
    engine: AsyncEngine, caller: Viewer, organization_id: UUID, first: date | None, last: date | None, paging: Paging
) -> Json:
    """A page of an organization's calendar; refuses with `OrganizationUnknown`, `DayInvalid` and `CursorInvalid`."""
    wanted = Wanted(first, last, organization_id)
    page = await _page(engine, caller, _of_organization, "organization-calendar", wanted, paging)
    if not page["items"]:
        raise OrganizationUnknown("There is no organization with this id.", "organization_id")
    return {**page, "items": [each for each in page["items"] if each["calendar_event_id"] is not None]}


async def one_calendar_event(engine: AsyncEngine, caller: Viewer, calendar_event_id: UUID) -> Versioned:
    """One calendar event; refuses with `CalendarEventUnknown` if there is none."""
    visibility.parameters(caller)
    found = await read(engine, _ONE, {"calendar_event_id": calendar_event_id})
    if not found:
        raise CalendarEventUnknown("There is no calendar event with this id.", "calendar_event_id")
    return Versioned(found[0].version, found[0].shown)


async def _page(
    engine: AsyncEngine, caller: Viewer, statement: Any, query: str, wanted: Wanted, paging: Paging
) -> Json:
    visibility.parameters(caller)
    if wanted.first and wanted.last and wanted.last < wanted.first:
        raise DayInvalid("The last day comes after the first.", "to")
    page = bound(paging, caller, query, *wanted)
    given = {name: value for name, value in wanted._asdict().items() if value is not None}
    conditions = set(given)
    if place := page.after():
        conditions.add("after")
        given |= {"after_day": date.fromisoformat(place[0]), "after_id": UUID(place[1])}
    found = await read(engine, statement(frozenset(conditions)), {**given, "fetch": page.fetch})
    return page.answer(found, shown_as(EventAsShown), lambda row: [row.first_day, row.calendar_event_id])
