"""The routes of queries about gifts that were given."""

from typing import Annotated
from uuid import UUID

import fastapi
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from domain.access import Viewer
from domain.refusals import ClientUnknown, CursorInvalid, GiftReceiptUnknown, SaleUnknown
from projections.client_card import client_card as card
from projections.gifts import gifts as projected
from projections.purchase_history import purchase_history
from queries.counter import CounterGifts
from queries.freshness import caught_up
from queries.gift import GiftDirection, Gifts
from queries.gift_marks import Marks, marks_of_sale
from queries.gift_receipt import OpenedReceipt, Opening, open_receipt
from queries.gifts import Filters, gifts
from queries.routes.shelf import LINK, Code, Page, Position, Seen, Shelf, answer, paged


class GiftPage(Page, Seen):
    direction: Annotated[GiftDirection | None, Field(description="One way only. Default: both.")] = None
    person_id: Annotated[UUID | None, Field(description="To this person, or from her.")] = None
    occasion: Annotated[Code | None, Field(description="On an occasion of this name.")] = None
    year: Annotated[int | None, Field(ge=1900, lt=2200, description="With a day in this year.")] = None


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["gifts"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get(
        "/clients/{client_id}/gifts",
        **gives(Gifts | CounterGifts, "What a client gave and was given", ClientUnknown, CursorInvalid, headers=LINK),
    )
    async def get_gifts(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[GiftPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, purchase_history, projected)
        filters = Filters(page.direction, page.person_id, page.occasion, page.year)
        return paged(http, await gifts(reading.engine, who, client_id, filters, shelf.paging(page), page.view))

    @router.get("/sales/{sale_id}/gift-marks", **gives(Marks, "Which pieces of a sale are gifts", SaleUnknown))
    async def get_gift_marks(sale_id: UUID, who: Annotated[Viewer, asking], position: Position = None) -> Response:
        await caught_up(reading, position, purchase_history, projected)
        return answer(await marks_of_sale(reading.engine, who, sale_id))

    @router.post("/gift-receipts", **gives(OpenedReceipt, "Which piece is brought to the till", GiftReceiptUnknown))
    async def open_gift_receipt(body: Opening, who: Annotated[Viewer, asking], position: Position = None) -> Response:
        await caught_up(reading, position, purchase_history, projected)
        return answer(await open_receipt(reading.engine, who, body, reading.seal))

    return router
