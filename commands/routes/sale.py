"""The routes of commands about a sale."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import correction, delivery, exchange, sale
from commands.ports import Request
from commands.routes.desk import Desk
from commands.routes.sold import SaleStands, sold
from domain.refusals import (
    AddressUnknown,
    AttributionInvalid,
    CalendarEventUnknown,
    ClientUnknown,
    CorrectionContradicts,
    LinkUnknown,
    ReturnDiffers,
    ReturnExceedsSale,
    SaleDiffers,
    SaleInvalid,
    SaleUnknown,
    VersionStale,
)

_OF_A_SALE: Final = [
    f"{operation}(sale_id)"
    for operation in (
        "get_sale",
        "return_lines",
        "exchange_lines",
        "correct_sale",
        "attach_client",
        "detach_client",
        "send_sale",
        "record_arrival",
        "hand_over_lines",
        "cancel_lines",
        "attribute_sale",
        "remove_attribution",
    )
]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["sales"])
    ports, creating, changing = desk.ports, desk.creating(), desk.changing()

    @desk.makes(
        router,
        "/sales",
        "Record a sale",
        SaleDiffers,
        SaleInvalid,
        ClientUnknown,
        LinkUnknown,
        AddressUnknown,
        CalendarEventUnknown,
        AttributionInvalid,
        leads_to=_OF_A_SALE,
        shape=SaleStands,
    )
    async def record_sale(body: sale.RecordSale, request: Annotated[Request, creating]) -> Response:
        return await desk.made("/sales", partial(sale.record_sale, body, ports, request), sold)

    @desk.makes(
        router,
        "/returns",
        "Record a return without the receipt",
        SaleDiffers,
        SaleInvalid,
        ClientUnknown,
        leads_to=_OF_A_SALE,
    )
    async def record_return(body: sale.RecordReturn, request: Annotated[Request, creating]) -> Response:
        return await desk.made("/sales", partial(sale.record_return, body, ports, request))

    @desk.makes(
        router,
        "/sales/{sale_id}/returns",
        "Take lines of a sale back",
        SaleUnknown,
        SaleInvalid,
        ReturnExceedsSale,
        ReturnDiffers,
        VersionStale,
    )
    async def return_lines(sale_id: UUID, body: sale.ReturnLines, request: Annotated[Request, changing]) -> Response:
        command = partial(sale.return_lines, sale_id, body, ports, request)
        return await desk.made(f"/sales/{sale_id}/returns", command)

    @desk.makes(
        router,
        "/sales/{sale_id}/exchanges",
        "Take lines of a sale back and sell others in their place",
        SaleUnknown,
        SaleInvalid,
        SaleDiffers,
        ReturnExceedsSale,
        ReturnDiffers,
        ClientUnknown,
        LinkUnknown,
        AddressUnknown,
        CalendarEventUnknown,
        AttributionInvalid,
        VersionStale,
        shape=SaleStands,
    )
    async def exchange_lines(
        sale_id: UUID, body: exchange.ExchangeLines, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.made("/sales", partial(exchange.exchange_lines, sale_id, body, ports, request), sold)

    @desk.changes(
        router.post,
        "/sales/{sale_id}/corrections",
        "Put right what was recorded wrongly",
        SaleUnknown,
        SaleInvalid,
        CorrectionContradicts,
    )
    async def correct_sale(
        sale_id: UUID, body: correction.CorrectSale, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(correction.correct_sale, sale_id, body, ports, request))

    @desk.changes(
        router.put, "/sales/{sale_id}/client", "Say whose sale this is", SaleUnknown, SaleInvalid, ClientUnknown
    )
    async def attach_client(sale_id: UUID, body: sale.AttachClient, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(sale.attach_client, sale_id, body, ports, request))

    @desk.changes(router.delete, "/sales/{sale_id}/client", "Say that this sale is nobody's", SaleUnknown)
    async def detach_client(sale_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(sale.detach_client, sale_id, ports, request))

    @desk.changes(
        router.put,
        "/sales/{sale_id}/delivery",
        "Say where a sale is sent",
        SaleUnknown,
        SaleInvalid,
        LinkUnknown,
        AddressUnknown,
    )
    async def send_sale(sale_id: UUID, body: delivery.DeliverTo, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(delivery.send, sale_id, body, ports, request))

    return router
