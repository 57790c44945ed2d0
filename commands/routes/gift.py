"""The routes of commands about gifts."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from commands import gift
from commands.ports import Request
from commands.routes.desk import Desk
from domain.refusals import (
    ClientUnknown,
    MarkDiffers,
    MarkInvalid,
    MarksExceedLine,
    MarkUnknown,
    SaleInvalid,
    SaleUnknown,
    VersionStale,
)

_OF_A_MARK = [f"{operation}(sale_id, mark_id)" for operation in ("remark_gift", "remove_mark", "set_release")]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["gifts"])
    ports, changing = desk.ports, desk.changing()

    @desk.makes(
        router,
        "/sales/{sale_id}/gift-marks",
        "Mark pieces of a line as a gift",
        SaleUnknown,
        SaleInvalid,
        MarkInvalid,
        MarkDiffers,
        MarksExceedLine,
        ClientUnknown,
        VersionStale,
        leads_to=_OF_A_MARK,
    )
    async def mark_gift(sale_id: UUID, body: gift.MarkGift, request: Annotated[Request, changing]) -> Response:
        return await desk.made(f"/sales/{sale_id}/gift-marks", partial(gift.mark_gift, sale_id, body, ports, request))

    @desk.changes(
        router.put,
        "/sales/{sale_id}/gift-marks/{mark_id}",
        "Put right what a mark says",
        SaleUnknown,
        SaleInvalid,
        MarkUnknown,
        MarkInvalid,
        MarksExceedLine,
        ClientUnknown,
    )
    async def remark_gift(
        sale_id: UUID, mark_id: UUID, body: gift.RemarkGift, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(gift.remark_gift, sale_id, mark_id, body, ports, request))

    @desk.changes(
        router.delete,
        "/sales/{sale_id}/gift-marks/{mark_id}",
        "Take a mark away that was wrong",
        SaleUnknown,
        SaleInvalid,
        MarkUnknown,
        MarkInvalid,
    )
    async def remove_mark(sale_id: UUID, mark_id: UUID, request: Annotated[Request, changing]) -> Response:
        return await desk.changed(partial(gift.remove_mark, sale_id, mark_id, ports, request))

    @desk.changes(
        router.put,
        "/sales/{sale_id}/gift-marks/{mark_id}/release",
        "Say from when on a gift is no surprise",
        SaleUnknown,
        SaleInvalid,
        MarkUnknown,
        MarkInvalid,
    )
    async def set_release(
        sale_id: UUID, mark_id: UUID, body: gift.SetRelease, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(gift.set_release, sale_id, mark_id, body, ports, request))

    @desk.changes(
        router.post,
        "/sales/{sale_id}/kept-for-herself",
        "Say that the client bought it for herself",
        SaleUnknown,
        SaleInvalid,
        MarkInvalid,
        MarksExceedLine,
    )
    async def keep_for_herself(
        sale_id: UUID, body: gift.KeepForHerself, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(gift.keep, sale_id, body, ports, request))

    @desk.changes(
        router.post,
        "/sales/{sale_id}/declined-proposals",
        "Say that it is not the gift that was proposed",
        SaleUnknown,
        SaleInvalid,
        MarkInvalid,
    )
    async def decline_proposal(
        sale_id: UUID, body: gift.DeclineProposal, request: Annotated[Request, changing]
    ) -> Response:
        return await desk.changed(partial(gift.decline_proposal, sale_id, body, ports, request))

    return router
