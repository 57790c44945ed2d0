"""The routes of commands about what is brought to a calendar event, and what it is to sell."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import assortment
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import (
    AssociateUnknown,
    CalendarEventInvalid,
    CalendarEventIsCancelled,
    CalendarEventUnknown,
    PieceUnknown,
    StoreUnknown,
)


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["calendar"])
    ports, changing = desk.ports, desk.changing()
    one = "/calendar-events/{calendar_event_id}"

    @desk.changes(
        router.post,
        f"{one}/assortment",
        "Bring pieces to a calendar event",
        CalendarEventUnknown,
        CalendarEventIsCancelled,
        CalendarEventInvalid,
    )
    async def bring_assortment(
        calendar_event_id: UUID, body: assortment.BringAssortment, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(assortment.bring, calendar_event_id, body, ports, request))

    @desk.changes(
        router.delete,
        f"{one}/assortment/{{piece_id}}",
        "Take a piece out of the assortment",
        CalendarEventUnknown,
        PieceUnknown,
    )
    async def take_piece_out(
        calendar_event_id: UUID, piece_id: UUID, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(assortment.take_out, calendar_event_id, piece_id, ports, request))

    @desk.changes(
        router.put,
        f"{one}/targets",
        "Say what a store or an associate is to sell at a calendar event",
        CalendarEventUnknown,
        CalendarEventIsCancelled,
        CalendarEventInvalid,
        StoreUnknown,
        AssociateUnknown,
    )
    async def set_target(
        calendar_event_id: UUID, body: assortment.SetTarget, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(assortment.set_target, calendar_event_id, body, ports, request))

    @desk.changes(router.delete, f"{one}/targets/{{store_id}}", "Take the target of a store away", CalendarEventUnknown)
    async def remove_target_of_store(
        calendar_event_id: UUID, store_id: str, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(assortment.remove_target, calendar_event_id, store_id, None, ports, request)
        return await desk.changed(command)

    @desk.changes(
        router.delete,
        f"{one}/targets/{{store_id}}/{{associate_id}}",
        "Take the target of an associate away",
        CalendarEventUnknown,
    )
    async def remove_target_of_associate(
        calendar_event_id: UUID, store_id: str, associate_id: str, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(assortment.remove_target, calendar_event_id, store_id, associate_id, ports, request)
        return await desk.changed(command)

    return router
