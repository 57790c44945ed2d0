"""The routes of commands that say from which calendar event a sale comes."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from fastapi.responses import Response

from commands import attribution
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import AttributionInvalid, CalendarEventUnknown, SaleInvalid, SaleUnknown

Ordinal = Annotated[int, Path(ge=1, le=10_000, description="Which line of the sale, counted from 1.")]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["sales"])
    ports, changing = desk.ports, desk.changing()

    @desk.changes(
        router.put,
        "/sales/{sale_id}/attribution",
        "Say from which event a sale comes",
        SaleUnknown,
        SaleInvalid,
        CalendarEventUnknown,
        AttributionInvalid,
    )
    async def attribute_sale(
        sale_id: UUID, body: attribution.AttributeSale, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(attribution.attribute, sale_id, body, ports, request))

    @desk.changes(
        router.delete,
        "/sales/{sale_id}/attribution",
        "Say that a sale comes from no event",
        SaleUnknown,
        SaleInvalid,
    )
    async def remove_attribution(sale_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(attribution.remove, sale_id, None, ports, request))

    @desk.changes(
        router.delete,
        "/sales/{sale_id}/lines/{ordinal}/attribution",
        "Say that a line comes from no event",
        SaleUnknown,
        SaleInvalid,
        AttributionInvalid,
    )
    async def remove_attribution_of_line(
        sale_id: UUID, ordinal: Ordinal, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(attribution.remove, sale_id, [ordinal], ports, request))

    return router
