"""The routes of queries about who is invited to a calendar event, who comes, and who would like which piece."""

from typing import Annotated
from uuid import UUID

import fastapi
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from domain.access import Viewer
from domain.refusals import CalendarEventUnknown, ClientUnknown, CursorInvalid
from projections.calendar import calendar
from projections.client_card import client_card as card
from projections.contacts import contacts
from projections.invitations import invitations as invited
from projections.membership import membership
from queries.freshness import caught_up
from queries.interest import Interest, interest
from queries.invitation import ClientInvitations, Invitations, client_invitations, invitations
from queries.invited import Standing
from queries.routes.shelf import LINK, Page, Position, Shelf, paged


class InvitationPage(Page):
    standing: Annotated[
        Standing | None, Field(description="Of which this is so. Default: who is on the list, or came.")
    ] = None


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["calendar"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get(
        "/calendar-events/{calendar_event_id}/invitations",
        **gives(
            Invitations,
            "Who is invited to a calendar event, and who comes",
            CalendarEventUnknown,
            CursorInvalid,
            headers=LINK,
        ),
    )
    async def get_invitations(
        http: fastapi.Request,
        calendar_event_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[InvitationPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, calendar, card, contacts, invited)
        paging = shelf.paging(page)
        return paged(http, await invitations(reading.engine, who, calendar_event_id, page.standing, paging))

    @router.get(
        "/calendar-events/{calendar_event_id}/interest",
        **gives(
            Interest,
            "Which pieces are wanted by whom before a calendar event",
            CalendarEventUnknown,
            CursorInvalid,
            headers=LINK,
        ),
    )
    async def get_interest(
        http: fastapi.Request,
        calendar_event_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[Page, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, calendar, card, invited)
        return paged(http, await interest(reading.engine, who, calendar_event_id, shelf.paging(page)))

    @router.get(
        "/clients/{client_id}/invitations",
        **gives(
            ClientInvitations,
            "The calendar events to which a client is invited, or came",
            ClientUnknown,
            CursorInvalid,
            headers=LINK,
        ),
    )
    async def get_client_invitations(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[InvitationPage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, calendar, membership, card, contacts, invited)
        paging = shelf.paging(page)
        return paged(http, await client_invitations(reading.engine, who, client_id, page.standing, paging))

    return router
