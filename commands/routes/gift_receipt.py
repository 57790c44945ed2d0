"""The routes of commands about a gift that is brought to a till."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import Response

from commands import gift_receipt
from commands.ports import Request
from commands.routes.desk import Desk, Recorded
from commands.routes.sold import SaleStands, sold
from domain.refusals import (
    AddressUnknown,
    AttributionInvalid,
    CalendarEventUnknown,
    ClientUnknown,
    GiftReceiptUnknown,
    LinkUnknown,
    MarkInvalid,
    ReturnDiffers,
    ReturnExceedsSale,
    SaleDiffers,
    SaleInvalid,
)


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["gifts"])
    ports, opened, creating = desk.ports, desk.opened, desk.creating()

    @desk.makes(
        router,
        "/gift-receipts/returns",
        "Take a gift back from who got it",
        GiftReceiptUnknown,
        MarkInvalid,
        SaleInvalid,
        ReturnExceedsSale,
        ReturnDiffers,
        ClientUnknown,
        shape=Recorded,
    )
    async def return_gift(body: gift_receipt.BringBack, request: Annotated[Request, creating]) -> Response:
        command = partial(gift_receipt.bring_back, body, opened, ports, request)
        return await desk.noted("/gift-receipts/returns", command)

    @desk.makes(
        router,
        "/gift-receipts/exchanges",
        "Take a gift back and sell something in its place",
        GiftReceiptUnknown,
        MarkInvalid,
        SaleInvalid,
        SaleDiffers,
        ReturnExceedsSale,
        ReturnDiffers,
        ClientUnknown,
        LinkUnknown,
        AddressUnknown,
        CalendarEventUnknown,
        AttributionInvalid,
        shape=SaleStands,
    )
    async def exchange_gift(body: gift_receipt.ExchangeGift, request: Annotated[Request, creating]) -> Response:
        return await desk.made("/sales", partial(gift_receipt.exchange, body, opened, ports, request), sold)

    @desk.makes(
        router,
        "/gift-receipts/services",
        "Take a piece in for a service",
        GiftReceiptUnknown,
        MarkInvalid,
        SaleInvalid,
        shape=Recorded,
    )
    async def take_piece_in(body: gift_receipt.TakeIn, request: Annotated[Request, creating]) -> Response:
        return await desk.noted("/gift-receipts/services", partial(gift_receipt.take_in, body, opened, ports, request))

    return router
