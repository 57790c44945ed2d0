"""The routes of queries about a sale."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from domain.access import Viewer
from domain.refusals import SaleUnknown
from projections.attribution import attribution
from projections.purchase_history import purchase_history
from queries.freshness import caught_up
from queries.routes.shelf import ETAG, Position, Shelf, versioned
from queries.sale import Sale, one_sale


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["sales"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get("/sales/{sale_id}", **gives(Sale, "One sale and what came back", SaleUnknown, headers=ETAG))
    async def get_sale(sale_id: UUID, who: Annotated[Viewer, asking], position: Position = None) -> Response:
        await caught_up(reading, position, purchase_history, attribution)
        return versioned(await one_sale(reading.engine, who, sale_id))

    return router
