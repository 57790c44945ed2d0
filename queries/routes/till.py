"""The routes of questions that are asked at the till, while a client shops: what could be a gift, and for whom."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from domain.access import Viewer
from domain.refusals import ClientUnknown, DayInvalid, SaleUnknown
from projections.client_card import client_card as card
from projections.family import family as links
from projections.gifts import gifts
from projections.purchase_history import purchase_history
from queries.freshness import caught_up
from queries.gift_occasions import GiftOccasions, gift_occasions
from queries.gift_proposals import GiftProposals, proposals_of_client, proposals_of_sale
from queries.routes.shelf import OnDay, Position, Shelf, answer


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["gifts"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get(
        "/clients/{client_id}/gift-occasions",
        **gives(
            GiftOccasions, "For whom a client could be buying, and what she gave before", ClientUnknown, DayInvalid
        ),
    )
    async def get_gift_occasions(
        client_id: UUID, who: Annotated[Viewer, asking], asked: Annotated[OnDay, Query()], position: Position = None
    ) -> Response:
        await caught_up(reading, position, card, links, purchase_history, gifts)
        return answer(await gift_occasions(reading.engine, who, client_id, asked.on))

    @router.get(
        "/clients/{client_id}/gift-proposals",
        **gives(GiftProposals, "What a client bought of late that could be a gift", ClientUnknown),
    )
    async def get_gift_proposals(
        client_id: UUID, who: Annotated[Viewer, asking], position: Position = None
    ) -> Response:
        await caught_up(reading, position, card, links, purchase_history, gifts)
        return answer(await proposals_of_client(reading.engine, who, client_id))

    @router.get(
        "/sales/{sale_id}/gift-proposals",
        **gives(GiftProposals, "What of a sale could be a gift", SaleUnknown),
    )
    async def get_gift_proposals_of_sale(
        sale_id: UUID, who: Annotated[Viewer, asking], position: Position = None
    ) -> Response:
        await caught_up(reading, position, card, links, purchase_history, gifts)
        return answer(await proposals_of_sale(reading.engine, who, sale_id))

    return router
