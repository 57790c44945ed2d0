"""The routes of queries about calendar events, and about the calendars they are on."""

from typing import Annotated
from uuid import UUID

import fastapi
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from domain.access import Viewer
from domain.refusals import CalendarEventUnknown, ClientUnknown, CursorInvalid, DayInvalid, OrganizationUnknown
from domain.scope import Reach
from projections.calendar import calendar
from projections.family import family
from projections.house import house
from projections.membership import membership
from queries.assortment import Assortment, Targets, assortment, targets
from queries.calendar_event import (
    CalendarEvent,
    CalendarEvents,
    Wanted,
    calendar_events,
    one_calendar_event,
    organization_calendar,
)
from queries.client_calendar import ClientCalendar, client_calendar
from queries.freshness import caught_up
from queries.reach import READS
from queries.routes.family import Span
from queries.routes.shelf import ETAG, LINK, Code, Day, Page, Position, Shelf, answer, paged, versioned


class CalendarPage(Page):
    first: Annotated[Day | None, Field(alias="from", description="Held on this day or later.")] = None
    last: Annotated[Day | None, Field(alias="to", description="Held on this day or earlier.")] = None


class EventPage(CalendarPage):
    organization_id: Annotated[UUID | None, Field(description="On the calendar of this organization.")] = None
    store_id: Annotated[
        Code | None, Field(description="That reach this store: its own, its region's, and national ones.")
    ] = None
    kind: Annotated[Code | None, Field(description="Of this kind.")] = None
    reach: Annotated[Reach | None, Field(description="That reach so far.")] = None


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["calendar"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get(
        "/calendar-events",
        **gives(CalendarEvents, "Calendar events in day order", DayInvalid, CursorInvalid, headers=LINK),
    )
    async def get_calendar_events(
        http: fastapi.Request,
        who: Annotated[Viewer, asking],
        page: Annotated[EventPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, calendar, membership, house)
        wanted = Wanted(page.first, page.last, page.organization_id, page.store_id, page.kind, page.reach)
        return paged(http, await calendar_events(reading.engine, who, wanted, shelf.paging(page)))

    @router.get(
        "/calendar-events/{calendar_event_id}",
        **gives(CalendarEvent, "One calendar event", CalendarEventUnknown, headers=ETAG),
    )
    async def get_calendar_event(
        calendar_event_id: UUID, who: Annotated[Viewer, asking], position: Position = None
    ) -> Response:
        await caught_up(reading, position, calendar, membership)
        return versioned(await one_calendar_event(reading.engine, who, calendar_event_id))

    @router.get(
        "/calendar-events/{calendar_event_id}/assortment",
        **gives(Assortment, "What is brought to a calendar event", CalendarEventUnknown, CursorInvalid, headers=LINK),
    )
    async def get_assortment(
        http: fastapi.Request,
        calendar_event_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[Page, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, calendar)
        return paged(http, await assortment(reading.engine, who, calendar_event_id, shelf.paging(page)))

    @router.get(
        "/calendar-events/{calendar_event_id}/targets",
        **gives(Targets, "What is to be sold at a calendar event", CalendarEventUnknown),
    )
    async def get_targets(
        calendar_event_id: UUID, who: Annotated[Viewer, asking], position: Position = None
    ) -> Response:
        await caught_up(reading, position, calendar, house)
        return answer(await targets(reading.engine, who, calendar_event_id))

    @router.get(
        "/organizations/{organization_id}/calendar",
        **gives(
            CalendarEvents,
            "The calendar of an organization",
            OrganizationUnknown,
            DayInvalid,
            CursorInvalid,
            headers=LINK,
        ),
    )
    async def get_organization_calendar(
        http: fastapi.Request,
        organization_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[CalendarPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, calendar, membership)
        paging = shelf.paging(page)
        found = await organization_calendar(reading.engine, who, organization_id, page.first, page.last, paging)
        return paged(http, found)

    @router.get(
        "/clients/{client_id}/calendar",
        **gives(
            ClientCalendar, "The events that reach a client, and the days of her and hers", ClientUnknown, DayInvalid
        ),
    )
    async def get_client_calendar(
        client_id: UUID, who: Annotated[Viewer, asking], asked: Annotated[Span, Query()], position: Position = None
    ) -> Response:
        await caught_up(reading, position, family, *READS)
        return answer(await client_calendar(reading.engine, who, client_id, asked.first, asked.last))

    return router
