"""The routes of queries about stores, associates and their books."""

from typing import Annotated

import fastapi
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from domain.access import Viewer
from domain.refusals import AssociateUnknown, CursorInvalid
from projections.affiliations import affiliations
from projections.client_card import client_card as card
from projections.house import house
from projections.purchase_history import purchase_history
from queries.book import Book, book
from queries.duplicates import Pairs, duplicates_in_book
from queries.freshness import caught_up
from queries.house import Associate, Associates, Stores, associates, one_associate, stores
from queries.page import LARGEST, USUAL
from queries.routes.shelf import ETAG, LINK, Asked, Code, OnDay, Page, Period, Position, Shelf, answer, paged, versioned
from queries.sold_to import SoldTo, Wanted, clients_sold_to


class AssociatePage(Page):
    store_id: Annotated[Code | None, Field(description="Who work at this store today.")] = None
    present: Annotated[bool, Field(description="Without those who left.")] = False


class BookPage(Page, OnDay):
    pass


class SoldToPage(Page, Period):
    served: Annotated[
        bool | None, Field(description="Only those she serves today, or only those she does not. Default: both.")
    ] = None


class Most(Asked):
    limit: Annotated[int, Field(ge=1, le=LARGEST, description="How many pairs at most.")] = USUAL


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["house"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get("/stores", **gives(Stores, "The stores of the house", CursorInvalid, headers=LINK))
    async def get_stores(
        http: fastapi.Request,
        who: Annotated[Viewer, asking],
        page: Annotated[Page, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, house)
        return paged(http, await stores(reading.engine, who, shelf.paging(page)))

    @router.get("/associates", **gives(Associates, "The associates of the house", CursorInvalid, headers=LINK))
    async def get_associates(
        http: fastapi.Request,
        who: Annotated[Viewer, asking],
        page: Annotated[AssociatePage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, house)
        paging = shelf.paging(page)
        return paged(http, await associates(reading.engine, who, page.store_id, paging, present=page.present))

    @router.get("/associates/{associate_id}", **gives(Associate, "One associate", AssociateUnknown, headers=ETAG))
    async def get_associate(associate_id: Code, who: Annotated[Viewer, asking], position: Position = None) -> Response:
        await caught_up(reading, position, house)
        return versioned(await one_associate(reading.engine, who, associate_id))

    @router.get(
        "/associates/{associate_id}/book",
        **gives(Book, "The clients an associate serves on a day", AssociateUnknown, CursorInvalid, headers=LINK),
    )
    async def get_book(
        http: fastapi.Request,
        associate_id: Code,
        who: Annotated[Viewer, asking],
        page: Annotated[BookPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, house, affiliations, card, purchase_history)
        paging = shelf.paging(page)
        return paged(http, await book(reading.engine, who, associate_id, page.on, paging))

    @router.get(
        "/associates/{associate_id}/clients-sold-to",
        **gives(SoldTo, "The clients an associate sold something to", AssociateUnknown, CursorInvalid, headers=LINK),
    )
    async def get_clients_sold_to(
        http: fastapi.Request,
        associate_id: Code,
        who: Annotated[Viewer, asking],
        page: Annotated[SoldToPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, house, affiliations, card, purchase_history)
        wanted = Wanted(page.since, page.before, page.served)
        return paged(http, await clients_sold_to(reading.engine, who, associate_id, wanted, shelf.paging(page)))

    @router.get(
        "/associates/{associate_id}/book/duplicates",
        **gives(Pairs, "Clients of a book who could be the same person", AssociateUnknown),
    )
    async def get_book_duplicates(
        associate_id: Code,
        who: Annotated[Viewer, asking],
        most: Annotated[Most, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, house, affiliations, card)
        return answer(await duplicates_in_book(reading.engine, who, associate_id, most.limit))

    return router
