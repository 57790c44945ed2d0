"""The routes of commands about lines that were ordered or laid away."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import fulfilment
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import OrderDiffers, OrderExceeded, SaleInvalid, SaleUnknown, VersionStale

_REFUSED: Final = (SaleUnknown, SaleInvalid, OrderExceeded, OrderDiffers, VersionStale)


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["sales"])
    ports, changing = desk.ports, desk.changing()

    @desk.makes(router, "/sales/{sale_id}/arrivals", "Record that ordered pieces arrived", *_REFUSED)
    async def record_arrival(
        sale_id: UUID, body: fulfilment.RecordArrival, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(fulfilment.record_arrival, sale_id, body, ports, request)
        return await desk.made(f"/sales/{sale_id}/arrivals", command)

    @desk.makes(router, "/sales/{sale_id}/handovers", "Hand over what was ordered or laid away", *_REFUSED)
    async def hand_over_lines(
        sale_id: UUID, body: fulfilment.HandOverLines, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(fulfilment.hand_over_lines, sale_id, body, ports, request)
        return await desk.made(f"/sales/{sale_id}/handovers", command)

    @desk.makes(router, "/sales/{sale_id}/cancellations", "Cancel what was not handed over", *_REFUSED)
    async def cancel_lines(
        sale_id: UUID, body: fulfilment.CancelLines, request: Annotated[Request, changing]
    ) -> Response:
        command = partial(fulfilment.cancel_lines, sale_id, body, ports, request)
        return await desk.made(f"/sales/{sale_id}/cancellations", command)

    return router
