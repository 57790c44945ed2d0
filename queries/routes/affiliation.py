"""The routes of queries about who serves a client, and where she shops."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from domain.access import Viewer
from domain.refusals import ClientUnknown
from projections.affiliations import affiliations
from projections.client_card import client_card as card
from projections.house import house
from projections.purchase_history import purchase_history
from queries.affiliation import ClientAssociates, client_associates
from queries.freshness import caught_up
from queries.routes.shelf import ETAG, Code, OnDay, Period, Position, Shelf, answer, versioned
from queries.stores_shopped import StoresShopped, client_stores


class Served(OnDay):
    category: Annotated[Code | None, Field(description="Who serves her for this merchandise category.")] = None


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["clients"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get(
        "/clients/{client_id}/associates",
        **gives(ClientAssociates, "Who serves a client on a day", ClientUnknown, headers=ETAG),
    )
    async def get_client_associates(
        client_id: UUID,
        who: Annotated[Viewer, asking],
        asked: Annotated[Served, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, affiliations, house)
        return versioned(await client_associates(reading.engine, who, client_id, asked.on, asked.category))

    @router.get(
        "/clients/{client_id}/stores", **gives(StoresShopped, "The stores at which a client shops", ClientUnknown)
    )
    async def get_client_stores(
        client_id: UUID,
        who: Annotated[Viewer, asking],
        period: Annotated[Period, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, purchase_history, affiliations)
        return answer(await client_stores(reading.engine, who, client_id, period.since, period.before))

    return router
