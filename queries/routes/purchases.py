"""The routes of queries about what a client bought, brought back, has and spent."""

from typing import Annotated
from uuid import UUID

import fastapi
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field, StringConstraints

from domain.access import Viewer
from domain.refusals import ClientUnknown, CursorInvalid
from projections.attribution import attribution
from projections.client_card import client_card as card
from projections.gifts import gifts
from projections.purchase_history import purchase_history
from queries.counter import CounterPurchases
from queries.freshness import caught_up
from queries.owned import Owned, owned
from queries.purchase_history import Filters, Purchases, StateOfGoods, purchases
from queries.returns import Returns, Wanted, returns
from queries.routes.shelf import LINK, Asked, Code, Moment, OnDay, Page, Period, Position, Seen, Shelf, answer, paged
from queries.totals import Totals, totals

Pair = Annotated[str, StringConstraints(max_length=201, pattern=r"^[^=\x00]{1,100}=[^\x00]{1,100}$")]


class KnownAt(Asked):
    known_at: Annotated[
        Moment | None,
        Field(description="As it was known at this time, without what was corrected since. Default: as known now."),
    ] = None


class AsSold(Asked):
    brand: Annotated[Code | None, Field(description="Of this brand, as it was sold.")] = None
    category: Annotated[Code | None, Field(description="Of this category, as it was sold.")] = None
    type: Annotated[Code | None, Field(description="Of this type, as it was sold.")] = None
    attribute: Annotated[
        tuple[Pair, ...],
        Field(max_length=10, description="With this attribute, written `name=value`; with several, all of them."),
    ] = ()

    @property
    def attributes(self) -> tuple[tuple[str, str], ...]:
        pairs = (each.partition("=") for each in self.attribute)
        return tuple((name, value) for name, _, value in pairs)


class PurchasePage(Page, Period, AsSold, KnownAt, Seen):
    store_id: Annotated[Code | None, Field(description="Sold at this store.")] = None
    seller: Annotated[Code | None, Field(description="Sold by this associate, alone or with others.")] = None
    state: Annotated[StateOfGoods, Field(description="What became of the goods.")] = StateOfGoods.BOUGHT


class OwnedPage(Page, AsSold):
    pass


class ReturnPage(Page, Period):
    store_id: Annotated[Code | None, Field(description="Brought back to this store.")] = None
    reason: Annotated[Code | None, Field(description="For this reason, as it was written.")] = None


class OnDayKnownAt(OnDay, KnownAt):
    pass


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["clients"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get(
        "/clients/{client_id}/purchases",
        **gives(
            Purchases | CounterPurchases,
            "What a client bought and brought back",
            ClientUnknown,
            CursorInvalid,
            headers=LINK,
        ),
    )
    async def get_purchases(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[PurchasePage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, purchase_history, attribution)
        filters = Filters(
            page.store_id,
            page.brand,
            page.category,
            page.since,
            page.before,
            page.type,
            page.attributes,
            page.seller,
            page.state,
            page.known_at,
        )
        paging = shelf.paging(page)
        return paged(http, await purchases(reading.engine, who, client_id, filters, paging, page.view))

    @router.get(
        "/clients/{client_id}/owned",
        **gives(Owned, "What a client has, as it was sold", ClientUnknown, CursorInvalid, headers=LINK),
    )
    async def get_owned(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[OwnedPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, purchase_history, gifts)
        filters = Filters(brand=page.brand, category=page.category, type=page.type, attributes=page.attributes)
        return paged(http, await owned(reading.engine, who, client_id, filters, shelf.paging(page)))

    @router.get(
        "/clients/{client_id}/returns",
        **gives(Returns, "What a client brought back, and why", ClientUnknown, CursorInvalid, headers=LINK),
    )
    async def get_returns(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[ReturnPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, purchase_history)
        wanted = Wanted(page.store_id, page.reason, page.since, page.before)
        return paged(http, await returns(reading.engine, who, client_id, wanted, shelf.paging(page)))

    @router.get("/clients/{client_id}/totals", **gives(Totals, "What a client spent and gave", ClientUnknown))
    async def get_totals(
        client_id: UUID,
        who: Annotated[Viewer, asking],
        asked: Annotated[OnDayKnownAt, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, purchase_history, gifts)
        return answer(await totals(reading.engine, who, client_id, asked.on, asked.known_at))

    return router
