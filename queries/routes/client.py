"""The routes of queries about a client."""

from typing import Annotated, Any, Final
from uuid import UUID

import fastapi
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from domain.access import Viewer
from domain.refusals import ClientUnknown, CursorInvalid
from projections.affiliations import affiliations
from projections.calendar import calendar
from projections.client_card import client_card as card
from projections.client_history import client_history as history
from projections.contacts import contacts
from projections.family import family
from projections.house import house
from projections.invitations import invitations
from projections.membership import membership
from projections.note import notes
from projections.purchase_history import purchase_history
from queries.client_addresses import Addresses, client_addresses
from queries.client_history import ClientHistory, client_history
from queries.client_search import Matches, Search, search
from queries.counter import CounterProfile, profile_at_counter
from queries.duplicates import Hints, duplicates_of
from queries.entered import Entered
from queries.freshness import caught_up
from queries.profile import Profile, profile
from queries.routes.shelf import ETAG, LINK, Asked, Day, Page, Period, Position, Seen, Shelf, answer, paged, versioned
from queries.timeline.line import Kind
from queries.timeline.timeline import Filters as Lines
from queries.timeline.timeline import Timeline, timeline

# Whatever shows on a profile, and on a timeline.
_SHOWN: Final = (
    card,
    family,
    affiliations,
    house,
    membership,
    notes,
    purchase_history,
    contacts,
    calendar,
    invitations,
)
_ETAG: Final[dict[str, Any]] = {
    "ETag": {
        **ETAG["ETag"],
        "description": "The version of the client's own data: names, contact points, addresses, dates, traits, death. "
        "To be sent as `If-Match` by who wants to change just this. Links, affiliations, memberships, sales and notes "
        "have versions of their own and do not change it.",
    }
}


class TimelinePage(Page, Period):
    kind: Annotated[
        tuple[Kind, ...], Field(max_length=len(Kind), description="Lines of these kinds. Default: of every kind.")
    ] = ()


class InForce(Asked):
    on: Annotated[Day | None, Field(description="Those in force on this day. Default: all there ever were.")] = None


def routes(shelf: Shelf) -> APIRouter:
    router = APIRouter(tags=["clients"])
    reading, asking, gives = shelf.reading, shelf.asking(), shelf.gives

    @router.get(
        "/clients/{client_id}",
        **gives(Profile | CounterProfile, "A client's whole profile", ClientUnknown, headers=_ETAG),
    )
    async def get_client(
        client_id: UUID, who: Annotated[Viewer, asking], asked: Annotated[Seen, Query()], position: Position = None
    ) -> Response:
        await caught_up(reading, position, *_SHOWN)
        if asked.view:
            return versioned(await profile_at_counter(reading.engine, who, client_id))
        return versioned(await profile(reading.engine, who, client_id))

    @router.get(
        "/clients/{client_id}/addresses",
        **gives(Addresses, "Where a client lives, now or on a day", ClientUnknown),
    )
    async def get_addresses(
        client_id: UUID,
        who: Annotated[Viewer, asking],
        asked: Annotated[InForce, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card)
        return answer(await client_addresses(reading.engine, who, client_id, asked.on))

    @router.post("/clients/search", **gives(Matches, "Find a client"))
    async def search_clients(body: Search, who: Annotated[Viewer, asking], position: Position = None) -> Response:
        await caught_up(reading, position, card)
        return answer(await search(reading.engine, who, body))

    @router.post("/clients/duplicates", **gives(Hints, "Who could be the one about to be entered"))
    async def find_duplicates(body: Entered, who: Annotated[Viewer, asking], position: Position = None) -> Response:
        await caught_up(reading, position, card)
        return answer(await duplicates_of(reading.engine, who, body))

    @router.get(
        "/clients/{client_id}/timeline",
        **gives(Timeline, "What passed between client and house", ClientUnknown, CursorInvalid, headers=LINK),
    )
    async def get_timeline(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[TimelinePage, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, *_SHOWN)
        lines = Lines(page.kind or tuple(Kind), page.since, page.before)
        paging = shelf.paging(page)
        return paged(http, await timeline(reading.engine, who, client_id, lines, paging))

    @router.get(
        "/clients/{client_id}/history",
        **gives(ClientHistory, "Every event of a client, for the auditor", ClientUnknown, CursorInvalid, headers=LINK),
    )
    async def get_history(
        http: fastapi.Request,
        client_id: UUID,
        who: Annotated[Viewer, asking],
        page: Annotated[Page, Query()],
        position: Position = None,
    ) -> Response:
        await caught_up(reading, position, card, history, notes)
        paging = shelf.paging(page)
        return paged(http, await client_history(reading.engine, who, client_id, paging, reading.events))

    return router
