"""The routes of commands about calendar events: what, when and for whom they are."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import calendar_event
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import (
    CalendarEventDiffers,
    CalendarEventInvalid,
    CalendarEventUnknown,
    OrganizationUnknown,
    RegionUnknown,
    StoreUnknown,
)

_OF_AN_EVENT: Final = [
    f"{operation}(calendar_event_id)"
    for operation in (
        "get_calendar_event",
        "get_assortment",
        "get_targets",
        "describe_calendar_event",
        "move_calendar_event",
        "rescope_calendar_event",
        "put_on_calendar",
        "cancel_calendar_event",
        "reinstate_calendar_event",
        "bring_assortment",
        "set_target",
    )
]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["calendar"])
    ports, creating, changing = desk.ports, desk.creating(), desk.changing()
    one = "/calendar-events/{calendar_event_id}"

    @desk.makes(
        router,
        "/calendar-events",
        "Schedule a calendar event",
        CalendarEventDiffers,
        CalendarEventInvalid,
        OrganizationUnknown,
        RegionUnknown,
        StoreUnknown,
        leads_to=_OF_AN_EVENT,
    )
    async def schedule_calendar_event(
        body: calendar_event.ScheduleCalendarEvent, request: Annotated[Request, creating]
    ) -> Response:
        return await desk.made("/calendar-events", partial(calendar_event.schedule, body, ports, request))

    @desk.changes(
        router.put, f"{one}/description", "Say what a calendar event is called, and where it is", CalendarEventUnknown
    )
    async def describe_calendar_event(
        calendar_event_id: UUID, body: calendar_event.DescribeCalendarEvent, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(calendar_event.describe, calendar_event_id, body, ports, request))

    @desk.changes(router.put, f"{one}/dates", "Move a calendar event", CalendarEventUnknown, CalendarEventInvalid)
    async def move_calendar_event(
        calendar_event_id: UUID, body: calendar_event.MoveCalendarEvent, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(calendar_event.move, calendar_event_id, body, ports, request))

    @desk.changes(
        router.put,
        f"{one}/scope",
        "Say how far a calendar event reaches",
        CalendarEventUnknown,
        CalendarEventInvalid,
        RegionUnknown,
        StoreUnknown,
    )
    async def rescope_calendar_event(
        calendar_event_id: UUID, body: calendar_event.RescopeCalendarEvent, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(calendar_event.rescope, calendar_event_id, body, ports, request))

    @desk.changes(
        router.post,
        f"{one}/organizations",
        "Put a calendar event on an organization's calendar",
        CalendarEventUnknown,
        OrganizationUnknown,
    )
    async def put_on_calendar(
        calendar_event_id: UUID, body: calendar_event.PutOnCalendar, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(calendar_event.put_on, calendar_event_id, body, ports, request))

    @desk.changes(
        router.delete,
        f"{one}/organizations/{{organization_id}}",
        "Take a calendar event off an organization's calendar",
        CalendarEventUnknown,
    )
    async def take_off_calendar(
        calendar_event_id: UUID, organization_id: UUID, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(calendar_event.take_off, calendar_event_id, organization_id, ports, request))

    @desk.changes(router.post, f"{one}/cancellation", "Cancel a calendar event", CalendarEventUnknown)
    async def cancel_calendar_event(
        calendar_event_id: UUID, body: calendar_event.CancelCalendarEvent, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(calendar_event.cancel, calendar_event_id, body, ports, request))

    @desk.changes(router.post, f"{one}/reinstatement", "Hold a calendar event after all", CalendarEventUnknown)
    async def reinstate_calendar_event(calendar_event_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(calendar_event.reinstate, calendar_event_id, ports, request))

    return router
