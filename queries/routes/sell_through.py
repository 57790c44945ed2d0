"""The routes of queries about what calendar events sold, and from which a sale may come."""

from typing import Annotated
from uuid import UUID

import fastapi
from fastapi import APIRouter, Query
from fastapi.responses import Response

from domain.access import Viewer
from domain.refusals import CalendarEventUnknown, ClientUnknown, CursorInvalid, DayInvalid
from projections.attribution import attribution
from projections.calendar import calendar
from projections.client_card import client_card as card
from projections.contacts import contacts
from projections.invitations import invitations
from projections.purchase_history import purchase_history
from queries import reach
from queries.attributable import AttributableEvents, attributable_events
from queries.freshness import caught_up
from queries.routes.shelf import LINK, OnDay, Page, Position, Shelf, answer, paged
from queries.sell_through.credits import Credits, credits_of
from queries.sell_through.sell_through import sell_through
from queries.sell_through.shapes import SellThrough


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["calendar"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives
    one = "/calendar-events/{calendar_event_id}"

    @router.get(f"{one}/sell-through", **gives(SellThrough, "What an event sold", CalendarEventUnknown))
    async def get_sell_through(
        calendar_event_id: UUID, who: Annotated[Viewer, asking], position: Position = None
    ) -> Response:
        await caught_up(reading, position, calendar, attribution, purchase_history, invitations, contacts)
        return answer(await sell_through(reading.engine, who, calendar_event_id))

    @router.get(
        f"{one}/credits",
        **gives(Credits, "Which sales count for an event, and why", CalendarEventUnknown, CursorInvalid, headers=LINK),
    )
    async def get_credits(
        http: fastapi.Request,
        calendar_event_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[Page, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, calendar, attribution, purchase_history)
        return paged(http, await credits_of(reading.engine, who, calendar_event_id, shelf.paging(page)))

    @router.get(
        "/clients/{client_id}/attributable-events",
        **gives(AttributableEvents, "Which events what a client buys may come from", ClientUnknown, DayInvalid),
    )
    async def get_attributable_events(
        client_id: UUID, who: Annotated[Viewer, asking], asked: Annotated[OnDay, Query()], position: Position = None
    ) -> Response:
        await caught_up(reading, position, *reach.READS, contacts)
        return answer(await attributable_events(reading.engine, who, client_id, asked.on))

    return router
